"""Moving pages to other addresses of their address space: mremap(2).

    1  make the page tables of where they go; no frame for one: nothing has changed (F63)
    2  clear V of what maps them, and flush: one invalidation of where they were (`unmapping.begin_unmap`)
    3  wait for the answers
    4  write each PTE where it goes, with what the region there grants; give back the tables that are needed no more

So no TLB holds a page at its old address when it can be found at the new one, and no frame changes hands meanwhile
(F43). Linux writes the new PTE before it flushes, both under the locks of the tables (mm/mremap.c, move_ptes): what
can be seen is the same. A huge page moves as a whole where it comes to lie aligned, and nothing is there; else it has
been split before.
"""

from emulator.base.bits import HUGE_BYTES, PAGE_BYTES, A, R, W, X, nth_entry
from emulator.base.jit import hot, rare
from emulator.base.names import Cost, Counter, Price
from emulator.hardware.accounts import book
from emulator.hardware.checker.writes import put_word
from emulator.hardware.memory import read_word
from emulator.kernel.memory.emptied import free_unlinked
from emulator.kernel.memory.extents import copy_region, region_at
from emulator.kernel.memory.huge_tables import huge_place, next_huge
from emulator.kernel.memory.page_table import (
    ABSENT,
    leaf_place,
    make_leaf_place,
    make_place,
    next_table,
    table_end,
)
from emulator.kernel.memory.regions import find, join_neighbours, open_gap, place_for, region_bits, show_from
from emulator.paging import format as paging


@rare
def extend_region(world, space, va, end):
    """Let the region of `va` end at `end`, what comes after it until there being free."""
    index = find(world, space, va)
    region_at(world, space, index).end = end
    join_neighbours(world, space, index)


@rare
def show_again(world, space, va, start, end):
    """Add a region, from `start` to `end`, that shows what the one of `va` does from there on; return whether it could.

    The range is free. The region stays apart from neighbours that it is alike to: one of them may be about to go.
    """
    index = place_for(world, space, start)
    if not open_gap(world, space, index):
        return False
    region = region_at(world, space, index)
    region.start, region.end = start, end  # before anything is looked for: regions are in order
    source = region_at(world, space, find(world, space, va))
    offset = source.object_offset + va - source.start
    copy_region(source, region)
    region.start, region.end, region.busy_until = start, end, 0
    show_from(world, region, offset)
    return True


@rare
def make_tables(world, hart, space, start, end, to):
    """Step 1, for what there is of `start` to `end`; return whether memory sufficed."""
    shift = to - start
    va = next_table(world, hart, space.root, start, end)
    while va < end:
        if make_leaf_place(world, hart, space, space.root, va + shift) == ABSENT:
            return False
        va = next_table(world, hart, space.root, both_end(hart, va, end, shift), end)
    if space.huge > 0:
        va = next_huge(world, hart, space.root, start, end)
        while va < end:
            if make_place(world, hart, space, space.root, va + shift, 1) == ABSENT:
                return False
            va = next_huge(world, hart, space.root, va + HUGE_BYTES, end)
    return True


@hot
def both_end(hart, va, end, shift):
    """Return up to where one last-level table has the pages from `va` on, and one those `shift` bytes beyond."""
    return min(table_end(hart, va, end), table_end(hart, va + shift, end + shift) - shift)


@rare
def move_pages(world, hart, space, start, end, low, to):
    """Step 4: the pages of `start` to `end`, unmapped and flushed, go to `to`; give back tables from `low` on."""
    shift, moved = to - start, 0
    region = region_at(world, space, find(world, space, to))
    granted = region_bits(region) & ~A if region.prot & (R | W | X) != 0 else 0
    va = next_table(world, hart, space.root, start, end)
    while va < end:
        stop = both_end(hart, va, end, shift)
        source, target = leaf_place(world, hart, space.root, va), leaf_place(world, hart, space.root, va + shift)
        for i in range((stop - va) // PAGE_BYTES):
            moved += move_entry(world, hart, nth_entry(source, i), nth_entry(target, i), granted)
        va = next_table(world, hart, space.root, stop, end)
    if space.huge > 0:
        va = next_huge(world, hart, space.root, start, end)
        while va < end:
            source = huge_place(world, hart, space.root, va)
            move_entry(world, hart, source, make_place(world, hart, space, space.root, va + shift, 1), granted)
            moved += HUGE_BYTES // PAGE_BYTES
            va = next_huge(world, hart, space.root, va + HUGE_BYTES, end)
    hart.count[Counter.MREMAP_MOVED_PAGES] += moved
    if world.request.tables > 0:
        free_unlinked(world, hart, space, space.root, hart.levels - 1, low, end)
        world.request.tables = 0
    return moved


@hot
def move_entry(world, hart, source, target, granted):
    """Move a leaf that V was taken from, and let it grant `granted` beside what it did; return whether there is one."""
    pte = read_word(world, source)
    if pte == 0:
        return 0
    put_word(world, hart, source, 0)
    if granted != 0 and not paging.is_swapped(hart, pte):
        pte = paging.with_rights(hart, pte, paging.rights_of(hart, pte) | granted)
    put_word(world, hart, target, pte)
    book(hart, Cost.KERNEL_PTE, world.chip.price[Price.PTE])
    return 1
