"""Who had which hart when: for timelines, and kept only where somebody asks."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from emulator.config.limits import MOST_INTERVALS

INTERVAL = np.dtype([(name, np.int64) for name in ("hart", "pid", "tid", "image", "begin", "end")])


class Holder(NamedTuple):
    """A thread that has a hart, by its numbers and its program's, since cycle `begin`."""

    pid: int
    tid: int
    image: int
    begin: int


class Intervals:
    """The intervals of so many harts, the first `MOST_INTERVALS` of them."""

    def __init__(self, harts: int) -> None:
        self.wanted = False
        self._holders: list[Holder | None] = [None] * harts
        self._rows: list[tuple[int, ...]] = []

    def begin(self, hart: int, holder: Holder) -> None:
        """Let `holder` have hart number `hart`, and whoever had it no longer."""
        self.end(hart, holder.begin)
        self._holders[hart] = holder

    def end(self, hart: int, cycle: int) -> None:
        """Let nobody have hart number `hart` from `cycle` on."""
        holder = self._holders[hart]
        self._holders[hart] = None
        if holder is not None and self.wanted and len(self._rows) < MOST_INTERVALS:
            self._rows.append(_row(hart, holder, cycle))

    def table(self, clocks: Sequence[int]) -> npt.NDArray[Any]:
        """Return them in the order in which they ended, `INTERVAL` records of shape (n,); those under way end now."""
        return np.array([*self._rows, *self._under_way(clocks)] if self.wanted else [], INTERVAL)

    def _under_way(self, clocks: Sequence[int]) -> Iterator[tuple[int, ...]]:
        for hart, holder in enumerate(self._holders):
            if holder is not None:
                yield _row(hart, holder, clocks[hart])


def _row(hart: int, holder: Holder, end: int) -> tuple[int, ...]:
    return (hart, holder.pid, holder.tid, holder.image, holder.begin, end)
