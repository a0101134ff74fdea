"""A forced write: a debugger's, into memory that its program may not write (F65).

The page is made the process's own, as a store would make it, and grants no more than it did: what a breakpoint is
written into stays read-only (Linux, FOLL_FORCE of mm/gup.c). Shared memory that is read-only cannot be written so.
"""

from emulator.base.bits import R, V, W, X
from emulator.base.frame_names import FrameUse
from emulator.base.jit import rare
from emulator.base.kernel_names import FlushCause, Trait
from emulator.base.names import Access, Counter, Event
from emulator.hardware.memory import read_word
from emulator.kernel.invalidation.ranges import page_at
from emulator.kernel.memory.extents import region_at
from emulator.kernel.memory.frame_log import because_copied
from emulator.kernel.memory.frames import NONE, give, take_copy
from emulator.kernel.memory.huge_tables import huge_place
from emulator.kernel.memory.page_table import ABSENT, leaf_frame, make_leaf_place, write_pte
from emulator.kernel.memory.regions import NOWHERE, find
from emulator.kernel.steps.backing import first_touch, take_zeros
from emulator.kernel.steps.reclaim.swapping import swap_in
from emulator.kernel.steps.replacing import replace
from emulator.kernel.steps.shared_tables import NO_FRAME, own_table
from emulator.kernel.steps.split import split
from emulator.paging import format as paging


@rare
def make_own(world, hart, space, va):
    """Let nobody else see what is written to the page of `va`, whose rights stay; return what was done, an `Event`.

    It is a page that the process itself may not write: for others a store's fault does. REFUSED: no region, one of
    shared memory, or one that has huge pages alone. OUT_OF_MEMORY: nothing has changed.
    """
    index = find(world, space, va)
    if index == NOWHERE:
        return Event.REFUSED
    region = region_at(world, space, index)
    if region.shared or region.traits & Trait.HUGETLB:
        return Event.REFUSED
    if space.huge > 0 and huge_place(world, hart, space.root, va) != ABSENT:
        split(world, hart, space, va)
    if own_table(world, hart, space, va) == NO_FRAME:
        return Event.OUT_OF_MEMORY
    place = make_leaf_place(world, hart, space, space.root, va)
    if place == ABSENT:
        return Event.OUT_OF_MEMORY
    pte = read_word(world, place)
    swapped = pte != 0 and paging.is_swapped(hart, pte)
    if pte == 0 or swapped:
        hart.fault_va, hart.fault_access = va, Access.LOAD
        if swapped:
            outcome = swap_in(world, hart, region, place)
        else:
            outcome = first_touch(world, hart, space, region, va, place)
        if region.prot & (R | W | X) == 0:
            pte = read_word(world, place)
            write_pte(world, hart, place, paging.with_rights(hart, pte, paging.rights_of(hart, pte) & ~V))
        if outcome == Event.OUT_OF_MEMORY:
            return outcome
    return unshare(world, hart, page_at(space, va), place)


@rare
def unshare(world, hart, page, place):
    """Let the small page, a range, whose PTE stands at `place`, have a frame of its own; return the `Event`."""
    pte = read_word(world, place)
    old = leaf_frame(hart, pte)
    zeros = old == world.allocator.zero_frame
    if not zeros and world.frame[old].refs == 1:
        return Event.REUSE
    because_copied(world, FrameUse.ZEROS if zeros else FrameUse.COPY, page.start, 0 if zeros else old)
    new = take_zeros(world, hart) if zeros else take_copy(world, hart, old)
    if new == NONE:
        return Event.OUT_OF_MEMORY
    replace(world, hart, page, place, paging.make_leaf(hart, new, paging.rights_of(hart, pte)), FlushCause.COPY)
    if zeros:
        return Event.ZERO_FILL
    because_copied(world, FrameUse.COPY, page.start, new)
    give(world, hart, old)
    hart.count[Counter.COW_COPIES] += 1
    return Event.COPY
