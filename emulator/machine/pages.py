"""The bytes of a world, by pages of the host's memory: which have changed, what they were, and are to be again.

A world is large and for the most part never touched: only what is (`touched.py`) is looked at.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

from emulator.base.bits import PAGE_BYTES
from emulator.base.blocks import allocate
from emulator.base.world import World
from emulator.machine.touched import touched

WORDS = PAGE_BYTES // 8
ZEROS = bytes(PAGE_BYTES)

Content = Mapping[int, bytes]  # what each page holds, by number; those that are not in it hold zeros


class _Block:
    """Consecutive words of the host's memory, the first page of which has the number `first`, and their shadow."""

    def __init__(self, words: npt.NDArray[np.int64], first: int) -> None:
        self.pages = -(-len(words) // WORDS)
        self.numbers = range(first, first + self.pages)
        self._words = words
        self._shadow = allocate(self.pages * PAGE_BYTES)[: len(words)]

    def changed(self) -> Iterator[int]:
        """Yield the numbers of pages that differ from the shadow."""
        for start, end in touched(self._words.ctypes.data, self.pages):
            part = slice(start * WORDS, end * WORDS)
            where = np.flatnonzero(self._words[part] != self._shadow[part]) // WORDS
            for page in np.unique(where).tolist():
                yield self.numbers[start + page]

    def look(self, number: int) -> bytes:
        """Return what a page holds now; so does the shadow from now on."""
        part = self._part(number)
        self._shadow[part] = self._words[part]
        return self._words[part].tobytes()

    def put(self, number: int, content: bytes) -> None:
        """Let a page, and its shadow, hold `content`."""
        part = self._part(number)
        self._words[part] = self._shadow[part] = np.frombuffer(content, np.int64)[: len(self._words[part])]

    def _part(self, number: int) -> slice:
        start = (number - self.numbers.start) * WORDS
        return slice(start, start + WORDS)


class Pages:
    """All bytes of `world`, and a shadow of them that takes as much of the host's memory as they do."""

    def __init__(self, world: World) -> None:
        records = _Block(world.records.view(np.int64), 0)
        self._blocks = (records, _Block(world.memory, records.pages))
        self._content: dict[int, bytes] = {}  # of the shadow

    def keep(self) -> Content:
        """Return what all pages hold now; those that have not changed since the last time are the same objects."""
        for block in self._blocks:
            for number in list(block.changed()):
                found = block.look(number)
                if found == ZEROS[: len(found)]:
                    self._content.pop(number, None)
                else:
                    self._content[number] = found
        return self._content.copy()

    def restore(self, content: Content) -> None:
        """Let all pages hold what they did when `content` was kept, of this world or of one of the same layout."""
        self.keep()
        for number in self._content.keys() | content.keys():
            if self._content.get(number) is not content.get(number):
                block = self._blocks[number >= self._blocks[1].numbers.start]
                block.put(number, content.get(number, ZEROS))
        self._content = dict(content)
