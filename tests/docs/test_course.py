"""The course: exercises begin by failing, solutions hold to the same promises, and every command can be typed in."""

import json
import re
import shlex
from pathlib import Path

import pytest

from docs.readme import COURSE, blocks, command_of, place
from tests.commands import caller

FOLDER = Path(__file__).parents[2] / "docs" / "course"
EXERCISES = sorted(path.name for path in (FOLDER / "exercises").glob("*.s"))
LESSONS = [path for path in COURSE if path.name != "README.md"]
SHAPE = ["Predict", "Look", "Quiz", "Exercise"]


@pytest.fixture
def call(capsys):
    return caller(capsys)


def promises(path):
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#?")]


def commands(page):
    """The commands that a page names in its text, beside those whose output it shows."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    found = re.findall(r"`pagewalk ([^`]+)`|^    pagewalk ([^#\n]+)", text, re.MULTILINE)
    return [" ".join((inline or indented).split()) for inline, indented in found]


def whole(command):
    """Whether a command says all that it needs, and is no mere name."""
    return "PROGRAM" not in command and len(shlex.split(command)) > 1


def test_there_are_eight_lessons_with_an_exercise_and_a_solution_each():
    assert len(LESSONS) == 8
    assert [name[0] for name in EXERCISES] == [path.name[0] for path in LESSONS] == list("12345678")
    assert sorted(path.name for path in (FOLDER / "solutions").glob("*.s")) == EXERCISES


@pytest.mark.parametrize("page", LESSONS, ids=lambda page: page.stem)
def test_a_lesson_predicts_before_it_looks_then_asks_and_lets_do(page):
    assert re.findall(r"^## (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE) == SHAPE


@pytest.mark.parametrize("page", LESSONS, ids=lambda page: page.stem)
def test_a_lesson_shows_a_run_a_quiz_with_its_seed_and_its_exercise(page):
    shown = [command_of(block) for block in blocks(page.read_text(encoding="utf-8"), "console")]
    quiz, check = shown[-2:]
    assert re.fullmatch(r"quiz programs/\w+\.s .*--seed \d+ --count [35]", quiz)
    assert check == f"check docs/course/exercises/{EXERCISES[int(page.name[0]) - 1]}"
    assert len(shown) > 2


@pytest.mark.parametrize("name", EXERCISES)
def test_an_exercise_runs_and_does_not_keep_its_promises(call, name):
    assert call("check", FOLDER / "exercises" / name)[0] == 1


@pytest.mark.parametrize("name", EXERCISES)
def test_a_solution_keeps_the_promises_of_its_exercise(call, name):
    assert call("check", FOLDER / "solutions" / name)[0] == 0
    assert promises(FOLDER / "solutions" / name) == promises(FOLDER / "exercises" / name)


@pytest.mark.parametrize("page", COURSE, ids=lambda page: page.stem)
def test_every_command_of_a_page_runs(call, page):
    with place(page.read_text(encoding="utf-8")):
        for command in filter(whole, commands(page)):
            words = shlex.split(command)
            if "--grade" in words:
                fill_in(call, words)
            status, _, err = call(*words)
            assert status == 0, f"{command}\n{err}"


def fill_in(call, words):
    """Write the sheet that a command grades, with all answers right."""
    at = words.index("--grade")
    quiz = json.loads(call(*words[:at], "--answers", "--json", "-")[1])
    answers = {str(question["number"]): question["answer"]["letter"] for question in quiz["questions"]}
    Path(words[at + 1]).write_text(json.dumps({"quiz": quiz["fingerprint"], "answers": answers}))


@pytest.mark.parametrize("page", COURSE, ids=lambda page: page.stem)
def test_every_link_of_a_page_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_the_readme_leads_to_the_course():
    assert "(docs/course/README.md)" in (FOLDER.parents[1] / "README.md").read_text(encoding="utf-8")
