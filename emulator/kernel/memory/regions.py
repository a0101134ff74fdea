"""Regions (VMAs): what an address range is *supposed* to allow, sorted by address, never overlapping.

The fault road asks here, never the PTE, whether a page is supposed to be writable (F2).
"""

from emulator.base.bits import PAGE_BYTES, A, R, U, V, W, X, frame_of, page_of
from emulator.base.frame_names import FrameUse
from emulator.base.jit import hot
from emulator.base.kernel_names import Backing, RegionKind, Trait
from emulator.base.names import Access
from emulator.kernel.memory.extents import copy_region, make_room, region_at
from emulator.kernel.memory.frame_log import because
from emulator.kernel.memory.frames import share
from emulator.kernel.memory.mistakes import forgets_object
from emulator.paging.accesses import writes

NOWHERE = -1
LOWEST = 0x10000  # no mapping lies below (Linux, vm.mmap_min_addr)
GROWN = 8 << 20  # how large a region grows (Linux, RLIMIT_STACK)
GUARD = 256 * PAGE_BYTES  # between a region that grows down and what lies below it (Linux, stack_guard_gap)


@hot
def place_for(world, space, start):
    """Return the index at which a region that begins at `start` belongs."""
    low, high = 0, space.regions
    while low < high:
        middle = (low + high) >> 1
        if region_at(world, space, middle).start < start:
            low = middle + 1
        else:
            high = middle
    return low


@hot
def find(world, space, va):
    """Return the index of the region that holds `va`, or NOWHERE."""
    index = place_for(world, space, va + 1) - 1
    if index < 0 or va >= region_at(world, space, index).end:
        return NOWHERE
    return index


@hot
def find_from(world, space, va):
    """Return the index of the first region that ends after `va`, or the number of regions."""
    index = place_for(world, space, va)
    if index > 0 and region_at(world, space, index - 1).end > va:
        index -= 1
    return index


@hot
def is_held(world, space, start, end):
    """Return whether any byte of `start` to `end` is unmapped but not yet given back."""
    index = find_from(world, space, start)
    while index < space.regions and region_at(world, space, index).start < end:
        if region_at(world, space, index).kind == RegionKind.HELD:
            return True
        index += 1
    return False


@hot
def grants(region, access):
    """Return whether the region is supposed to allow `access`."""
    if access == Access.FETCH:
        return region.prot & X != 0
    if writes(access):
        return region.prot & W != 0
    return region.prot & (R | W) != 0


@hot
def region_bits(region):
    """Return the rights of a page of `region` that may not be written yet."""
    bits = V | U | A
    if region.prot & (R | W) != 0:
        bits |= R
    if region.prot & X != 0:
        bits |= X
    return bits


@hot
def holds_object(region):
    """Return whether what backs the region counts the regions that it backs: memory that is shared, or a file."""
    return region.backing == Backing.OBJECT or region.backing == Backing.FILE


@hot
def lowest_of(region):
    """Return the lowest address that nothing else may come near to: that of the region, or of the gap below it."""
    return region.start - GUARD if region.traits & Trait.GROWS else region.start


@hot
def grow_down(world, space, va):
    """Let the region above `va`, which no region holds, begin at its page if it grows so far (Linux, mmap(2))."""
    above = find_from(world, space, va)
    if above == space.regions:
        return
    region, start = region_at(world, space, above), page_of(va)
    if region.start <= va or not region.traits & Trait.GROWS or region.end - start > GROWN or start < LOWEST:
        return
    if above > 0:
        below = region_at(world, space, above - 1)
        if start < below.end + GUARD and below.prot != 0 and not below.traits & Trait.GROWS:
            return
    region.start = start


@hot
def open_gap(world, space, index):
    """Move the regions from `index` on one up; return whether there was room."""
    if not make_room(world, space):
        return False
    for i in range(space.regions, index, -1):
        copy_region(region_at(world, space, i - 1), region_at(world, space, i))
    space.regions += 1
    return True


@hot
def close_gap(world, space, index):
    """Take the region at `index` out."""
    for i in range(index, space.regions - 1):
        copy_region(region_at(world, space, i + 1), region_at(world, space, i))
    space.regions -= 1


@hot
def split_at(world, space, va):
    """Let a region boundary fall on `va` (F67); return False when there is no room for one more region."""
    index = find(world, space, va)
    if index == NOWHERE or region_at(world, space, index).start == va:
        return True
    if not open_gap(world, space, index):
        return False
    low, high = region_at(world, space, index), region_at(world, space, index + 1)
    copy_region(high, low)
    low.end = va
    offset, high.start = high.object_offset + va - high.start, va
    show_from(world, high, offset)
    return True


@hot
def show_from(world, region, offset):
    """Let `region`, which was another one until now, begin at `offset` of what backs both: one more refers to that."""
    if region.backing != Backing.ZEROS:
        region.object_offset = offset
    if holds_object(region) and not forgets_object(world):
        because(world, FrameUse.OBJECT, region.start)
        share(world, world.hart[world.turns.last], frame_of(region.object))  # a system call of that hart


@hot
def alike(a, b):
    """Return whether region `b` goes on where `a` ends, in every respect."""
    return (
        a.end == b.start
        and a.kind != RegionKind.HELD
        and a.prot == b.prot
        and a.shared == b.shared
        and a.kind == b.kind
        and a.traits == b.traits
        and a.backing == b.backing
        and a.object == b.object
        and (a.backing == Backing.ZEROS or a.object_offset + a.end - a.start == b.object_offset)
    )


@hot
def join_neighbours(world, space, index):
    """Let the region at `index` become one with the neighbours it is alike to; shared objects count their regions."""
    region = region_at(world, space, index)
    if holds_object(region):
        return
    if index + 1 < space.regions and alike(region, region_at(world, space, index + 1)):
        above = region_at(world, space, index + 1)
        region.end, region.busy_until = above.end, max(region.busy_until, above.busy_until)
        close_gap(world, space, index + 1)
    if index > 0 and alike(region_at(world, space, index - 1), region):
        below = region_at(world, space, index - 1)
        below.end, below.busy_until = region.end, max(below.busy_until, region.busy_until)
        close_gap(world, space, index)


@hot
def join_range(world, space, start, end):
    """Let the regions that touch `start` to `end` become one with those that they are alike to."""
    first = place_for(world, space, start)
    for i in range(place_for(world, space, end), first - 1, -1):
        if i < space.regions:
            join_neighbours(world, space, i)
