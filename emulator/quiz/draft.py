"""A question before it has a number and letters."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from emulator.quiz.runs import Runs


class Wrong(NamedTuple):
    """A wrong answer, and the misconception that leads to it, by its name in `misconceptions`."""

    misconception: str
    text: str


@dataclass(frozen=True)
class Draft:
    """A question with its right answer and the wrong ones, the best of them first.

    `key` tells it from all others of its kind. `event` is the place in `result.events` of what is asked about, None
    where it is the whole run; `quoted` of the one whose story is told with the answer, None for no story.
    """

    key: str
    text: str
    right: str
    wrong: tuple[Wrong, ...]
    because: str
    rule: str
    event: int | None = None
    quoted: int | None = None


class Kind(NamedTuple):
    """One kind of question: its name, what it asks, what makes drafts of it, whether they are about a whole run."""

    name: str
    asks: str
    drafts: Callable[[Runs], Iterator[Draft]]
    whole: bool = False
