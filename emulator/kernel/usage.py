"""What threads and processes have used: cycles as a program and in the kernel, page faults (Linux, getrusage(2))."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from emulator.base.names import COSTS, Counter
from emulator.base.world import World

if TYPE_CHECKING:
    from emulator.kernel.process import Process
    from emulator.kernel.thread import Thread

_OF_KERNEL = ("trap.", "kernel.", "flush.", "shootdown.")
SYSTEM = np.array([row.name.startswith(_OF_KERNEL) for row in COSTS])
USER = np.array([not system and row.name != "idle" for system, row in zip(SYSTEM, COSTS, strict=True)])


@dataclass(frozen=True)
class Usage:
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
    """Reads off the harts of `world` what each thread uses while it runs there."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._since = [Usage()] * len(world.harts)

    def begin(self, hart: int) -> None:
        """Note that a thread begins to run on `hart`."""
        self._since[hart] = self._read(hart)

    def end(self, thread: "Thread", hart: int) -> None:
        """Charge `thread` with what it has used on `hart`."""
        thread.used = thread.used.plus(self._lately(hart))

    def of_thread(self, thread: "Thread", runs: bool) -> Usage:
        """Return what `thread`, which `runs` or not, has used so far."""
        return thread.used.plus(self._lately(thread.hart)) if runs else thread.used

    def _lately(self, hart: int) -> Usage:
        return self._read(hart).plus(self._since[hart], -1)

    def _read(self, hart: int) -> Usage:
        record = self._world.harts[hart]
        cost = record["cost"]
        return Usage(int(cost[USER].sum()), int(cost[SYSTEM].sum()), int(record["count"][Counter.FAULT_TOTAL]))


def after_child(process: "Process", child: "Process") -> Usage:
    """Return what the children of `process` that it has waited for have used, `child` and its own among them."""
    return process.used_by_children.plus(child.used).plus(child.used_by_children)
