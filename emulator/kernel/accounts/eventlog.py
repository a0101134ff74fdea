"""Taking events out of compiled code: the buffer there is of fixed size, the log here holds the first ones of a run."""

from typing import Any

import numpy as np
import numpy.typing as npt

from emulator.base.world import World
from emulator.kernel.accounts.frame_log import FrameLog
from emulator.kernel.steps.events import MARGIN
from emulator.world.log import EVENT_CAPACITY


class EventLog:
    """The first `most` events of a machine, in order, in the parts in which they were taken out; the rest is counted.

    It knows the machine's state and not the machine: nothing that holds that much memory may be part of a circle of
    references, which Python would free late. `frames` is told before the buffer is emptied: its rows name events.
    """

    def __init__(self, world: World, most: int, frames: FrameLog) -> None:
        self._log, self._frames = world.log, frames
        self._most = self._room = most
        self.left_out = 0
        self.parts: list[npt.NDArray[Any]] = [world.log.event[:0].copy()]

    @property
    def told(self) -> int:
        """How many events there have been."""
        return self._most - self._room + self.left_out + int(self._log.events)

    def since(self, number: int) -> npt.NDArray[Any]:
        """Return the events from `number` on that are kept, `EVENT` records of shape (n,)."""
        self.drain()
        found, end = [self.parts[0]], self._most - self._room
        for part in reversed(self.parts):
            begin = end - len(part)
            if end <= number:
                break
            found.insert(1, part[max(number - begin, 0) :])
            end = begin
        return np.concatenate(found)

    def drain(self) -> None:
        """Empty the buffer."""
        self._frames.drain()
        count = int(self._log.events)
        self._frames.told += count
        kept = min(count, self._room)
        if kept:
            part = self._log.event[:kept].copy()
            part.flags.writeable = False
            self.parts.append(part)
        self._room -= kept
        self.left_out += count - kept
        self._log.events = 0

    def make_room(self) -> None:
        """Empty the buffer if it is nearly full."""
        if self._log.events >= EVENT_CAPACITY - 2 * MARGIN:
            self.drain()
