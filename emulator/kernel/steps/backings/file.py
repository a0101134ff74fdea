"""Files behind regions: the page cache, as mappings see it (Linux, mm/filemap.c, mm/memory.c).

shared            the frame of the file's page, writable at once if the region is: all who map it or read and write
                  the file by calls see the same bytes (F60)
private, a read   the same frame, read-only: the tree's reference to it keeps it from being re-used (F61)
private, a write  a frame with a copy of it
past the end      refused, and the signal is SIGBUS (F67): a page that the file has no byte of
"""

from emulator.base.bits import D, W, frame_of, page_of, vpn_of
from emulator.base.frame_names import FrameUse
from emulator.base.jit import hot, rare
from emulator.base.names import Counter, Event
from emulator.kernel.memory.extents import region_at
from emulator.kernel.memory.frame_log import because, because_copied
from emulator.kernel.memory.frames import NONE, share, take_copy
from emulator.kernel.memory.object_pages import frame_at
from emulator.kernel.memory.page_table import write_pte
from emulator.kernel.memory.regions import NOWHERE, find, grants, holds_object, region_bits
from emulator.paging import format as paging
from emulator.paging.accesses import writes


@hot
def offset_in(region, va):
    """Return where in the file the page of `va` lies."""
    return region.object_offset + page_of(va) - region.start


@hot
def has_no_page(world, region, va):
    """Return whether the file or object behind `region` ends before the page of `va`."""
    return vpn_of(offset_in(region, va)) >= world.frame[frame_of(region.object)].cached


@hot
def map_file(world, hart, space, region, va, place):
    """Map the page of a file that `region` has at `va`; return the `Event`."""
    offset = offset_in(region, va)
    if has_no_page(world, region, va):
        return Event.REFUSED
    frame = frame_at(world, hart, space, region.object, offset)
    if frame == NONE:
        return Event.OUT_OF_MEMORY
    if not region.shared and writes(hart.fault_access):
        because_copied(world, FrameUse.FILE, page_of(va), frame)
        copy = take_copy(world, hart, frame)
        if copy == NONE:
            return Event.OUT_OF_MEMORY
        write_pte(world, hart, place, paging.make_leaf(hart, copy, region_bits(region) | W | D))
        hart.count[Counter.FILE_FILLS] += 1
        return Event.FILE_FILL
    because(world, FrameUse.FILE, page_of(va))
    share(world, hart, frame)
    if region.shared:
        bits = region_bits(region) | (W | D if region.prot & W != 0 else 0)
        write_pte(world, hart, place, paging.make_leaf(hart, frame, bits))
        return Event.SHARE
    write_pte(world, hart, place, paging.make_leaf(hart, frame, region_bits(region)))
    hart.count[Counter.FILE_MAPS] += 1
    return Event.FILE_MAP


@rare
def lies_past_end(world, space, va, access):
    """Return whether `access` at `va` is one that its region grants, and its file or object has no such page."""
    index = find(world, space, va)
    if index == NOWHERE or not grants(region_at(world, space, index), access):
        return False
    region = region_at(world, space, index)
    past = has_no_page(world, region, va)
    return holds_object(region) and past
