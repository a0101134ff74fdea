"""Taking the frame ledger out of compiled code: the first rows of a run, in the parts in which they were taken out."""

from typing import Any

import numpy as np
import numpy.typing as npt

from emulator.base.world import World
from emulator.config.limits import MOST_FRAME_ROWS
from emulator.kernel.memory.frame_log import frame_log_has_room
from emulator.ledger import FrameLedger
from emulator.world.frame_log import FRAME_ROW


class FrameLog:
    """The first `most` rows of a machine's frame ledger, in order; the rest is counted.

    `told` is how many events the event log has taken out: rows name events as they stand in its buffer.
    """

    def __init__(self, world: World, wanted: bool, most: int = MOST_FRAME_ROWS) -> None:
        self._world, self._log = world, world.frame_log
        self._log.on = int(wanted)
        self._room, self._left_out, self.told = most, 0, 0
        self.parts: list[npt.NDArray[Any]] = []

    @property
    def left_out(self) -> int:
        """How many rows are not kept."""
        return self._left_out + int(self._log.left_out)

    def drain(self) -> None:
        """Empty the buffer."""
        count = int(self._log.rows)
        kept = min(count, self._room)
        if kept:
            part = np.asarray(self._log.row[:kept]).copy()
            part["event"] += self.told
            part.flags.writeable = False
            self.parts.append(part)
        self._room -= kept
        self._left_out += count - kept
        self._log.rows = 0

    def make_room(self) -> None:
        """Empty the buffer if many rows are in it."""
        if not frame_log_has_room(self._world):
            self.drain()

    def ledger(self) -> FrameLedger:
        """Return what is kept."""
        self.drain()
        return FrameLedger(np.concatenate([np.zeros(0, FRAME_ROW), *self.parts]), self.left_out)
