"""A quiz as it is written down; docs/quiz.md describes these records as JSON."""

from collections.abc import Mapping

import msgspec
from msgspec import UNSET, UnsetType


class Answer(msgspec.Struct, frozen=True):
    """The right letter and why, in the words of the run; what is believed by whoever chooses each other one."""

    letter: str
    because: str
    rule: str
    story: str
    wrong: dict[str, str]


class Question(msgspec.Struct, frozen=True, omit_defaults=True):
    """One question: `event` is the number, from 1, of the event that it is about, null for the whole run.

    It is where the page of `explain --html` has it: page.html#event=6.
    """

    number: int
    kind: str
    event: int | None
    text: str
    choices: dict[str, str]
    answer: Answer | UnsetType = UNSET


class Quiz(msgspec.Struct, frozen=True):
    """Questions about a run of `program`; `fingerprint` tells this quiz from every other one."""

    fingerprint: str
    program: str
    seed: int
    count: int
    settings: Mapping[str, str]
    questions: tuple[Question, ...]

    def without_answers(self) -> "Quiz":
        """Return what is handed out."""
        asked = (msgspec.structs.replace(question, answer=UNSET) for question in self.questions)
        return msgspec.structs.replace(self, questions=tuple(asked))


class Sheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Someone's answers: letters by the number of the question; `quiz` is the fingerprint of what they answer."""

    quiz: str
    answers: dict[str, str]


class Marked(msgspec.Struct, frozen=True):
    """How one question was answered: `given` is "" for no answer, `believed` what its wrong letter gives away."""

    number: int
    given: str
    right: str
    points: int
    believed: str


class Report(msgspec.Struct, frozen=True):
    """What a sheet is worth."""

    quiz: str
    points: int
    most: int
    questions: tuple[Marked, ...]
