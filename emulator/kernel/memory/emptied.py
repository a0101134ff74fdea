"""Page tables that unmapping empties, given back as Linux does (free_pgtables).

A table goes if no region but those that are unmapped lies in what it spans, and with it all tables below. Its pointer
is unlinked before the flush (V cleared, the table's place left in it), and the frames are given back after it: no walk
can read them then. The root stays. Walk caches have to drop the pointers in this flush: INVLPG does so, SFENCE.VMA
with an address does not, and a broadcast may not be told to drop final entries alone (`kernel/invalidation/reach.py`).
"""

from emulator.base.bits import V
from emulator.base.jit import hot
from emulator.hardware.checker.writes import put_word
from emulator.hardware.memory import read_word
from emulator.hardware.translation.step import entry_place
from emulator.kernel.memory.extents import region_at
from emulator.kernel.memory.page_table import free_tables, write_pte
from emulator.kernel.memory.regions import place_for
from emulator.paging import format as paging


@hot
def unlink_tables(world, hart, space, start, end):
    """Unlink what tables no page needs when `start` to `end` is gone; return how many pointers that took."""
    if start == end:
        return 0
    index = place_for(world, space, start)
    floor = region_at(world, space, index - 1).end if index > 0 else 0
    while index < space.regions and region_at(world, space, index).start < end:
        index += 1
    ceiling = region_at(world, space, index).start if index < space.regions else paging.span(hart, hart.levels)
    return unlink_below(world, hart, space.root, hart.levels - 1, start, end, floor, ceiling)


@hot
def unlink_below(world, hart, table, level, start, end, floor, ceiling):
    """Do so below `table`, for what tables of `start` to `end` lie between `floor` and `ceiling`."""
    size, unlinked = paging.span(hart, level), 0
    first = start - start % size
    while first < end:
        place = entry_place(hart, table, first, level)
        pte = read_word(world, place)
        if paging.is_pointer(hart, pte, level):
            if floor <= first and first + size <= ceiling:
                write_pte(world, hart, place, paging.with_rights(hart, pte, paging.rights_of(hart, pte) & ~V))
                unlinked += 1
            elif level > 1:
                below, low, high = paging.target_of(hart, pte, level), max(start, first), min(end, first + size)
                unlinked += unlink_below(world, hart, below, level - 1, low, high, floor, ceiling)
        first += size
    return unlinked


@hot
def free_unlinked(world, hart, space, table, level, start, end):
    """Give back the unlinked tables of `start` to `end` below `table`: the flush is over, their pages are gone."""
    size = paging.span(hart, level)
    first = start - start % size
    while first < end:
        place = entry_place(hart, table, first, level)
        pte = read_word(world, place)
        if paging.is_pointer(hart, pte, level):
            if level > 1:
                below, low, high = paging.target_of(hart, pte, level), max(start, first), min(end, first + size)
                free_unlinked(world, hart, space, below, level - 1, low, high)
        elif pte != 0:
            put_word(world, hart, place, 0)
            free_tables(world, hart, space, paging.target_of(hart, pte, level), level - 1)
        first += size
