"""Physical memory: one array of 8-byte words that the host hands out page by page, as they are touched.

Inside the emulator a *place* is a byte offset into this array; a physical address is a place plus the address at which
memory starts. Anything narrower than a word is cut out of words, so one array serves every access.
"""

import mmap

import numpy as np
import numpy.typing as npt

from emulator.base.bits import PAGE_BYTES, PAGE_WORDS, at, logical_right, low_bits, word_of
from emulator.base.jit import hot
from emulator.base.record import I8

MAP_NORESERVE = 0x4000  # Linux, mmap(2): the size is a bound, not a claim on the host's memory


def allocate(size: int) -> npt.NDArray[np.int64]:
    """Return `size` bytes (a multiple of 4096) of zeroed memory as words; the host gives pages only when touched.

    Large host pages are asked for: a simulated page copy then costs a copy, not a host page fault.
    """
    block = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | MAP_NORESERVE)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        try:
            block.madvise(mmap.MADV_HUGEPAGE)
        except OSError:
            pass  # a host without them serves small pages: slower, the same result
    return np.frombuffer(block, I8)


@hot
def read_part(memory, place, size):
    """Return the `size` (1-8) bytes at `place` as an unsigned number; they may straddle two words."""
    shift = (place & 7) << 3
    value = logical_right(memory[at(word_of(place))], shift)
    if shift + (size << 3) > 64:
        value |= memory[at(word_of(place) + 1)] << (64 - shift)
    return value & low_bits(size << 3)


@hot
def write_part(memory, place, value, size):
    """Write the low `size` (1-8) bytes of `value` at `place`; they may straddle two words."""
    word, shift = word_of(place), (place & 7) << 3
    mask = low_bits(size << 3)
    memory[at(word)] = (memory[at(word)] & ~(mask << shift)) | ((value & mask) << shift)
    if shift + (size << 3) > 64:
        spilled = 64 - shift
        memory[at(word + 1)] = (memory[at(word + 1)] & ~logical_right(mask, spilled)) | logical_right(
            value & mask, spilled
        )


@hot
def copy_page(memory, source, target):
    """Copy the page at place `source` to place `target`."""
    a, b = word_of(source), word_of(target)
    for i in range(PAGE_WORDS):
        memory[at(b + i)] = memory[at(a + i)]


@hot
def clear_page(memory, target):
    """Fill the page at place `target` with zeros."""
    b = word_of(target)
    for i in range(PAGE_WORDS):
        memory[at(b + i)] = 0


def write_bytes(memory: npt.NDArray[np.int64], place: int, data: bytes) -> None:
    """Write `data` at `place`, which must lie in memory."""
    memory.view(np.uint8)[place : place + len(data)] = np.frombuffer(data, np.uint8)


def read_bytes(memory: npt.NDArray[np.int64], place: int, size: int) -> bytes:
    """Return the `size` bytes at `place`."""
    return memory.view(np.uint8)[place : place + size].tobytes()


def whole_pages(size: int) -> int:
    """Return `size` rounded up to whole pages."""
    return -(-size // PAGE_BYTES) * PAGE_BYTES
