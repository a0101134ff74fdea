"""All files of a machine: the names, those that are open, the three that every program begins with."""

from emulator.kernel.io.cache import PageCache
from emulator.kernel.io.descriptors import Descriptors
from emulator.kernel.io.names import Names
from emulator.kernel.io.openfile import OpenFile, StandardInput, StandardOutput
from emulator.kernel.io.streams import Streams


class OpenFiles:
    """`closed` are those whose last descriptor is gone and whose waiters have yet to be woken.

    `names` are the files that can be opened, which `cache` holds.
    """

    def __init__(self, streams: Streams, cache: PageCache) -> None:
        self._streams = streams
        self.cache, self.names = cache, Names(cache)
        self.closed: list[OpenFile] = []
        self._next = 3

    def next_number(self) -> int:
        """Return the number of a new file."""
        self._next += 1
        return self._next - 1

    def standard(self) -> Descriptors:
        """Return new descriptors 0, 1 and 2, of the machine's standard streams."""
        table = Descriptors(self.closed)
        for file in (StandardInput(self._streams), StandardOutput(self._streams, 1), StandardOutput(self._streams, 2)):
            table.add(file)
        return table
