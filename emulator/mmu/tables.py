"""Page tables as an `Mmu` makes them for whoever does not write PTEs by hand: in frames from memory's end down."""

from typing import Any

import numpy as np

from emulator.base.bits import LARGEST, PAGE_BYTES, PAGE_SHIFT, A, D, G, R, U, V, W, X
from emulator.base.errors import ConfigError, shown
from emulator.mmu.memory import PhysicalMemory
from emulator.paging import arm64, x86_64
from emulator.paging import format as paging
from emulator.paging.modes import MODES

RIGHTS = {"r": R, "w": W, "x": X, "u": U, "g": G, "a": A, "d": D}
WORD = 8  # bytes of an entry in every format but Sv32
ALL = (1 << 64) - 1
LARGE = {x86_64: x86_64.PS, arm64: arm64.TABLE}  # what a leaf above level 0 has otherwise


def rights_of(letters: object) -> int:
    """Return the rights that letters out of RIGHTS stand for. Raises ConfigError for others, or for no access."""
    if not isinstance(letters, str) or not letters or set(letters) - set(RIGHTS):
        raise ConfigError(f"rights: '{shown(letters)}'; letters out of {''.join(RIGHTS)} are right, such as rwu")
    if not set(letters) & set("rwx"):
        raise ConfigError(f"rights: '{letters}' grants no access; r, w or x is right beside it")
    return sum(RIGHTS[letter] for letter in set(letters)) | V


class Tables:
    """Makes page tables in `memory`, of the format of `hart`."""

    def __init__(self, memory: PhysicalMemory, hart: Any, mode: str) -> None:
        self._memory, self._hart, self._mode = memory, hart, mode
        self._next = memory.start + memory.size
        self._width = 4 if MODES[mode].register == 32 else WORD

    def new(self) -> int:
        """Take a frame for one more table, all of it zeros; return its address. Raises ConfigError: there is none."""
        if self._next - PAGE_BYTES <= self._memory.start:
            raise ConfigError(f"memory: {self._memory.size:#x} bytes have no room for the page tables; more is right")
        self._next -= PAGE_BYTES
        self._memory.write_bytes(self._next, bytes(PAGE_BYTES))
        return self._next

    def map(self, root: int, va: int, pa: int, rights: int, level: int, pages: int) -> None:
        """Map `pages` pages from `va` on, of the size of `level`, to those from `pa` on. Raises ConfigError."""
        span = self._check(va, pa, level, pages)
        done = 0
        while done < pages:
            there = _signed(va + done * span)
            for end in (there, there + span - 1, va + pages * span - 1):
                if not paging.canonical(self._hart, _signed(end)):
                    raise ConfigError(f"va: {end & ALL:#x} is no address that {self._mode} translates")
            table = self._table(root, there, level)
            first = int(paging.index_of(self._hart, there, level))
            count = min(pages - done, int(paging.entries_of(self._hart)) - first)
            leaf, after = (self._leaf(pa + number * span, rights, level) for number in (done, done + 1))
            place = int(paging.nth_entry(self._hart, table, first))
            self._fill(place, count, leaf, after - leaf, there, span)
            done += count

    def _leaf(self, pa: int, rights: int, level: int) -> int:
        """Return the entry at `level` that maps the page at `pa`."""
        leaf = int(paging.make_leaf(self._hart, pa >> PAGE_SHIFT, rights))
        return leaf ^ (LARGE.get(MODES[self._mode].format, 0) if level > 0 else 0)

    def _check(self, va: int, pa: int, level: int, pages: int) -> int:
        """Return the size of a page at `level`."""
        if not 0 <= level <= min(LARGEST, MODES[self._mode].levels - 1):
            highest = min(LARGEST, MODES[self._mode].levels - 1)
            raise ConfigError(f"level: {level}; 0 (4 KiB) to {highest} is right in {self._mode}")
        span = int(paging.span(self._hart, level))
        for name, address in (("va", va), ("pa", pa)):
            if address % span:
                raise ConfigError(f"{name}: {address:#x} is not a multiple of {span:#x}, a page at level {level}")
        return span

    def _table(self, root: int, va: int, level: int) -> int:
        """Return the table at `level` for `va`, making those that are missing."""
        table = root
        for above in range(MODES[self._mode].levels - 1, level, -1):
            place = int(paging.nth_entry(self._hart, table, paging.index_of(self._hart, va, above)))
            entry = self._memory.read(place, self._width)
            if entry == 0:
                entry = int(paging.make_pointer(self._hart, self.new() >> PAGE_SHIFT))
                self._memory.write(place, entry, self._width)
            elif not paging.is_pointer(self._hart, _signed(entry), above):
                raise ConfigError(f"va: {va & ALL:#x} is mapped already, by a larger page")
            table = int(paging.target_of(self._hart, _signed(entry), above))
        return table

    def _fill(self, place: int, count: int, leaf: int, step: int, va: int, span: int) -> None:
        """Write `count` leaves from `place` on, the first one `leaf`, each `step` more than the one before."""
        kind = f"<u{self._width}"
        held = np.frombuffer(self._memory.read_bytes(place, count * self._width), kind)
        if held.any():
            taken = va + int(np.flatnonzero(held)[0]) * span
            raise ConfigError(f"va: {taken & ALL:#x} is mapped already")
        leaves = (leaf + step * np.arange(count)).astype(kind)
        self._memory.write_bytes(place, leaves.tobytes())


def _signed(value: int) -> int:
    value &= ALL
    return value - (1 << 64) if value >> 63 else value
