"""What threads and processes have used: cycles as a program and in the kernel, page faults (Linux, getrusage(2))."""

from operator import itemgetter
from typing import NamedTuple

from emulator.base.names import COSTS, Counter
from emulator.base.world import World

_OF_KERNEL = ("trap.", "kernel.", "flush.", "shootdown.")
_SYSTEM = [row.name.startswith(_OF_KERNEL) for row in COSTS]
_USER = [not system and row.name not in ("host", "idle") for system, row in zip(_SYSTEM, COSTS, strict=True)]
# These pick them out of a list: of two dozen numbers that is faster than what NumPy does with a mask.
SYSTEM = itemgetter(*(place for place, counts in enumerate(_SYSTEM) if counts))
USER = itemgetter(*(place for place, counts in enumerate(_USER) if counts))


class Usage(NamedTuple):
    """Cycles and page faults."""

    user: int = 0
    system: int = 0
    faults: int = 0

    def plus(self, other: "Usage", sign: int = 1) -> "Usage":
        """Return both together, or with `sign` -1 the difference."""
        return Usage(
            self.user + sign * other.user, self.system + sign * other.system, self.faults + sign * other.faults
        )

    @property
    def cycles(self) -> int:
        """All cycles."""
        return self.user + self.system


class Meter:
    """Reads off the harts of `world` what is used there while a thread runs."""

    def __init__(self, world: World) -> None:
        self._harts = [world.hart[hart] for hart in range(len(world.harts))]
        self._since = [Usage()] * len(world.harts)

    def begin(self, hart: int) -> None:
        """Note that a thread begins to run on `hart`."""
        self._since[hart] = self._read(hart)

    def lately(self, hart: int) -> Usage:
        """Return what has been used on `hart` since a thread began to run there."""
        return self._read(hart).plus(self._since[hart], -1)

    def _read(self, hart: int) -> Usage:
        record = self._harts[hart]
        cost = record.cost.tolist()
        return Usage(sum(USER(cost)), sum(SYSTEM(cost)), int(record.count[Counter.FAULT_TOTAL]))
