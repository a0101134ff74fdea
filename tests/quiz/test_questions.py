"""Questions have one right answer, which a run gives, and wrong ones that are wrong."""

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.text import Text

from emulator.observe.explain import explain
from emulator.quiz.grade import grade
from emulator.quiz.kinds.table import KINDS
from emulator.quiz.make import LETTERS, drafts_of, make_quiz
from emulator.quiz.misconceptions import MISCONCEPTIONS, ROWS
from emulator.quiz.questions import Sheet
from emulator.quiz.runs import Runs
from tests.quiz.judge import JUDGES, is_true
from tests.quiz.runs import EVERYTHING, NAMES, PROGRAMS, maker, runs_of, seeded

RULES = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
SEEDS = st.integers(0, 2**63 - 1)


def assert_one_is_true(runs):
    for question in make_quiz(runs, EVERYTHING).questions:
        true = [letter for letter, text in question.choices.items() if is_true(runs, question, text)]
        assert true == [question.answer.letter], question


@pytest.mark.parametrize("name", NAMES)
def test_of_all_that_can_be_asked_one_answer_is_true_and_it_is_the_right_one(name):
    assert_one_is_true(runs_of(name))


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("jump_into_data.s", {"fork": "eager"}),
        ("fork_exec.s", {"fork": "cow-stack"}),
        ("dontneed.s", {"ad": "svade", "paging": "sv57"}),
        ("zero_page.s", {"flush": "ceiling:33+valid-fence"}),
        ("mprotect_split.s", {"flush": "full"}),
        ("shootdown.s", {"harts": 2, "flush": "ceiling:33+broadcast"}),
        ("shootdown.s", {"harts": 2, "flush": "ceiling:33+latr"}),
        ("cow_with_threads.s", {"harts": 4, "flush": "asid+concurrent"}),
        ("stale/copied.s", {"tlb": "adversarial", "schedule": "seed:3"}),
    ],
    ids=str,
)
def test_so_it_is_on_other_machines(name, settings):
    assert_one_is_true(Runs(maker(PROGRAMS / name, **settings)))


@pytest.mark.parametrize("name", NAMES)
def test_answers_of_a_question_differ_and_each_wrong_one_has_a_reason(name):
    for question in make_quiz(runs_of(name), EVERYTHING).questions:
        assert len(set(question.choices.values())) == len(question.choices) >= 3
        assert list(question.choices) == list(LETTERS[: len(question.choices)])
        assert {question.answer.letter, *question.answer.wrong} == set(question.choices)
        assert all(question.answer.wrong.values())


@pytest.mark.parametrize("name", NAMES)
def test_no_question_is_asked_twice(name):
    quiz = make_quiz(runs_of(name), EVERYTHING)
    assert len({(question.kind, question.text) for question in quiz.questions}) == len(quiz.questions)


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(NAMES), SEEDS, st.integers(1, 12))
def test_a_quiz_is_of_its_size_and_its_own_answers_are_worth_all_points(name, seed, count):
    runs = seeded(runs_of(name), seed)
    quiz = make_quiz(runs, count)
    assert len(quiz.questions) == min(count, sum(map(len, drafts_of(runs).values())))
    sheet = Sheet(quiz.fingerprint, {str(it.number): it.answer.letter for it in quiz.questions})
    report = grade(quiz, sheet)
    assert report.points == report.most == len(quiz.questions)


@pytest.mark.parametrize("name", ["child_writes_first.s", "fork_exec.s", "shootdown.s@2"])
def test_an_answer_about_an_event_tells_its_story_as_explain_does(name):
    runs = runs_of(name)
    told = "\n".join(part.plain for part in explain(runs.result, fold=False) if isinstance(part, Text))
    for question in make_quiz(runs, EVERYTHING).questions:
        if question.event is not None and question.kind not in ("exec", "flush"):
            assert question.answer.story in told
        assert question.answer.story or question.event is None


@settings(max_examples=20, deadline=None)
@given(st.sampled_from(NAMES), SEEDS)
def test_what_is_handed_out_tells_no_answer(name, seed):
    quiz = make_quiz(seeded(runs_of(name), seed), 8)
    assert not any(question.answer for question in quiz.without_answers().questions)


def test_the_right_answer_stands_at_each_place_about_equally_often():
    found = Counter(
        question.answer.letter
        for name in NAMES
        for seed in range(10)
        for question in make_quiz(seeded(runs_of(name), seed), 8).questions
        if len(question.choices) == len(LETTERS)
    )
    for letter in LETTERS:
        assert 0.2 < found[letter] / found.total() < 0.3, found


def test_another_seed_asks_something_else():
    runs = runs_of("child_writes_first.s")
    assert len({str(make_quiz(seeded(runs, seed), 4).questions) for seed in range(10)}) > 5


@pytest.mark.parametrize("name", ["child_writes_first.s", "shootdown.s"])
def test_the_same_seed_asks_the_same_in_either_engine(name):
    quizzes = []
    for engine in ("plain", "compiled"):
        make = maker(PROGRAMS / name, seed=7, engine=engine)
        quizzes.append(make_quiz(Runs(make), 8))
    assert quizzes[0] == quizzes[1]


def test_the_same_file_elsewhere_gives_the_same_quiz(tmp_path):
    (tmp_path / "lib").symlink_to(PROGRAMS / "lib")
    elsewhere = tmp_path / "child_writes_first.s"
    elsewhere.write_bytes((PROGRAMS / elsewhere.name).read_bytes())
    assert make_quiz(Runs(maker(elsewhere)), 8) == make_quiz(runs_of(elsewhere.name), 8)


def test_two_seeds_counts_settings_or_programs_have_fingerprints_of_their_own(tmp_path):
    name = "child_writes_first.s"
    quizzes = [
        make_quiz(runs_of(name), 8),
        make_quiz(runs_of(name), 7),
        make_quiz(Runs(maker(PROGRAMS / name, seed=1)), 8),
        make_quiz(Runs(maker(PROGRAMS / name, memory="64MiB")), 8),
        make_quiz(runs_of("parent_writes_first.s"), 8),
    ]
    assert len({quiz.fingerprint for quiz in quizzes}) == len(quizzes)


def test_every_kind_is_asked_about_some_program_and_judged():
    asked = {kind for name in NAMES for kind, drafts in drafts_of(runs_of(name)).items() if drafts}
    assert asked == {kind.name for kind in KINDS} == set(JUDGES)


def test_accesses_that_do_not_fault_are_asked_about_too():
    questions = make_quiz(runs_of("child_writes_first.s"), EVERYTHING).questions
    right = {it.choices[it.answer.letter] for it in questions if it.kind == "fault"}
    assert "It does not fault." in right
    assert len(right) > 1


def test_every_misconception_leads_to_some_wrong_answer():
    used = {
        wrong.misconception
        for name in NAMES
        for drafts in drafts_of(runs_of(name)).values()
        for draft in drafts
        for wrong in draft.wrong
    }
    assert used == set(MISCONCEPTIONS)
    assert len(ROWS) == len(MISCONCEPTIONS)


def test_every_rule_that_is_cited_is_there():
    cited = {row.rule for row in ROWS} | {
        draft.rule for name in NAMES for drafts in drafts_of(runs_of(name)).values() for draft in drafts
    }
    assert cited <= set(re.findall(r"^\| (\w+) \|", RULES, re.MULTILINE))
