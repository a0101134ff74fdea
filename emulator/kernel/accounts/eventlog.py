"""Taking events out of compiled code: the buffer there is of fixed size, the log here holds the first ones of a run."""

from typing import Any

import numpy.typing as npt

from emulator.base.world import World
from emulator.kernel.steps.events import MARGIN
from emulator.world.log import EVENT_CAPACITY


class EventLog:
    """The first `most` events of a machine, in order, in the parts in which they were taken out; the rest is counted.

    It knows the machine's state and not the machine: nothing that holds that much memory may be part of a circle of
    references, which Python would free late.
    """

    def __init__(self, world: World, most: int) -> None:
        self._log = world.log
        self._room = most
        self.left_out = 0
        self.parts: list[npt.NDArray[Any]] = [world.log.event[:0].copy()]

    def drain(self) -> None:
        """Empty the buffer."""
        count = int(self._log.events)
        kept = min(count, self._room)
        if kept:
            self.parts.append(self._log.event[:kept].copy())
        self._room -= kept
        self.left_out += count - kept
        self._log.events = 0

    def make_room(self) -> None:
        """Empty the buffer if it is nearly full."""
        if self._log.events >= EVENT_CAPACITY - 2 * MARGIN:
            self.drain()
