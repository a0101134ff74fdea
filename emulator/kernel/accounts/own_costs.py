"""What no event tells: each process's own instructions, and what other harts took from it meanwhile."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from emulator.base.names import Cost
from emulator.base.world import World

NOBODY = 0  # in the place of a process
Sums = dict[tuple[int, int], npt.NDArray[np.int64]]  # by hart and process, by cost


class OwnCosts:
    """Cycles of each hart and process that are no event's, by cost. A hart's `own` says how many it has had so far."""

    def __init__(self, world: World) -> None:
        self._harts, self._tasks = world.harts, world.tasks
        self._own = self._tasks["own"]
        self._closed = np.zeros((len(world.harts), len(Cost)), np.int64)
        self._sums: Sums = {}

    def close(self, hart: int, pid: int = NOBODY) -> None:
        """Let what hart number `hart` has had since the last time be that of process `pid`; the kernel has the hart."""
        own = self._own[hart]
        self._add(self._sums, hart, pid, own - self._closed[hart])
        self._closed[hart] = own

    def read(self, running: Sequence[int]) -> Sums:
        """Return all so far, shape (costs,), by hart and process; `running` is the process that each hart runs now."""
        sums = dict(self._sums)
        for hart, pid in enumerate(running):
            self._add(sums, hart, pid, self._harts["cost"][hart] - self._tasks["told"][hart] - self._closed[hart])
        return sums

    @staticmethod
    def _add(sums: Sums, hart: int, pid: int, more: npt.NDArray[np.int64]) -> None:
        if any(more.tolist()):  # of two dozen numbers
            sums[hart, pid] = sums.get((hart, pid), 0) + more
