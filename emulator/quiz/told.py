"""A quiz, its answers and a report as text; lines are broken where it is printed."""

from collections.abc import Iterator

import msgspec
from rich.text import Text

from emulator.quiz.grade import blank_sheet
from emulator.quiz.questions import Question, Quiz, Report


def questions(quiz: Quiz, answers: bool = False) -> Iterator[Text]:
    """Yield the questions with their choices, and with `answers` what is right, and why."""
    told: set[str] = set()  # stories, each once
    for question in quiz.questions:
        yield Text(f"{question.number}. {question.text}", style="bold")
        for letter, text in question.choices.items():
            yield Text(f"{letter}) {text}")
        if answers:
            yield from _answer(question, told)
        yield Text()


def sheet_lines(quiz: Quiz) -> Iterator[Text]:
    """Yield a sheet to fill in, as one line of JSON that is never broken."""
    if quiz.questions:
        yield Text("A sheet of answers, to be filled in and graded with --grade:", style="dim")
        yield Text(msgspec.json.encode(blank_sheet(quiz)).decode())


def _answer(question: Question, told: set[str]) -> Iterator[Text]:
    answer = question.answer
    assert answer
    where = f" (event {question.event})" if question.event is not None else ""
    yield Text(f"{answer.letter} is right ({answer.rule}). {answer.because}{where}", style="green")
    for letter, words in answer.wrong.items():
        yield Text(f"{letter}: {words}", style="dim")
    if answer.story and answer.story not in told:
        told.add(answer.story)
        yield Text()
        yield Text(answer.story)


def report(graded: Report) -> Iterator[Text]:
    """Yield the points of a sheet, and what its wrong answers give away."""
    for each in graded.questions:
        if each.points:
            yield Text(f"{each.number}  {each.given}  right", style="green")
            continue
        why = f": {each.believed}" if each.believed else ""
        yield Text(f"{each.number}  {each.given or '-'}  wrong, {each.right} is right{why}", style="red")
    yield Text(f"{graded.points} of {graded.most} points", style="bold")
