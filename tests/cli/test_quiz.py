"""`pagewalk quiz`: questions printed, written as JSON, and answers graded."""

import json

import pytest

from emulator.base.shipped import PROGRAMS
from tests.commands import assert_refused

STORY = PROGRAMS / "child_writes_first.s"


@pytest.fixture
def written(call, tmp_path):
    """The quiz with its answers, as JSON."""
    path = tmp_path / "quiz.json"
    assert call("quiz", STORY, "--answers", "--json", path)[0] == 0
    return json.loads(path.read_text())


@pytest.fixture
def sheet(tmp_path, written):
    """Write a sheet of answers: all right, but for what is said."""

    def write(quiz=None, **given):
        answers = {str(it["number"]): it["answer"]["letter"] for it in written["questions"]}
        path = tmp_path / "answers.json"
        path.write_text(json.dumps({"quiz": quiz or written["fingerprint"], "answers": {**answers, **given}}))
        return path

    return write


def wrong_letter(written, number):
    """A letter that is no right answer to a question."""
    return next(iter(written["questions"][number - 1]["answer"]["wrong"]))


def test_questions_are_numbered_and_their_choices_lettered(call):
    status, out, _ = call("quiz", STORY, "--count", 3)
    assert status == 0
    for number in (1, 2, 3):
        assert f"\n{number}. " in f"\n{out}"
    assert out.count("\na) ") == out.count("\nb) ") == out.count("\nc) ") == 3


def test_answers_are_told_only_when_they_are_asked_for_with_the_story_and_the_rule(call):
    assert " is right (" not in call("quiz", STORY)[1]
    out = call("quiz", STORY, "--answers")[1]
    assert " is right (F" in out
    assert "\n  restart  line " in out  # a paragraph of explain


def test_json_without_answers_gives_none_away(call):
    quiz = json.loads(call("quiz", STORY, "--json", "-")[1])
    assert quiz["questions"]
    assert not any("answer" in question for question in quiz["questions"])


def test_the_sheet_that_is_printed_can_be_filled_in_and_graded(call, tmp_path):
    line = call("quiz", STORY)[1].splitlines()[-1]
    path = tmp_path / "blank.json"
    path.write_text(line)
    status, out, _ = call("quiz", STORY, "--grade", path)
    assert status == 1
    assert out.endswith("0 of 8 points\n")


def test_right_answers_get_all_points_and_give_0(call, sheet):
    status, out, _ = call("quiz", STORY, "--grade", sheet())
    assert (status, out.splitlines()[-1]) == (0, "8 of 8 points")


def test_a_wrong_answer_gives_1_and_says_what_it_comes_from(call, sheet, written):
    letter = wrong_letter(written, 2)
    status, out, _ = call("quiz", STORY, "--grade", sheet(**{"2": letter}), "--json", "-")
    report = json.loads(out)
    assert (status, report["points"], report["most"]) == (1, 7, 8)
    marked = report["questions"][1]
    assert (marked["given"], marked["points"]) == (letter, 0)
    assert marked["believed"] == written["questions"][1]["answer"]["wrong"][letter]


def test_an_answer_that_is_missing_is_wrong(call, tmp_path, written):
    path = tmp_path / "answers.json"
    path.write_text(json.dumps({"quiz": written["fingerprint"], "answers": {}}))
    assert call("quiz", STORY, "--grade", path)[0] == 1


@pytest.mark.parametrize("changed", [["--seed", 5], ["--count", 7], ["--memory", "64MiB"]])
def test_answers_to_another_quiz_are_refused(call, sheet, changed):
    path = sheet()
    assert_refused(call("quiz", STORY, "--grade", path, *changed), "answers quiz '[0-9a-f]{12}', and this one is ")


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("", "is no sheet of answers"),
        ("[]", "is no sheet of answers: Expected `object`, got `array`"),
        ('{"quiz": "x"}', "missing required field `answers`"),
        ('{"quiz": "x", "answers": {"1": 2}}', "Expected `str`, got `int`"),
        ('{"quiz": "x", "answers": {}, "name": "me"}', "unknown field `name`"),
    ],
)
def test_what_is_no_sheet_is_refused(call, tmp_path, content, error):
    path = tmp_path / "answers.json"
    path.write_text(content)
    assert_refused(call("quiz", STORY, "--grade", path), error)


def test_capital_letters_are_as_good(call, sheet, written):
    given = written["questions"][0]["answer"]["letter"]
    assert call("quiz", STORY, "--grade", sheet(**{"1": given.upper()}))[0] == 0


def test_a_number_or_letter_that_the_quiz_does_not_have_is_refused(call, sheet):
    assert_refused(call("quiz", STORY, "--grade", sheet(**{"9": "a"})), "no question '9'; 1 to 8 are right")
    assert_refused(call("quiz", STORY, "--grade", sheet(**{"1": "x"})), "'x' is no answer to question 1; a, b, c")


def test_a_file_that_cannot_be_read_is_refused(call, tmp_path):
    assert_refused(call("quiz", STORY, "--grade", tmp_path / "none.json"), "none.json: cannot be read: No such file")


def test_a_name_that_is_empty_is_refused(call):
    assert_refused(call("quiz", STORY, "--grade", ""), "--grade: the name of its file is empty")


def test_a_program_that_does_not_end_is_asked_about_as_far_as_it_went(call, program):
    program.write_text("_start: j _start\n")
    status, _, err = call("quiz", program, "--max-instructions", 100)
    assert status == 0
    assert "stopped at the limit of 100 instructions" in err


def test_a_program_whose_name_is_no_text_is_asked_about(call, tmp_path):
    path = tmp_path / "odd\udcff.s"
    path.write_bytes(b"_start: li a0, 0\n li a7, 93\n ecall\n")
    status, out, _ = call("quiz", path, "--json", "-")
    assert (status, json.loads(out)["program"]) == (0, "odd\\udcff.s")


def test_the_sheet_is_not_written_over(call, sheet):
    path = sheet()
    before = path.read_bytes()
    assert_refused(call("quiz", STORY, "--grade", path, "--json", path), "is the file that is read")
    assert path.read_bytes() == before


def test_grading_with_answers_is_refused(call, sheet):
    assert_refused(call("quiz", STORY, "--grade", sheet(), "--answers"), "one of the two is right")


def test_a_program_with_little_to_ask_about_says_so(call):
    status, out, err = call("quiz", PROGRAMS / "hello.s")
    assert status == 0
    assert err == "pagewalk: 3 questions, not 8: there is no more to ask about this run\n"
    assert "\n3. " in out
    assert "\n4. " not in out


def test_a_machine_that_cannot_be_made_is_refused(call):
    assert_refused(call("quiz", STORY, "--harts", 0), "harts")
