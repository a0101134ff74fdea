"""`pagewalk quiz`: questions about a run printed, written, or answered and graded."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from emulator.cli.options import Chosen
from emulator.cli.output import note, show
from emulator.cli.places import STANDARD_OUTPUT, write_file
from emulator.cli.runs import both_of, ending, first_asked, load, machine_for, placed, tell_left_out
from emulator.cli.stdin import StandardInput

if TYPE_CHECKING:
    from emulator.machine import Machine
    from emulator.quiz.questions import Quiz, Sheet

SOME_WRONG = 1


def quiz_about(path: str, chosen: Chosen, arguments: Sequence[str] | None, count: int) -> "Quiz":
    """Return a quiz about the run of `path` that its first `#? run:` line asks for, `chosen` overriding that.

    Says on standard error where there are fewer questions than `count`.
    """
    from emulator.quiz.make import make_quiz
    from emulator.quiz.runs import Runs

    program = load(path)
    asked, _ = first_asked(program, path)
    both, stdin = both_of(asked, chosen), StandardInput()
    # the name alone, so that the stack, and with it the questions, do not depend on where the file lies
    argv = [PurePath(path).name, *(asked.arguments if arguments is None else arguments)]

    def make(changes: Mapping[str, str]) -> "Machine":
        overrides = {name: text for name, text in both.overrides.items() if name not in changes}
        return machine_for(program, argv, Chosen({**both.options, **changes}, overrides), stdin)

    with placed(path, asked):
        runs = Runs(make, both.max_instructions)
        quiz = make_quiz(runs, count)
    ending(runs.result, both.max_instructions)
    tell_left_out(runs.result)
    if len(quiz.questions) < count:
        found = f"{len(quiz.questions)} questions" if len(quiz.questions) != 1 else "1 question"
        note(f"{found}, not {count}: there is no more to ask about this run")
    return quiz


def print_quiz(quiz: "Quiz", answers: bool, json: str | None) -> None:
    """Print a quiz, or write it as JSON."""
    from emulator.quiz.told import questions, sheet_lines

    if json is not None:
        write_file(json, as_json(quiz if answers else quiz.without_answers()))
    if json != STANDARD_OUTPUT:
        show(questions(quiz, answers), sys.stdout, wrap=True)
        if not answers:
            show(sheet_lines(quiz), sys.stdout)


def grade_quiz(quiz: "Quiz", sheet: "Sheet", path: str, json: str | None) -> int:
    """Grade the answers of the file `path`; return the exit status: 0 where all are right, else 1."""
    from emulator.quiz.grade import check_sheet, grade
    from emulator.quiz.told import report

    check_sheet(sheet, path, quiz)
    graded = grade(quiz, sheet)
    if json is not None:
        write_file(json, as_json(graded))
    if json != STANDARD_OUTPUT:
        show(report(graded), sys.stdout, wrap=True)
    return 0 if graded.points == graded.most else SOME_WRONG


def as_json(record: object) -> str:
    """Return a record as JSON on lines of its own."""
    import msgspec

    return msgspec.json.format(msgspec.json.encode(record), indent=2).decode() + "\n"
