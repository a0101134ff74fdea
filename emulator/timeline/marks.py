"""What stands on the tracks of a timeline: slices begin and end, moments, values of counters, each at a cycle."""

import heapq
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple


class What(Enum):
    """What happens on a track."""

    BEGIN = "a slice begins"
    END = "the slice that began last ends"
    MOMENT = "something happens and takes no time"
    VALUE = "a counter stands at a value"


class Mark(NamedTuple):
    """One of these, on `track`, a number of `Tracks`.

    `details` are numbers by name. `flows` are the numbers of arrows that come here and go on, `ending` of those that
    end here.
    """

    cycle: int
    what: What
    track: int
    name: str = ""
    details: tuple[tuple[str, int], ...] = ()
    flows: tuple[int, ...] = ()
    ending: tuple[int, ...] = ()
    value: int = 0


class Agenda:
    """Marks that are known before their time has come; those of one cycle stay in the order in which they were put."""

    def __init__(self) -> None:
        self._marks: list[tuple[int, int, Mark]] = []
        self._put = 0

    def put(self, mark: Mark) -> None:
        """Keep `mark` until its cycle."""
        self._put += 1
        heapq.heappush(self._marks, (mark.cycle, self._put, mark))

    def until(self, cycle: int) -> Iterator[Mark]:
        """Yield the marks up to `cycle`, in order; others may be put meanwhile."""
        while self._marks and self._marks[0][0] <= cycle:
            yield heapq.heappop(self._marks)[2]

    def rest(self) -> Iterator[Mark]:
        """Yield all that are left."""
        while self._marks:
            yield heapq.heappop(self._marks)[2]
