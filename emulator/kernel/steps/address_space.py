"""Address spaces: making them, changing their regions, taking them down."""

from emulator.base.bits import (
    HUGE_BYTES,
    PAGE_BYTES,
    A,
    D,
    R,
    V,
    W,
    X,
    address_of,
    frame_of,
    nth_entry,
)
from emulator.base.frame_names import FrameUse
from emulator.base.jit import hot
from emulator.base.kernel_names import Backing, FlushCause, RegionKind, Trait
from emulator.hardware.memory import read_word
from emulator.kernel.invalidation.flush import flush
from emulator.kernel.invalidation.hooks import begin_look, end_look, grows_untold, look_at
from emulator.kernel.invalidation.postponed.queue import close_row, note_swept, take_off
from emulator.kernel.invalidation.ranges import between, huge_between, whole_of
from emulator.kernel.memory.extents import copy_region, give_extent, region_at
from emulator.kernel.memory.frame_log import because
from emulator.kernel.memory.frames import NONE, take_cleared
from emulator.kernel.memory.huge_frames import give_huge, leave_zeros
from emulator.kernel.memory.huge_tables import huge_place, next_huge
from emulator.kernel.memory.mistakes import grants_at_once, shares_writes
from emulator.kernel.memory.object_pages import end_of, leave_tree
from emulator.kernel.memory.page_table import (
    ABSENT,
    free_tables,
    leaf_frame,
    leaf_place,
    make_leaf_place,
    next_table,
    table_end,
    write_pte,
)
from emulator.kernel.memory.regions import (
    LOWEST,
    find_from,
    holds_object,
    join_neighbours,
    join_range,
    lowest_of,
    open_gap,
    place_for,
    region_bits,
    split_at,
)
from emulator.kernel.steps.huge_pages import protect_huge, unmap_huge
from emulator.kernel.steps.lock import await_others
from emulator.kernel.steps.unmapping import drop_frames, unmap_pages
from emulator.paging import format as paging
from emulator.world.memory import MAX_SPACES
from emulator.world.task import NO_SPACE


@hot
def create(world, hart):
    """Return the index of a new address space with one user and an empty root table, or NO_SPACE."""
    for i in range(MAX_SPACES):
        space = world.space[i]
        if space.users == 0:
            because(world, FrameUse.TABLE, 0)
            root = take_cleared(world, hart)
            if root == NONE:
                return NO_SPACE
            space.users = 1
            space.number = i
            space.holders[:] = 0
            space.behind[:] = 0
            space.has_global_asid = 0
            space.busy_until = space.read_until = 0
            space.root = address_of(root)
            space.tables = 1
            space.huge = space.huge_zero = 0
            space.spare_table = 0
            space.regions = space.room = 0
            space.new_traits = 0
            space.asid_generation = 0
            space.brk_start, space.brk = 0, 0
            world.pool.spaces = max(world.pool.spaces, i + 1)
            return i
    return NO_SPACE


@hot
def leave(world, hart, space):
    """Drop one user of the space; with the last one, unmap and flush all of it. Return whether it was the last.

    `settle` comes next, then `free`.
    """
    space.users -= 1
    if space.users > 0:
        return False
    since = hart.clock
    for i in range(space.regions):
        region = region_at(world, space, i)
        if region.kind != RegionKind.HELD:
            unmap_pages(world, hart, space, region.start, region.end)
            if space.huge > 0:
                unmap_huge(world, hart, space, region.start, region.end)
    flush(world, hart, whole_of(space), FlushCause.EXIT, since)
    return True


@hot
def free(world, hart, space):
    """Give back all that the space maps, and its tables (F68); no hart is in it any more."""
    free_held(world, hart, space)
    for h in range(world.chip.harts):
        if world.task[h].space == space.number:
            world.task[h].space = NO_SPACE
            if h != hart.number:  # it still holds entries: without ASIDs, the next space may have this one's root
                world.hart[h].root = 0
    for i in range(space.regions):
        region = region_at(world, space, i)
        drop_frames(world, hart, space, region.start, region.end)
        drop_object(world, hart, space, region)
    if space.huge_zero == 1:
        leave_zeros(world, hart, space)
    space.regions = 0
    give_extent(world, space)
    free_tables(world, hart, space, space.root, hart.levels - 1)


@hot
def free_held(world, hart, space):
    """Give back what is held of the space and end its rows: no hart can use an entry of it any more."""
    for i in range(world.postponed.queued - 1, -1, -1):
        post = world.postponed.queue[i]
        if post.space == space.number:
            note_swept(world, hart, post)
            before = hart.clock
            drop_frames(world, hart, space, post.start, post.end)
            close_row(world, hart, post, hart.clock - before)
            take_off(world, i)


@hot
def drop_object(world, hart, space, region):
    """Drop a region's reference to its object or file; with the last one, its frames and the tree that held them."""
    if not holds_object(region):
        return
    if region.traits & Trait.HUGETLB and world.frame[frame_of(region.object)].refs == 1:
        end = end_of(hart)
        va = next_huge(world, hart, region.object, 0, end)
        while va < end:
            give_huge(world, hart, leaf_frame(hart, read_word(world, huge_place(world, hart, region.object, va))))
            va = next_huge(world, hart, region.object, va + HUGE_BYTES, end)
    leave_tree(world, hart, space, region.object, region.start)


