"""Taking the ledger of invalidations out of compiled code: whole rows, with what each induced later."""

import numpy as np
import numpy.typing as npt

from emulator.base.record import I8
from emulator.hardware.state import INVALIDATIONS
from emulator.kernel.state import INVALIDATION
from emulator.kernel.world import World

ROW = np.dtype(
    [*((name, INVALIDATION[name]) for name in INVALIDATION.names or ()), ("induced_misses", I8), ("induced_cycles", I8)]
)
KEPT = INVALIDATIONS // 2  # the latest stay in the ring: later misses may still be induced by them


class Invalidations:
    """All invalidations of a machine so far, in order."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._taken: list[npt.NDArray[np.void]] = []

    def make_room(self) -> None:
        """Take out the oldest rows when the ring is more than half full."""
        kernels = self._world.kernels
        count, taken = int(kernels["invalidations"][0]), int(kernels["collected"][0])
        if count - taken > KEPT:
            self._taken.append(self._rows(taken, count - KEPT // 2))
            kernels["collected"] = count - KEPT // 2

    def all(self) -> npt.NDArray[np.void]:
        """Return every row, `ROW` records of shape (n,)."""
        kernels = self._world.kernels
        held = self._rows(int(kernels["collected"][0]), int(kernels["invalidations"][0]))
        return np.concatenate([*self._taken, held])

    def _rows(self, first: int, end: int) -> npt.NDArray[np.void]:
        places = np.arange(first, end) % INVALIDATIONS
        rows = np.zeros(len(places), ROW)
        held = self._world.kernels["invalidation"][0][places]
        for name in INVALIDATION.names or ():
            rows[name] = held[name]
        for name in ("induced_misses", "induced_cycles"):
            rows[name] = self._world.chips[name][0][places]
        return rows
