"""Huge pages in page tables: leaves of 2 MiB at level 1, and the tables put by for splitting them.

For each huge page that can be split a frame is put by beforehand, so that a split needs no memory and cannot fail
(Linux, pgtable_trans_huge_deposit). What has been unmapped and not yet given back keeps its leaf, without V.
"""

from emulator.base.bits import HUGE_BYTES, address_of, frame_of, huge_of
from emulator.base.frame_names import FrameUse
from emulator.base.jit import hot, rare
from emulator.hardware.memory import read_word
from emulator.hardware.translation.step import entry_place
from emulator.kernel.memory.frame_log import because
from emulator.kernel.memory.frames import NONE, give, take_cleared
from emulator.kernel.memory.page_table import ABSENT, descend
from emulator.paging import format as paging


@hot
def huge_place(world, hart, root, va):
    """Return the place of the leaf of the huge page that `va` is in, valid or not, or ABSENT where there is none."""
    table, level = descend(world, hart, root, va)
    place = entry_place(hart, table, va, 1)
    return place if level == 1 and read_word(world, place) != 0 else ABSENT


@rare
def next_huge(world, hart, root, va, end):
    """Return the address of the first huge page that begins at `va` or later and ends by `end`; `end` if none does."""
    va = huge_of(va + HUGE_BYTES - 1)
    while va + HUGE_BYTES <= end:
        table, level = descend(world, hart, root, va)
        if level == 1 and read_word(world, entry_place(hart, table, va, 1)) != 0:
            return va
        va = (va | (paging.span(hart, max(level, 1)) - 1)) + 1
    return end


@hot
def put_table_by(world, hart, space):
    """Put a frame by for a table of small pages; return whether there was one."""
    because(world, FrameUse.SPARE, 0)
    frame = take_cleared(world, hart)
    if frame == NONE:
        return False
    chain_table(world, space, frame)
    return True


@hot
def chain_table(world, space, frame):
    """Put by `frame`, which holds zeros."""
    world.frame[frame].next = space.spare_table
    space.spare_table = frame


@hot
def take_table(world, space):
    """Return the place of a table that was put by: there is one for each huge page that can be split."""
    frame = space.spare_table
    space.spare_table = world.frame[frame].next
    return address_of(frame)


@hot
def give_table(world, hart, space):
    """Give back a table that was put by for a huge page that is gone."""
    because(world, FrameUse.SPARE, 0)
    give(world, hart, frame_of(take_table(world, space)))
