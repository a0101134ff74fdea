"""What backs a region: where the contents of a page come from that no PTE maps yet, or no more.

    zeros    the page of zeros for a read, a frame of zeros for a write (F6)
    object   the frame that the object holds there, made on first use; all sharers see it (F60)
    file     the page of the file, for all who share it, or a frame with a copy of it: `backings/file.py`
    image    the page of the program's file: the frame that all its readers share, or a frame with a copy of it (F69)

Further kinds of memory join here: one more row, one more function.
"""

from emulator.base.bits import D, V, W, frame_of, page_of
from emulator.base.frame_names import FrameUse
from emulator.base.jit import hot
from emulator.base.kernel_names import Backing
from emulator.base.names import Counter, Event
from emulator.hardware.memory import read_word
from emulator.kernel.invalidation.hooks import claim
from emulator.kernel.memory.frame_log import because, because_copied
from emulator.kernel.memory.frames import NONE, share, take, take_cleared, take_copy
from emulator.kernel.memory.mistakes import forgets_file, leaves_contents, shares_zeros
from emulator.kernel.memory.page_table import ABSENT, leaf_frame, make_leaf_place, maps, write_pte
from emulator.kernel.memory.regions import region_bits
from emulator.kernel.steps.backings.file import has_no_page, map_file, offset_in
from emulator.paging import format as paging
from emulator.paging.accesses import writes


@hot
def first_touch(world, hart, space, region, va, place):
    """Map the page of `va`, which `region` grants the access in `hart` to; return the `Event`."""
    if region.backing == Backing.OBJECT and not shares_zeros(world, hart.fault_access):
        return map_object(world, hart, space, region, va, place)
    if region.backing == Backing.FILE:
        outcome = map_file(world, hart, space, region, va, place)
    elif region.backing == Backing.IMAGE and not forgets_file(world):
        outcome = map_image(world, hart, region, va, place)
    else:
        outcome = map_zeros(world, hart, region, va, place)
    if outcome == Event.ZERO_FILL or outcome == Event.FILE_FILL:
        claim(world, hart, va, place)
    return outcome


@hot
def map_zeros(world, hart, region, va, place):
    """Map the page of zeros for a read; give the page a frame of zeros of its own for a write (F6)."""
    if not writes(hart.fault_access):
        write_pte(world, hart, place, paging.make_leaf(hart, world.allocator.zero_frame, region_bits(region)))
        hart.count[Counter.ZERO_MAPS] += 1
        return Event.ZERO_MAP
    because(world, FrameUse.ZEROS, page_of(va))
    frame = take_zeros(world, hart)
    if frame == NONE:
        return Event.OUT_OF_MEMORY
    write_pte(world, hart, place, paging.make_leaf(hart, frame, region_bits(region) | W | D))
    return Event.ZERO_FILL


@hot
def take_zeros(world, hart):
    """Return a free frame of zeros for a page that had none, or NONE."""
    frame = take(world, hart) if leaves_contents(world) else take_cleared(world, hart)
    if frame != NONE:
        hart.count[Counter.ZERO_FILLS] += 1
    return frame


@hot
def map_object(world, hart, space, region, va, place):
    """Map the page of a shared object, making it on first use; it is writable at once if its region is (F60)."""
    if has_no_page(world, region, va):
        return Event.REFUSED
    held = make_leaf_place(world, hart, space, region.object, offset_in(region, va))
    if held == ABSENT:
        return Event.OUT_OF_MEMORY
    if not maps(hart, read_word(world, held)):
        because(world, FrameUse.OBJECT, page_of(va))
        frame = take_zeros(world, hart)
        if frame == NONE:
            return Event.OUT_OF_MEMORY
        write_pte(world, hart, held, paging.make_leaf(hart, frame, V))
    frame = leaf_frame(hart, read_word(world, held))
    because(world, FrameUse.OBJECT, page_of(va))
    share(world, hart, frame)
    bits = region_bits(region) | (W | D if region.prot & W != 0 else 0)
    write_pte(world, hart, place, paging.make_leaf(hart, frame, bits))
    return Event.SHARE


@hot
def map_image(world, hart, region, va, place):
    """Map a page of a program's file again: the frame that all share for a read, if there is one; else a copy (F69)."""
    page = frame_of(region.object + region.object_offset + page_of(va) - region.start)
    shared = world.frame[page].cached
    if shared != NONE and not writes(hart.fault_access):
        because(world, FrameUse.FILE, page_of(va))
        share(world, hart, shared)
        write_pte(world, hart, place, paging.make_leaf(hart, shared, region_bits(region)))
        hart.count[Counter.FILE_MAPS] += 1
        return Event.FILE_MAP
    because_copied(world, FrameUse.FILE, page_of(va), shared)
    frame = take_copy(world, hart, page if shared == NONE else shared)
    if frame == NONE:
        return Event.OUT_OF_MEMORY
    bits = region_bits(region) | (W | D if region.prot & W != 0 else 0)
    write_pte(world, hart, place, paging.make_leaf(hart, frame, bits))
    if shared == NONE and region.prot & W == 0 and world.swap.slots > 0:
        world.frame[page].cached = frame  # for all to share again, as before it was taken away
        because(world, FrameUse.PROGRAM, page_of(va))
        share(world, hart, frame)
    hart.count[Counter.FILE_FILLS] += 1
    return Event.FILE_FILL
