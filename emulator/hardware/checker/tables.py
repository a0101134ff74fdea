"""Page-table pages as walks have found them: which words of memory TLB entries have come from, and for which addresses.

A table is noted by the page of memory that it is in, the root and ASID of the walk, and the addresses that it serves.
Of each entry a bit says whether a translation has been filled from it since it was last found that no TLB holds one.
Most frames have no table; a write to one of these costs a look at `first`.
"""

from emulator.base.bits import at, frame_of, offset_of, page_bytes, word_of
from emulator.base.jit import hot, rare
from emulator.base.mask import is_empty, put
from emulator.hardware.translation.step import NO_TABLE, OUTSIDE, step
from emulator.paging import format as paging
from emulator.world.checker import EVERY, OFF, TABLES


@hot
def is_watched(world, place):
    """Return whether accesses to the page at `place` have to be looked at one by one."""
    checker = world.checker
    return checker.on != OFF and (checker.on == EVERY or checker.first[at(frame_of(place))] != 0)


@hot
def entry_at(place):
    """Return which entry of its table stands at `place`."""
    return word_of(offset_of(place))


@hot
def note_walk(world, hart, va):
    """Note what the walk for `va` that `hart` has just made has read: a TLB entry is about to be filled from it."""
    for i in range(hart.walk_reads):
        level = hart.walk_level + hart.walk_reads - 1 - i
        note_read(world, hart, hart.walk_place[i], hart.root, hart.asid_bits, va, level)


@hot
def note_path(world, hart, root, asid_bits, va):
    """Note what a walk for `va` from the table at place `root` on reads, as memory stands: an entry is judged by it."""
    level, table = hart.levels - 1, root
    while table != NO_TABLE:
        place, _, table = step(world, hart, table, va, level)
        if place != OUTSIDE:
            note_read(world, hart, place, root, asid_bits, va, level)
        level -= 1


@hot
def note_paths(world, hart, root, asid_bits, va, level):
    """Do so for a page of the size that TLBs have at `level`, which begins at `va`: smaller ones may stand there."""
    if level == 0:
        note_path(world, hart, root, asid_bits, va)
    else:
        note_all_paths(world, hart, root, asid_bits, va, va + page_bytes(level))


@rare
def note_all_paths(world, hart, root, asid_bits, va, end):
    """Do so for all pages from `va` to `end`."""
    while va < end:
        note_path(world, hart, root, asid_bits, va)
        level, table = hart.levels - 1, root
        while table != NO_TABLE:
            _, _, table = step(world, hart, table, va, level)
            level -= 1
        va = (va | (paging.span(hart, level + 1) - 1)) + 1


@hot
def note_read(world, hart, place, root, asid_bits, va, level):
    """Note that a translation of `va` has come through the entry at `place`, of a table at `level`."""
    start = va & -paging.span(hart, level + 1)
    found = find_table(world, frame_of(place), root, asid_bits, start)
    if found < 0:
        found = add_table(world, frame_of(place), root, asid_bits, start, level)
        if found < 0:
            world.checker.lost += 1
            return
    table = world.checker.table[found]
    put(table.harts, hart.number)
    put(table.read, entry_at(place))


@hot
def find_table(world, frame, root, asid_bits, start):
    """Return the table in `frame` of a root and ASID whose first entry is for `start`, -1 if there is none."""
    found = world.checker.first[at(frame)] - 1
    while found >= 0:
        table = world.checker.table[found]
        if table.root == root and table.asid_bits == asid_bits and table.va == start:
            break
        found = table.next - 1
    return found


@rare
def add_table(world, frame, root, asid_bits, start, level):
    """Return a new table, -1 if there is no room for one."""
    checker = world.checker
    if checker.free_table == 0 and checker.tables == TABLES:
        drop_unread(world)
    if checker.free_table != 0:
        found = checker.free_table - 1
        checker.free_table = checker.table[found].next
    elif checker.tables < TABLES:
        found = checker.tables
        checker.tables += 1
    else:
        return -1
    table = checker.table[found]
    table.frame, table.root, table.asid_bits = frame, root, asid_bits
    table.va, table.level = start, level
    table.harts[:] = 0
    table.read[:] = 0
    table.next = checker.first[frame]
    checker.first[frame] = found + 1
    return found


@rare
def drop_unread(world):
    """Forget the tables that no TLB entry can have come from."""
    for found in range(world.checker.tables):
        table = world.checker.table[found]
        if table.level >= 0 and is_empty(table.read):
            drop_table(world, found)


@rare
def drop_unread_of(world, frame):
    """Forget those of one frame."""
    found = world.checker.first[frame] - 1
    while found >= 0:
        following = world.checker.table[found].next - 1
        if is_empty(world.checker.table[found].read):
            drop_table(world, found)
        found = following


@hot
def drop_table(world, found):
    """Forget a table."""
    unlink(world, found)
    table = world.checker.table[found]
    table.level = -1
    table.next = world.checker.free_table
    world.checker.free_table = found + 1


@hot
def unlink(world, found):
    """Take a table out of those of its frame."""
    checker = world.checker
    frame, after = checker.table[found].frame, checker.table[found].next
    before = checker.first[frame] - 1
    if before == found:
        checker.first[frame] = after
        return
    while checker.table[before].next - 1 != found:
        before = checker.table[before].next - 1
    checker.table[before].next = after
