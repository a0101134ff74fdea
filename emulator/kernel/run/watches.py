"""Watched memory: what an instruction will access is read off its word and its registers before it runs.

A system call's accesses are the kernel's, and are not seen here.
"""

import numpy as np

from emulator.base.bits import address_of, at, offset_of
from emulator.base.jit import hot
from emulator.hardware.decode import decode
from emulator.hardware.memory import read_part
from emulator.hardware.reach import next_read, next_write
from emulator.kernel.memory.page_table import find_leaf, maps
from emulator.world.control import READS, WRITES

NO_WORD = 0
MAJOR = 0x7F  # the bits of an instruction that say of what group it is
GROUPS = np.zeros(MAJOR + 1, np.int64)
GROUPS[[0x03, 0x23, 0x2F, 0x0B]] = 1  # those that access memory: loads, stores, atomics, the teaching instructions


@hot
def meets_watch(world, hart):
    """Return whether the next instruction of the hart will access memory that is watched, and note which."""
    word = next_word(world, hart)
    if GROUPS[at(word & MAJOR)] == 0:
        return False
    code = decode(word)
    read, size = next_read(hart, code)
    written, length = next_write(hart, code)
    return meets(world, hart, read, size, READS) or meets(world, hart, written, length, WRITES)


@hot
def meets(world, hart, va, size, what):
    """Return whether a watch is for what is done with `size` bytes at `va`, and note which, and where it begins."""
    control, pid = world.control, world.task[hart.number].pid
    for i in range(control.watches):
        watch = control.watch[i]
        if size > 0 and watch.what & what and watch.pid == pid and va < watch.end and watch.start < va + size:
            control.met, control.met_va = i + 1, max(va, watch.start)
            return True
    return False


@hot
def next_word(world, hart):
    """Return the instruction that the hart stands at as memory has it, NO_WORD where its page is not mapped."""
    pte, frame = find_leaf(world, hart, hart.root, hart.pc)
    if not maps(hart, pte) or hart.pc & 3:
        return NO_WORD
    return read_part(world, address_of(frame) + offset_of(hart.pc), 4)
