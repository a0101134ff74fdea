"""Physical memory: one array of 8-byte words that the host hands out page by page, as they are touched.

Inside the emulator a *place* is a byte offset into this array; a physical address is a place plus the address at which
memory starts. Anything narrower than a word is cut out of words, so one array serves every access.

Words and whole pages are here as plain Python does them; compiled code takes `hardware/host.py` instead.
"""

import numpy as np
import numpy.typing as npt

from emulator.base.arithmetic import logical_right, low_bits
from emulator.base.bits import PAGE_BYTES
from emulator.base.jit import hot


@hot
def read_word(world, place):
    """Return the word at `place`, a multiple of 8."""
    return world.memory[place >> 3]


@hot
def write_word(world, place, value):
    """Write the word at `place`, a multiple of 8."""
    world.memory[place >> 3] = value


@hot
def bring_near(world, place):
    """Let the host fetch the line of its memory that `place` is in."""


@hot
def copy_page(world, source, target):
    """Copy the page at place `source` to place `target`."""
    for offset in range(0, PAGE_BYTES, 8):
        write_word(world, target + offset, read_word(world, source + offset))


@hot
def clear_page(world, target):
    """Fill the page at place `target` with zeros."""
    for offset in range(0, PAGE_BYTES, 8):
        write_word(world, target + offset, 0)


@hot
def read_part(world, place, size):
    """Return the `size` (1-8) bytes at `place` as an unsigned number; they may straddle two words."""
    word, shift = place & ~7, (place & 7) << 3
    value = logical_right(read_word(world, word), shift)
    if shift + (size << 3) > 64:
        value |= read_word(world, word + 8) << (64 - shift)
    return value & low_bits(size << 3)


@hot
def write_part(world, place, value, size):
    """Write the low `size` (1-8) bytes of `value` at `place`; they may straddle two words."""
    word, shift = place & ~7, (place & 7) << 3
    mask = low_bits(size << 3)
    write_word(world, word, (read_word(world, word) & ~(mask << shift)) | ((value & mask) << shift))
    if shift + (size << 3) > 64:
        mask, value = logical_right(mask, 64 - shift), logical_right(value & mask, 64 - shift)
        write_word(world, word + 8, (read_word(world, word + 8) & ~mask) | value)


@hot
def read_aligned(world, place, size):
    """As `read_part` of 1, 2, 4 or 8 bytes at a multiple of their number, which lie in one word."""
    if size == 8:
        return read_word(world, place)
    return logical_right(read_word(world, place & ~7), (place & 7) << 3) & low_bits(size << 3)


@hot
def write_aligned(world, place, value, size):
    """As `write_part` of 1, 2, 4 or 8 bytes at a multiple of their number, which lie in one word."""
    if size == 8:
        write_word(world, place, value)
    else:
        word, shift, mask = place & ~7, (place & 7) << 3, low_bits(size << 3)
        write_word(world, word, (read_word(world, word) & ~(mask << shift)) | ((value & mask) << shift))


def write_bytes(memory: npt.NDArray[np.int64], place: int, data: bytes) -> None:
    """Write `data` at `place`, which must lie in memory."""
    memory.view(np.uint8)[place : place + len(data)] = np.frombuffer(data, np.uint8)


def read_bytes(memory: npt.NDArray[np.int64], place: int, size: int) -> bytes:
    """Return the `size` bytes at `place`."""
    return memory.view(np.uint8)[place : place + size].tobytes()


def whole_pages(size: int) -> int:
    """Return `size` rounded up to whole pages."""
    return -(-size // PAGE_BYTES) * PAGE_BYTES
