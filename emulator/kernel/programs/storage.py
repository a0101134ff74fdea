"""Storage: the bytes of programs' files, where compiled code finds them when a page is wanted again (F69).

It lies in the world's memory beyond the frames that processes get, so no physical address reaches it. The record of
such a page in the array of frames says which frame its readers share.
"""

from emulator.base.world import World
from emulator.world.memory import STORAGE_BYTES


class OutOfStorage(Exception):
    """The files of all programs that a machine has run do not fit."""


class Storage:
    """Hands out the pages of storage, one after the other; a program keeps its own."""

    def __init__(self, world: World) -> None:
        self._next = int(world.chip.memory_size)
        self._end = self._next + STORAGE_BYTES

    def take(self, size: int) -> int:
        """Return the place of `size` bytes, whole pages. Raises OutOfStorage."""
        if self._next + size > self._end:
            raise OutOfStorage
        self._next += size
        return self._next - size
