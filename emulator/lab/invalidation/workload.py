"""A workload of the experiment: what is done to a shared address space while other harts use it.

Each is a program in `programs/lab` that marks (`mark`) what is to be measured: 1 before, 2 after, and 3 after using
everything again. How its arguments follow from pages and harts stands here, with the values that are swept unless
others are asked for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

BEFORE, AFTER, REUSED = 1, 2, 3  # marks
MOST_PAGES, MOST_HARTS = 4096, 128
REGIONS = 8


@dataclass(frozen=True)
class Workload:
    """One experiment: a program, its arguments for a case, the default axes, and the question it answers."""

    name: str
    program: str
    arguments: Callable[[int, int], tuple[int, ...]]  # of pages and harts
    answers: str
    strategies: tuple[str, ...]
    pages: tuple[int, ...] = (1, 8, 32, 128)
    harts: tuple[int, ...] = (1, 2, 4, 16)
    least_pages: int = 1
    least_harts: int = 1
    most_harts: int = MOST_HARTS
    marks: tuple[int, int] = (BEFORE, AFTER)  # what lies between them is measured
    everywhere: bool = False  # the invalidations of all harts are of interest, not the initiator's alone
    rounds: int = 1  # how often that which is measured is done
    goes_on: bool = False  # its program's last argument is for how many cycles it goes on, for what is postponed
    times: Callable[[int, int], int] = lambda pages, harts: 1  # in each round, by all harts together
    overrides: Mapping[str, str] = field(default_factory=dict)

    def harts_of(self, asked: tuple[int, ...]) -> tuple[int, ...]:
        """Return the harts `asked` for, those left out that the workload cannot use; its own number where none is."""
        usable = tuple(harts for harts in asked if self.least_harts <= harts <= self.most_harts)
        return usable or (min(max(asked[0], self.least_harts), self.most_harts),)


def sharers(*rest: int) -> Callable[[int, int], tuple[int, ...]]:
    """Return arguments that are the pages, the other harts, and then always the same."""
    return lambda pages, harts: (pages, harts - 1, *rest)


def alone(*rest: int) -> Callable[[int, int], tuple[int, ...]]:
    """Return arguments that are the pages, and then always the same."""
    return lambda pages, harts: (pages, *rest)


def forking(pages: int, harts: int) -> tuple[int, ...]:
    """Return the arguments of `fork`: a region has a page at least."""
    return pages, harts - 1, min(pages, REGIONS)
