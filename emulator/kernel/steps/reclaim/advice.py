"""What madvise says of pages that may be taken away: now, sooner, for good; or that will be wanted.

MADV_PAGEOUT    those of a range go now that nobody else maps, whether they were used or not
MADV_COLD       A is cleared, so that they go first
MADV_FREE       A and D are cleared, and a page that is not written to again is dropped when it goes
MADV_WILLNEED   those that are swapped out are read, and mapped with A clear, as long as there are frames
"""

from emulator.base.bits import HUGE_PAGES, PAGE_BYTES, A, D, nth_entry
from emulator.base.jit import hot, rare
from emulator.base.kernel_names import Cached, FlushCause
from emulator.base.names import Access, Event
from emulator.hardware.memory import read_word
from emulator.kernel.invalidation.flush import flush
from emulator.kernel.invalidation.hooks import begin_look, end_look, look_at
from emulator.kernel.invalidation.ranges import between
from emulator.kernel.memory.extents import region_at
from emulator.kernel.memory.page_table import (
    ABSENT,
    find_leaf,
    leaf_frame,
    leaf_place,
    maps,
    next_table,
    table_end,
    write_pte,
)
from emulator.kernel.memory.regions import find
from emulator.kernel.memory.slots import NO_SLOT, drop_slot, leave_unused, slot_with
from emulator.kernel.steps.reclaim.clock import take_victim
from emulator.kernel.steps.reclaim.reverse import look_everywhere, mappings_of, may_go
from emulator.kernel.steps.reclaim.swapping import swap_in
from emulator.kernel.steps.reclaim.taking import take_away
from emulator.paging import format as paging
from emulator.world.swap import MOST_VICTIMS


@rare
def page_out(world, hart, pages):
    """Take away the small pages of the `pages` from `hart.fault_va` on that the hart's space alone maps."""
    space = world.space[world.task[hart.number].space]
    va, end = hart.fault_va, hart.fault_va + pages * PAGE_BYTES
    while va < end:
        look_everywhere(world, hart)
        while va < end and world.reclaim.victims < MOST_VICTIMS:
            place = leaf_place(world, hart, space.root, va)
            pte = read_word(world, place) if place != ABSENT else 0
            if pte != 0 and not paging.is_swapped(hart, pte):
                frame = leaf_frame(hart, pte)
                if frame >= world.allocator.first_frame and may_go(world, frame) and mappings_of(world, frame) == 1:
                    take_victim(world, frame)
            va += PAGE_BYTES
        take_away(world, hart)


@rare
def cool(world, hart, space, start, end):
    """Clear A of the small pages from `start` to `end` of `space`, and flush; `settle` comes next."""
    age(world, hart, space, start, end, False)


@rare
def give_up(world, hart, space, start, end):
    """Clear A and D there, and mark pages that nobody else has; what is swapped out is dropped; `settle` comes next."""
    age(world, hart, space, start, end, True)


@hot
def age(world, hart, space, start, end, free):
    """Do either, as `free` says."""
    found, since = 0, hart.clock
    begin_look(world)
    va = next_table(world, hart, space.root, start, end)
    while va < end:
        stop = table_end(hart, va, end)
        first = leaf_place(world, hart, space.root, va)
        for i in range((stop - va) // PAGE_BYTES):
            place = nth_entry(first, i)
            pte = read_word(world, place)
            if free and pte != 0 and paging.is_swapped(hart, pte):
                write_pte(world, hart, place, 0)
                drop_slot(world, paging.slot_of(hart, pte))
            elif maps(hart, pte) and (not free or gives_up(world, hart, leaf_frame(hart, pte))):
                rights = paging.rights_of(hart, pte)
                write_pte(world, hart, place, paging.with_rights(hart, pte, rights & ~(A | D if free else A)))
                look_at(world, hart, place, pte)
                found += 1
        va = next_table(world, hart, space.root, stop, end)
    if found > 0:
        flush(world, hart, between(space, start, end), FlushCause.LAZY if free else FlushCause.RECLAIM, since)
    end_look(world)


@hot
def gives_up(world, hart, frame):
    """Mark the page in `frame` as given up; return whether it is, for nobody else has it."""
    if frame < world.allocator.first_frame:
        return False
    if slot_with(world, frame) != NO_SLOT:
        leave_unused(world, hart, frame)
    if world.frame[frame].refs != 1:
        return False
    world.frame[frame].cached = Cached.LAZY
    return True


@rare
def bring_back(world, hart, space, start, end):
    """Read the pages from `start` to `end` of `space` that are swapped out, until there is no frame for one."""
    hart.fault_access = Access.LOAD
    va = next_table(world, hart, space.root, start, end)
    while va < end:
        stop = table_end(hart, va, end)
        while va < stop:
            place = leaf_place(world, hart, space.root, va)
            pte = read_word(world, place)
            if pte != 0 and paging.is_swapped(hart, pte):
                region = region_at(world, space, find(world, space, va))
                hart.fault_va = va
                if swap_in(world, hart, region, place) == Event.OUT_OF_MEMORY:
                    return
                back = read_word(world, place)
                write_pte(world, hart, place, paging.with_rights(hart, back, paging.rights_of(hart, back) & ~A))
            va += PAGE_BYTES
        va = next_table(world, hart, space.root, stop, end)


@rare
def is_resident(world, hart, root, va):
    """Return whether the page of `va` under the table at `root` is in memory, as mincore tells it."""
    pte, _ = find_leaf(world, hart, root, va)
    if pte != 0 and not maps(hart, pte) and paging.is_swapped(hart, pte):
        return world.swap.slot[paging.slot_of(hart, pte)].frame != 0
    return pte != 0


@rare
def pages_had(world, hart, space):
    """Return how many pages `space` has, in memory and swapped out, with its page tables (Linux, oom_badness)."""
    found = space.tables
    for i in range(space.regions):
        region = region_at(world, space, i)
        va = next_table(world, hart, space.root, region.start, region.end)
        while va < region.end:
            stop = table_end(hart, va, region.end)
            first = leaf_place(world, hart, space.root, va)
            for n in range((stop - va) // PAGE_BYTES):
                pte = read_word(world, nth_entry(first, n))
                swapped = pte != 0 and paging.is_swapped(hart, pte)
                if pte != 0 and (swapped or leaf_frame(hart, pte) != world.allocator.zero_frame):
                    found += 1
            va = next_table(world, hart, space.root, stop, region.end)
    return found + HUGE_PAGES * space.huge
