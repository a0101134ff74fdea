"""Page tables, read from memory as the kernel would: entries that are not empty, explained by their format."""

from functools import cache
from typing import Any

from emulator.base.bits import PAGE_WORDS, RIGHTS, address_of, frame_of, word_of
from emulator.base.world import World
from emulator.paging import format as paging
from emulator.state import Entry, Rights, Table

_ALL = [Rights(bits) for bits in range(RIGHTS + 1)]


@cache
def rights(bits: int) -> Rights:
    """Return bits of `emulator.base.bits` by name."""
    return _ALL[bits & RIGHTS]


class Tables:
    """Reads page tables; those that have not changed since the last time are not explained again.

    `begin` is called before all that is to be read of one moment.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[int, int, int], tuple[bytes, Table]] = {}
        self._before = self._known

    def begin(self) -> None:
        """Forget what was not read the last time."""
        self._before, self._known = self._known, {}

    def read(self, world: World, frame: int, va: int, level: int) -> Table:
        """Return the table in `frame`, at `level`, whose first entry is for `va`, and all below it."""
        first = word_of(address_of(frame))
        words = world.memory[first : first + PAGE_WORDS]
        content = words.tobytes()
        if level == 0:
            known, table = self._before.get((frame, va, level), (b"", None))
            if table is None or known != content:
                table = self._made(world, frame, va, level, words)
            self._known[frame, va, level] = content, table
            return table
        return self._made(world, frame, va, level, words)

    def _made(self, world: World, frame: int, va: int, level: int, words: Any) -> Table:
        hart, entries = world.hart[0], []
        size = paging.span(hart, level)
        filled = words.nonzero()[0].tolist()
        for number, pte in zip(filled, words[filled].tolist(), strict=True):
            there = va + number * size
            if level == 0 and paging.is_swapped(hart, pte):
                entries.append(Entry(number, there, size, 0, rights(0), None, int(paging.slot_of(hart, pte))))
                continue
            target = frame_of(paging.target_of(hart, pte, level))
            below = self.read(world, target, there, level - 1) if paging.is_pointer(hart, pte, level) else None
            entries.append(Entry(number, there, size, target, rights(paging.rights_of(hart, pte)), below))
        return Table(frame, level, va, tuple(entries))
