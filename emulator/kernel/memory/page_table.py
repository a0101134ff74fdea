"""Page tables as the kernel sees them: words in simulated memory that it reads and writes directly.

The machine's memory starts at physical address 0, so that a frame's number is its PPN and its address its place.
"""

from emulator.base.bits import (
    TABLE_ENTRIES,
    V,
    address_of,
    entry_address,
    frame_of,
    make_pte,
    nth_entry,
    page_bytes,
    ppn_of,
    target_of,
)
from emulator.base.jit import hot
from emulator.base.names import Cost, Price
from emulator.hardware.accounts import book
from emulator.hardware.memory import read_word, write_word
from emulator.kernel.memory.frames import NONE, give, take_cleared

ABSENT = 0  # no PTE stands at place 0: frame 0 is never a table


@hot
def leaf_place(world, root, levels, va):
    """Return the place of the leaf PTE of `va` under the table at `root`, or ABSENT where a table is missing."""
    table = root
    for level in range(levels - 1, 0, -1):
        pte = read_word(world, entry_address(table, va, level))
        if pte & V == 0:
            return ABSENT
        table = target_of(pte)
    return entry_address(table, va, 0)


@hot
def make_leaf_place(world, hart, space, root, levels, va):
    """Return the place of the leaf PTE of `va`, with tables made where they were missing; ABSENT if memory is out."""
    table = root
    for level in range(levels - 1, 0, -1):
        place = entry_address(table, va, level)
        pte = read_word(world, place)
        if pte & V == 0:
            frame = take_cleared(world, hart)
            if frame == NONE:
                return ABSENT
            space.tables += 1
            pte = make_pte(frame, V)
            write_pte(world, hart, place, pte)
        table = target_of(pte)
    return entry_address(table, va, 0)


@hot
def write_pte(world, hart, place, pte):
    """Write a PTE and book it."""
    write_word(world, place, pte)
    book(hart, Cost.KERNEL_PTE, world.chip.price[Price.PTE])


@hot
def next_table(world, root, levels, va, end):
    """Return `va`, or the first address after it and below `end` whose last-level table exists; `end` if none."""
    while va < end:
        table = root
        level = levels - 1
        while level > 0:
            pte = read_word(world, entry_address(table, va, level))
            if pte & V == 0:
                break
            table = target_of(pte)
            level -= 1
        if level == 0:
            return va
        va = (va | (page_bytes(level) - 1)) + 1
    return end


@hot
def table_end(va, end):
    """Return where the last-level table of `va` ends, or `end` if that comes first."""
    return min((va | (page_bytes(1) - 1)) + 1, end)


@hot
def free_tables(world, hart, space, table, level):
    """Give back the table at place `table` and those below it; the pages they mapped are gone already."""
    if level > 0:
        for i in range(TABLE_ENTRIES):
            pte = read_word(world, nth_entry(table, i))
            if pte & V != 0:
                free_tables(world, hart, space, address_of(ppn_of(pte)), level - 1)
    give(world, hart, frame_of(table))
    space.tables -= 1