@hot
def add_region(world, space, start, end, prot, kind, backing, target):
    """Add a region to a range that is free, joining a neighbour that it goes on from; return whether there was room.

    `target` is the place of the object that backs it.
    """
    index = place_for(world, space, start)
    if not open_gap(world, space, index):
        return False
    region = region_at(world, space, index)
    region.start, region.end, region.prot = start, end, prot
    region.shared, region.kind, region.traits = backing == Backing.OBJECT, kind, space.new_traits
    region.backing, region.object, region.object_offset = backing, target, 0
    region.busy_until = 0
    join_neighbours(world, space, index)
    return True


@hot
def split_range(world, space, start, end):
    """Let region boundaries fall on `start` and `end` (F67); return whether there was room."""
    return split_at(world, space, start) and split_at(world, space, end)


@hot
def remove_regions(world, hart, space, start, end):
    """Take out the regions from `start` to `end`, whose pages are unmapped, flushed and dropped already."""
    first = last = place_for(world, space, start)
    while last < space.regions and region_at(world, space, last).start < end:
        drop_object(world, hart, space, region_at(world, space, last))
        last += 1
    for i in range(last, space.regions):
        copy_region(region_at(world, space, i), region_at(world, space, i - last + first))
    space.regions -= last - first


@hot
def is_free(world, space, start, end):
    """Return whether no region has a byte in `start` to `end`."""
    index = find_from(world, space, start)
    return index == space.regions or lowest_of(region_at(world, space, index)) >= end


@hot
def change_traits(world, space, start, end, put, take):
    """Let the regions from `start` to `end` have the traits `put` and not `take`; return whether there was room."""
    if not split_range(world, space, start, end):
        return False
    index = place_for(world, space, start)
    while index < space.regions and region_at(world, space, index).start < end:
        region = region_at(world, space, index)
        region.traits = (region.traits | put) & ~take
        index += 1
    join_range(world, space, start, end)
    return True


@hot
def protect_range(world, hart, space, start, end, prot):
    """Let `start` to `end`, all of it mapped, allow `prot`; flush if any PTE changed; return whether there was room.

    `settle` comes next. A page gains W at once only where nobody else holds its frame; others gain it at their next
    write fault (F1-F4).
    """
    if not split_range(world, space, start, end):
        return False
    await_others(world, hart, space)
    begin_look(world)
    since = hart.clock
    small, huge, only_grows = 0, 0, True
    index = place_for(world, space, start)
    while index < space.regions and region_at(world, space, index).start < end:
        region = region_at(world, space, index)
        only_grows = only_grows and region.prot & ~prot == 0
        region.prot = prot
        small += protect_pages(world, hart, space, region)
        if space.huge > 0:
            huge += protect_huge(world, hart, space, region)
        index += 1
    if small + huge > 0 and not (only_grows and grows_untold(world)):
        span = huge_between(space, start, end, small) if huge > 0 else between(space, start, end)
        flush(world, hart, span, FlushCause.PROTECT, since)
    end_look(world)
    join_range(world, space, start, end)
    return True


@hot
def protect_pages(world, hart, space, region):
    """Let the PTEs of the small pages of `region` grant what it now does; return how many changed."""
    changed = 0
    va = next_table(world, hart, space.root, region.start, region.end)
    while va < region.end:
        stop = table_end(hart, va, region.end)
        first = leaf_place(world, hart, space.root, va)
        for i in range((stop - va) // PAGE_BYTES):
            pte = read_word(world, nth_entry(first, i))
            if pte == 0 or paging.is_swapped(hart, pte):
                continue  # the region says what it grants when it comes back
            bits = (region_bits(region) & ~A) | (paging.rights_of(hart, pte) & (A | D))
            if region.prot & (R | W | X) == 0:
                bits &= ~V
            frame = leaf_frame(hart, pte)
            alone = world.frame[frame].refs == 1 or grants_at_once(world)
            sole = frame != world.allocator.zero_frame and (shares_writes(world, region, frame) or alone)
            if region.prot & W != 0 and sole:
                bits |= W | D
            new = paging.make_leaf(hart, frame, bits)
            if new != pte:
                write_pte(world, hart, nth_entry(first, i), new)
                look_at(world, hart, nth_entry(first, i), pte)
                changed += 1
        va = next_table(world, hart, space.root, stop, region.end)
    return changed


@hot
def map_frame(world, hart, space, va, frame, bits):
    """Map `frame`, whose reference the caller hands over, at `va`; return whether the tables could be made."""
    place = make_leaf_place(world, hart, space, space.root, va)
    if place == ABSENT:
        return False
    write_pte(world, hart, place, paging.make_leaf(hart, frame, bits))
    return True


@hot
def find_gap(world, space, length, top):
    """Return the highest start of `length` free bytes below `top`, or 0 when there is no such gap: mmap's choice."""
    end = top
    for i in range(space.regions - 1, -1, -1):
        region = region_at(world, space, i)
        if region.start >= end:
            continue
        if region.end + length <= end:
            return end - length
        end = min(end, lowest_of(region))
    return end - length if end - length >= LOWEST else 0
