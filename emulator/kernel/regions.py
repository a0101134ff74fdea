"""Regions (VMAs): what an address range is *supposed* to allow, sorted by address, never overlapping.

The fault road asks here, never the PTE, whether a page is supposed to be writable (F2).
"""

from emulator.base.bits import A, R, U, V, W, X, frame_of
from emulator.base.jit import hot
from emulator.base.names import Access, RegionKind
from emulator.kernel.state import MAX_REGIONS

NOWHERE = -1


@hot
def find(space, va):
    """Return the index of the region that holds `va`, or NOWHERE."""
    low, high = 0, space.regions
    while low < high:
        middle = (low + high) >> 1
        if space.region[middle].end <= va:
            low = middle + 1
        else:
            high = middle
    if low == space.regions or va < space.region[low].start:
        return NOWHERE
    return low


@hot
def is_held(space, start, end):
    """Return whether any byte of `start` to `end` is unmapped but not yet given back."""
    for i in range(space.regions):
        region = space.region[i]
        if region.kind == RegionKind.HELD and region.start < end and start < region.end:
            return True
    return False


@hot
def grants(region, access):
    """Return whether the region is supposed to allow `access`."""
    if access == Access.FETCH:
        return region.prot & X != 0
    if access == Access.STORE or access == Access.AMO:
        return region.prot & W != 0
    return region.prot & (R | W) != 0


@hot
def region_bits(region):
    """Return the PTE flags of a page of `region` that may not be written yet."""
    bits = V | U | A
    if region.prot & (R | W) != 0:
        bits |= R
    if region.prot & X != 0:
        bits |= X
    return bits


@hot
def copy_region(source, target):
    """Make `target` the same region as `source`."""
    target.start, target.end, target.prot = source.start, source.end, source.prot
    target.shared, target.kind = source.shared, source.kind
    target.object, target.object_offset = source.object, source.object_offset


@hot
def open_gap(space, index):
    """Move the regions from `index` on one up; return whether there was room."""
    if space.regions == MAX_REGIONS:
        return False
    for i in range(space.regions, index, -1):
        copy_region(space.region[i - 1], space.region[i])
    space.regions += 1
    return True


@hot
def close_gap(space, index):
    """Take the region at `index` out."""
    for i in range(index, space.regions - 1):
        copy_region(space.region[i + 1], space.region[i])
    space.regions -= 1


@hot
def place_for(space, start):
    """Return the index at which a region that begins at `start` belongs."""
    index = 0
    while index < space.regions and space.region[index].start < start:
        index += 1
    return index


@hot
def split_at(space, frames, va):
    """Let a region boundary fall on `va` (F67); return False when there is no room for one more region."""
    index = find(space, va)
    if index == NOWHERE or space.region[index].start == va:
        return True
    if not open_gap(space, index):
        return False
    low, high = space.region[index], space.region[index + 1]
    copy_region(high, low)
    low.end = va
    high.object_offset += va - high.start
    high.start = va
    if high.object != 0:
        frames[frame_of(high.object)].refs += 1
    return True


@hot
def alike(a, b):
    """Return whether region `b` goes on where `a` ends, in every respect."""
    return (
        a.end == b.start
        and a.kind != RegionKind.HELD
        and a.prot == b.prot
        and a.shared == b.shared
        and a.kind == b.kind
        and a.object == b.object
        and (a.object == 0 or a.object_offset + a.end - a.start == b.object_offset)
    )
