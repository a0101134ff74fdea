"""Unmapping: pages go from an address space, and page tables with them.

A frame is given back only after the flush: pages are first unmapped (V cleared, the frame number left in the PTE),
then their translations are invalidated, and only then their frames are dropped, as mmu_gather does.
"""

from emulator.base.bits import PAGE_BYTES, V, nth_entry
from emulator.base.jit import hot
from emulator.base.names import Cost, Price
from emulator.hardware.accounts import book
from emulator.hardware.checker.writes import put_word
from emulator.hardware.memory import read_word
from emulator.kernel.invalidation.flush import flush
from emulator.kernel.invalidation.hooks import begin_look, end_look, look_at
from emulator.kernel.invalidation.mistakes import forgets_flush
from emulator.kernel.invalidation.ranges import between, huge_between
from emulator.kernel.memory.emptied import free_unlinked, unlink_tables
from emulator.kernel.memory.frame_log import because_dropped
from emulator.kernel.memory.frames import give
from emulator.kernel.memory.page_table import is_shared_table, leaf_frame, leaf_place, next_table, table_end
from emulator.kernel.memory.slots import drop_slot
from emulator.kernel.steps.huge_pages import drop_huge, unmap_huge
from emulator.kernel.steps.lock import await_others
from emulator.paging import format as paging


@hot
def begin_unmap(world, hart, space, start, end, cause, low):
    """Clear the PTEs from `start` to `end` and flush once, if there were any; `settle` and `drop_pages` come next.

    From `low` to `end` regions go, too, and with them page tables that are needed no more; none where `low` is `end`.
    """
    await_others(world, hart, space)
    begin_look(world)
    since = hart.clock
    small = unmap_pages(world, hart, space, start, end)
    huge = unmap_huge(world, hart, space, start, end) if space.huge > 0 else 0
    world.request.tables = unlink_tables(world, hart, space, low, end)
    if small + huge + world.request.tables > 0 and not forgets_flush(world, cause):
        span = huge_between(space, start, end, small) if huge > 0 else between(space, start, end)
        flush(world, hart, span, cause, since)
    end_look(world)


@hot
def unmap_pages(world, hart, space, start, end):
    """Clear V of the small pages from `start` to `end`; return how many PTEs stood there."""
    found = 0
    va = next_table(world, hart, space.root, start, end)
    while va < end:
        stop = table_end(hart, va, end)
        first = leaf_place(world, hart, space.root, va)
        pages = 0 if is_shared_table(world, first) else (stop - va) // PAGE_BYTES  # others need what it says
        for i in range(pages):
            pte = read_word(world, nth_entry(first, i))
            if pte != 0 and not paging.is_swapped(hart, pte):
                gone = paging.with_rights(hart, pte, paging.rights_of(hart, pte) & ~V)
                put_word(world, hart, nth_entry(first, i), gone)
                look_at(world, hart, nth_entry(first, i), pte)
                found += 1
        va = next_table(world, hart, space.root, stop, end)
    book(hart, Cost.KERNEL_PTE, found * world.chip.price[Price.PTE_DROP])
    return found


@hot
def drop_pages(world, hart, space, start, end, low):
    """Give back what `begin_unmap` took from the space: the frames of its pages, and tables from `low` on."""
    drop_frames(world, hart, space, start, end)
    if world.request.tables > 0:
        free_unlinked(world, hart, space, space.root, hart.levels - 1, low, end)
        world.request.tables = 0


@hot
def drop_frames(world, hart, space, start, end):
    """Drop the references of PTEs from `start` to `end`, unmapped and flushed already, and clear them."""
    va = next_table(world, hart, space.root, start, end)
    while va < end:
        stop = table_end(hart, va, end)
        first = leaf_place(world, hart, space.root, va)
        pages = 0 if is_shared_table(world, first) else (stop - va) // PAGE_BYTES
        for i in range(pages):
            pte = read_word(world, nth_entry(first, i))
            if pte != 0:
                put_word(world, hart, nth_entry(first, i), 0)
                if paging.is_swapped(hart, pte):
                    drop_slot(world, paging.slot_of(hart, pte))
                elif leaf_frame(hart, pte) != world.allocator.zero_frame:
                    because_dropped(world, space, va + i * PAGE_BYTES)
                    give(world, hart, leaf_frame(hart, pte))
        va = next_table(world, hart, space.root, stop, end)
    if space.huge > 0:
        drop_huge(world, hart, space, start, end)
