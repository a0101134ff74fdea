"""Physical memory: one array of 8-byte words that the host hands out page by page, as they are touched.

Inside the emulator a *place* is a byte offset into this array; a physical address is a place plus the address at which
memory starts. Anything narrower than a word is cut out of words, so one array serves every access.
"""

import mmap

import numba
import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from emulator.base.bits import PAGE_BYTES, logical_right, low_bits
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


if numba.config.DISABLE_JIT or numba.config.BOUNDSCHECK:

    @hot
    def handle(words):
        """Return what hot functions take for memory: here the array itself, so that every access is checked."""
        return words

    @hot
    def read_word(memory, place):
        """Return the word at `place`, a multiple of 8."""
        return memory[place >> 3]

    @hot
    def write_word(memory, place, value):
        """Write the word at `place`, a multiple of 8."""
        memory[place >> 3] = value

    @hot
    def copy_page(memory, source, target):
        """Copy the page at place `source` to place `target`."""
        for offset in range(0, PAGE_BYTES, 8):
            write_word(memory, target + offset, read_word(memory, source + offset))

    @hot
    def clear_page(memory, target):
        """Fill the page at place `target` with zeros."""
        for offset in range(0, PAGE_BYTES, 8):
            write_word(memory, target + offset, 0)

else:
    _BYTES = ir.IntType(8).as_pointer()
    _PAGE_BYTES = ir.Constant(ir.IntType(64), PAGE_BYTES)

    @intrinsic
    def _load(typing, address):
        def generate(context, builder, signature, arguments):
            return builder.load(builder.inttoptr(arguments[0], ir.IntType(64).as_pointer()))

        return types.int64(types.int64), generate

    @intrinsic
    def _store(typing, address, value):
        def generate(context, builder, signature, arguments):
            builder.store(arguments[1], builder.inttoptr(arguments[0], ir.IntType(64).as_pointer()))
            return context.get_dummy_value()

        return types.void(types.int64, types.int64), generate

    @intrinsic
    def _copy(typing, source, target):
        def generate(context, builder, signature, arguments):
            source, target = (builder.inttoptr(address, _BYTES) for address in arguments)
            cgutils.raw_memcpy(builder, target, source, _PAGE_BYTES, 1)
            return context.get_dummy_value()

        return types.void(types.int64, types.int64), generate

    @intrinsic
    def _clear(typing, target):
        def generate(context, builder, signature, arguments):
            cgutils.memset(builder, builder.inttoptr(arguments[0], _BYTES), _PAGE_BYTES, 0)
            return context.get_dummy_value()

        return types.void(types.int64), generate

    @hot
    def handle(words):
        """Return what hot functions take for memory: its bare address on the host. `words` must outlive its use.

        An array would cross every call as seven words through the host's stack, a tenth of the time of a TLB miss.
        """
        return I8(words.ctypes.data)

    @hot
    def read_word(memory, place):
        """Return the word at `place`, a multiple of 8 in memory."""
        return _load(memory + place)

    @hot
    def write_word(memory, place, value):
        """Write the word at `place`, a multiple of 8 in memory."""
        _store(memory + place, I8(value))

    @hot
    def copy_page(memory, source, target):
        """Copy the page at place `source` to place `target`."""
        _copy(memory + source, memory + target)

    @hot
    def clear_page(memory, target):
        """Fill the page at place `target` with zeros."""
        _clear(memory + target)


@hot
def read_part(memory, place, size):
    """Return the `size` (1-8) bytes at `place` as an unsigned number; they may straddle two words."""
    word, shift = place & ~7, (place & 7) << 3
    value = logical_right(read_word(memory, word), shift)
    if shift + (size << 3) > 64:
        value |= read_word(memory, word + 8) << (64 - shift)
    return value & low_bits(size << 3)


@hot
def write_part(memory, place, value, size):
    """Write the low `size` (1-8) bytes of `value` at `place`; they may straddle two words."""
    word, shift = place & ~7, (place & 7) << 3
    mask = low_bits(size << 3)
    write_word(memory, word, (read_word(memory, word) & ~(mask << shift)) | ((value & mask) << shift))
    if shift + (size << 3) > 64:
        mask, value = logical_right(mask, 64 - shift), logical_right(value & mask, 64 - shift)
        write_word(memory, word + 8, (read_word(memory, word + 8) & ~mask) | value)


def write_bytes(memory: npt.NDArray[np.int64], place: int, data: bytes) -> None:
    """Write `data` at `place`, which must lie in memory."""
    memory.view(np.uint8)[place : place + len(data)] = np.frombuffer(data, np.uint8)


def read_bytes(memory: npt.NDArray[np.int64], place: int, size: int) -> bytes:
    """Return the `size` bytes at `place`."""
    return memory.view(np.uint8)[place : place + size].tobytes()


def whole_pages(size: int) -> int:
    """Return `size` rounded up to whole pages."""
    return -(-size // PAGE_BYTES) * PAGE_BYTES
