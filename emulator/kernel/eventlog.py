"""Taking events out of compiled code: the buffer there is of fixed size, the log here holds the whole run."""

from typing import Any

import numpy.typing as npt

from emulator.base.world import World
from emulator.kernel.events import MARGIN
from emulator.kernel.state import EVENT_CAPACITY


class EventLog:
    """All events of a machine so far, in order, in the parts in which they were taken out.

    It knows the machine's state and not the machine: nothing that holds that much memory may be part of a circle of
    references, which Python would free late.
    """

    def __init__(self, world: World) -> None:
        self._kernels = world.kernels
        self.parts: list[npt.NDArray[Any]] = []

    def drain(self) -> None:
        """Empty the buffer."""
        self.parts.append(self._kernels["event"][0, : int(self._kernels["events"][0])].copy())
        self._kernels["events"] = 0

    def make_room(self) -> None:
        """Empty the buffer if it is nearly full."""
        if self._kernels["events"][0] >= EVENT_CAPACITY - 2 * MARGIN:
            self.drain()
