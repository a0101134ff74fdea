"""Physical memory as whoever has an `Mmu` sees it: bytes at physical addresses."""

import numpy as np
import numpy.typing as npt

from emulator.base.bits import PAGE_BYTES
from emulator.base.errors import ConfigError
from emulator.config.numbers import as_whole
from emulator.hardware.memory import read_bytes, write_bytes
from emulator.mmu import vectors

MOST_BASE = (1 << 56) - PAGE_BYTES  # physical addresses have 56 bits


class PhysicalMemory:
    """Physical memory from `start` on, `size` bytes, little-endian."""

    __slots__ = ("_size", "_start", "_words")

    def __init__(self, words: npt.NDArray[np.int64], start: int) -> None:
        self._words, self._start, self._size = words, start, len(words) * 8

    @property
    def start(self) -> int:
        """The physical address of its first byte."""
        return self._start

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return self._size

    def write(self, pa: int, value: int, size: int = 8) -> None:
        """Write the low `size` (1, 2, 4, 8) bytes of `value`, a 64-bit number. Raises ConfigError outside memory."""
        place, size = self._place(pa, size)
        value = as_whole(value, "value", -(1 << 63), (1 << 64) - 1)
        write_bytes(self._words, place, (value & ((1 << 8 * size) - 1)).to_bytes(size, "little"))

    def read(self, pa: int, size: int = 8) -> int:
        """Return `size` (1, 2, 4, 8) bytes as an unsigned number. Raises ConfigError outside memory."""
        place, size = self._place(pa, size)
        return int.from_bytes(read_bytes(self._words, place, size), "little")

    def write_bytes(self, pa: int, data: bytes) -> None:
        """Write `data` from `pa` on. Raises ConfigError if it does not lie in memory."""
        write_bytes(self._words, self._start_of(pa, len(data)), data)

    def read_bytes(self, pa: int, size: int) -> bytes:
        """Return `size` bytes from `pa` on. Raises ConfigError if they do not lie in memory."""
        return read_bytes(self._words, self._start_of(pa, size), size)

    def _place(self, pa: int, size: int) -> tuple[int, int]:
        """Return where in memory `size` bytes at `pa` are, and the size, as ints."""
        size = vectors.size_of(size)
        return self._start_of(pa, size), size

    def _start_of(self, pa: int, size: int) -> int:
        """Return where in memory `size` bytes at `pa` begin."""
        pa = as_whole(pa, "pa", -(1 << 64), 1 << 64)
        if not self._start <= pa <= self._start + self._size - size:
            raise ConfigError(f"address {pa:#x} is outside memory ({self._start:#x}-{self._start + self._size:#x})")
        return pa - self._start
