"""The page of `pagewalk quiz`: what is asked, what wrong answers come from, and the files that it writes and reads."""

from collections.abc import Callable, Iterable

import msgspec

from emulator.quiz.kinds.table import KINDS
from emulator.quiz.misconceptions import ROWS
from emulator.quiz.questions import Answer, Marked, Question, Quiz, Report, Sheet

Table = Callable[[Iterable[str], Iterable[Iterable[object]]], str]
RECORDS = (
    (Quiz, "What `--json FILE` writes."),
    (Question, "One of its `questions`."),
    (Answer, "The `answer` of a question, only with `--answers`."),
    (Sheet, "What `--grade FILE` reads."),
    (Report, "What `--grade FILE --json FILE` writes."),
    (Marked, "One of its `questions`."),
)


def page(table: Table, made: str) -> str:
    """Return the page; `table` makes tables, `made` says where it comes from."""
    kinds = table(("kind", "what is asked"), ((f"`{kind.name}`", kind.asks) for kind in KINDS))
    beliefs = table(("what is believed", "what holds", "rule"), ((row.belief, row.truth, row.rule) for row in ROWS))
    records = table(("record", "what it is", "fields"), (_told(record, why) for record, why in RECORDS))
    return f"""# Questions about a run

{made}
    pagewalk quiz programs/child_writes_first.s --seed 3 --count 5
    pagewalk quiz programs/child_writes_first.s --seed 3 --count 5 --answers
    pagewalk quiz programs/child_writes_first.s --seed 3 --count 5 --grade answers.json

`pagewalk quiz` runs a program, any program, and asks about what happened. The right answers are read off that run and,
where a question needs them, off others that are made for it: with `--fork eager`, in another order, stopped before each
load and store to see which do not fault. So a question can be asked about a program that nobody has looked at before.
With `--answers` each answer is explained, with the story of the fault as `pagewalk explain` tells it.

The machine is described as for `pagewalk run`; a `#? run:` line of the program counts, as for `explain`. Its seed
(`--seed`) chooses the questions, too: same program, settings, seed and count, same questions on any machine. A program
about which there is less to ask gives fewer questions, and says so. What makes an access ambiguous, as a store that
faults twice at one page, is not asked.

## What is asked

{kinds}
## Where wrong answers come from

Each wrong answer follows from one of these. `--answers` and a graded sheet say which.

{beliefs}
## Grading

A sheet of answers is a JSON file. The quiz prints an empty one; `quiz` is the quiz's fingerprint, which follows from
the program, the settings, the seed, the count and the questions, so answers to another quiz are refused.

    {{"quiz": "0f6c34a1b2d7", "answers": {{"1": "b", "2": "a", "3": ""}}}}

`--grade FILE` gives a point for each right answer. What is missing or empty is wrong. The exit status is 0 when all are
right, 1 when one is wrong, 2 when the file is no sheet of this quiz.

## Files

{records}"""


def _told(record: type[msgspec.Struct], why: str) -> tuple[str, str, str]:
    """Return a record's name, what its docstring says of it, and its fields."""
    names = ", ".join(f"`{field.name}`" for field in msgspec.structs.fields(record))
    return record.__name__, f"{why} {' '.join((record.__doc__ or '').split())}", names
