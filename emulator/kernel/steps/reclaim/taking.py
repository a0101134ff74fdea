"""Taking pages away, all that were chosen at once.

1  clear V in every leaf that maps one, one address space after the other, each with one flush; wait for the answers
2  now nobody writes any more: D, gathered from all leaves, says whether a page differs from what its slot has
3  write it to its slot if it does; let the PTEs name that. A page of a program's file is not written: nothing is
   left of it in the page table, and storage has its bytes (F69). Nor is one that MADV_FREE gave up, unless it was
   written to since
4  give the frames back
"""

from emulator.base.bits import PAGE_BYTES, D, V
from emulator.base.frame_names import FrameUse
from emulator.base.jit import hot, rare
from emulator.base.kernel_names import Cached, FlushCause
from emulator.base.names import Counter
from emulator.hardware.memory import read_word
from emulator.kernel.invalidation.flush import flush
from emulator.kernel.invalidation.hooks import begin_look, end_look, look_at
from emulator.kernel.invalidation.ranges import between
from emulator.kernel.memory.frame_log import because, because_of
from emulator.kernel.memory.frames import NONE, give
from emulator.kernel.memory.mistakes import forgets_written
from emulator.kernel.memory.page_table import maps, write_pte
from emulator.kernel.memory.slots import NO_SLOT, hold_slot, join_cache, slot_with, take_slot, write_slot
from emulator.kernel.run.settle import settle
from emulator.kernel.steps.reclaim.reverse import NOTHING, file_page
from emulator.paging import format as paging

NO_PTE = 0


@rare
def take_away(world, hart):
    """Take away the pages that were chosen; return how many frames that made free."""
    reclaim = world.reclaim
    for s in range(world.pool.spaces):
        if world.space[s].users > 0:
            unmap_in(world, hart, world.space[s])
    freed = world.allocator.freed
    for i in range(reclaim.victims):
        let_go(world, hart, reclaim.victim[i])
    reclaim.pages += reclaim.victims
    hart.count[Counter.RECLAIM_PAGES] += reclaim.victims
    reclaim.victims = 0
    return world.allocator.freed - freed


@hot
def unmap_in(world, hart, space):
    """Step 1 in one address space."""
    start, end, since = NOTHING, NOTHING, hart.clock
    begin_look(world)
    for i in range(world.reclaim.victims):
        at = -world.reclaim.first[world.reclaim.victim[i]]
        while at != NOTHING:
            mapping = world.reclaim.mapping[at]
            if mapping.space == space.number:
                pte = read_word(world, mapping.place)
                if maps(hart, pte):
                    gone = paging.with_rights(hart, pte, paging.rights_of(hart, pte) & ~V)
                    write_pte(world, hart, mapping.place, gone)
                    look_at(world, hart, mapping.place, pte)
                    start = mapping.va if end == NOTHING else min(start, mapping.va)
                    end = max(end, mapping.va + PAGE_BYTES)
            at = mapping.next
    if end != NOTHING:
        flush(world, hart, between(space, start, end), FlushCause.RECLAIM, since)
        settle(world, hart)
    end_look(world)


@hot
def let_go(world, hart, frame):
    """Steps 2 to 4 for the page in one frame, unmapped and flushed."""
    file, dirty = file_page(world, frame), is_dirty(world, hart, frame)
    if file != NOTHING:
        leave(world, hart, frame, NO_PTE)
        world.frame[file].cached = NONE
        because(world, FrameUse.RECLAIM, 0)
        give(world, hart, frame)  # which the image held
        hart.count[Counter.RECLAIM_FILE] += 1
    elif world.frame[frame].cached == Cached.LAZY and not dirty:
        leave(world, hart, frame, NO_PTE)
        hart.count[Counter.RECLAIM_LAZY] += 1
    else:
        slot = slot_with(world, frame)
        if slot != NO_SLOT and (not dirty or forgets_written(world)):
            hart.count[Counter.SWAP_CLEAN] += 1
        else:
            if slot == NO_SLOT:
                slot = take_slot(world)
                join_cache(world, hart, slot, frame)
            write_slot(world, hart, slot, frame)
        leave(world, hart, frame, paging.make_swapped(hart, slot))


@hot
def is_dirty(world, hart, frame):
    """Return whether D is set in any leaf that maps `frame`."""
    dirty, at = False, -world.reclaim.first[frame]
    while at != NOTHING:
        mapping = world.reclaim.mapping[at]
        dirty = dirty or paging.rights_of(hart, read_word(world, mapping.place)) & D != 0
        at = mapping.next
    return dirty


@hot
def leave(world, hart, frame, pte):
    """Let `pte` stand in the place of every leaf that maps `frame`, and drop their references."""
    at = -world.reclaim.first[frame]
    while at != NOTHING:
        mapping = world.reclaim.mapping[at]
        write_pte(world, hart, mapping.place, pte)
        if pte != NO_PTE:
            hold_slot(world, paging.slot_of(hart, pte))
        because_of(world, FrameUse.RECLAIM, mapping.va, world.space[mapping.space].pid)
        at = mapping.next
        give(world, hart, frame)
    world.reclaim.first[frame] = NOTHING
