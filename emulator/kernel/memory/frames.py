"""Physical frames: who holds how many references to each, and which are free.

Frames never used lie above `next_frame`; freed ones are chained, the last freed first, as an allocator that likes warm
caches does. Every reference counts, mappings and page tables alike (F61); the page of zeros is not counted.
"""

from emulator.base.bits import address_of, line_of
from emulator.base.frame_names import FrameStep
from emulator.base.jit import hot
from emulator.base.kernel_names import Cached
from emulator.base.names import Cost, Price
from emulator.hardware.accounts import book
from emulator.hardware.cache import MANY, bulk_cycles
from emulator.hardware.checker.writes import put_cleared, put_copy
from emulator.hardware.decode import forget_decoded
from emulator.kernel.memory.frame_log import note
from emulator.kernel.memory.mistakes import copies_half, copy_half, last_references
from emulator.kernel.memory.slots import leave_cache

NONE = 0  # frame 0 is the kernel's own: no allocation returns it


@hot
def take(world, hart):
    """Return a free frame, now with one reference, or NONE; its contents are whatever its last owner left."""
    frame = world.allocator.free_list
    if frame != NONE:
        world.allocator.free_list = world.frame[frame].next
    elif world.allocator.next_frame < world.allocator.frame_limit:
        frame = world.allocator.next_frame
        world.allocator.next_frame += 1
    else:
        return NONE
    hand_out(world, hart, frame)
    book(hart, Cost.KERNEL_ALLOC, world.chip.price[Price.ALLOC])
    return frame


@hot
def hand_out(world, hart, frame):
    """Let `frame`, free until now and on no list, have one reference."""
    world.frame[frame].refs = 1
    world.frame[frame].cached = Cached.NOT
    world.frame[frame].nodes[:] = 0
    world.allocator.allocated += 1
    world.frame[frame].taken = world.allocator.allocated
    world.allocator.in_use += 1
    world.allocator.peak = max(world.allocator.peak, world.allocator.in_use)
    forget_decoded(world, frame)
    note(world, hart, frame, FrameStep.TAKE)


@hot
def share(world, hart, frame):
    """Count one more reference to `frame`."""
    world.frame[frame].refs += 1
    note(world, hart, frame, FrameStep.SHARE)


@hot
def give(world, hart, frame):
    """Drop one reference to `frame`; the last one frees it."""
    if drop(world, hart, frame):
        book(hart, Cost.KERNEL_ALLOC, world.chip.price[Price.FREE])


@hot
def drop(world, hart, frame):
    """Drop one reference to `frame`, at no price; return whether it was the last one."""
    world.frame[frame].refs -= 1
    if world.frame[frame].refs == 1 and world.frame[frame].cached < Cached.SLOT:
        leave_cache(world, frame)  # nobody maps it: the swap device has the page, or nobody needs it
    if world.frame[frame].refs > last_references(world):
        note(world, hart, frame, FrameStep.DROP)
        return False
    note(world, hart, frame, FrameStep.FREE)
    chain(world, frame)
    world.allocator.freed += 1
    world.allocator.in_use -= 1
    return True


@hot
def chain(world, frame):
    """Let `frame` be the free one that is handed out next."""
    world.frame[frame].next = world.allocator.free_list
    world.allocator.free_list = frame


@hot
def take_cleared(world, hart):
    """Return a free frame filled with zeros, or NONE."""
    frame = take(world, hart)
    if frame != NONE:
        put_cleared(world, hart, address_of(frame))
        book(hart, Cost.KERNEL_CLEAR, lines_cost(world, hart, frame))
    return frame


@hot
def take_copy(world, hart, source):
    """Return a free frame with the contents of frame `source`, or NONE."""
    frame = take(world, hart)
    if frame != NONE:
        if copies_half(world):
            copy_half(world, hart, address_of(source), address_of(frame))
        else:
            put_copy(world, hart, address_of(source), address_of(frame))
        book(hart, Cost.KERNEL_COPY, lines_cost(world, hart, source) + lines_cost(world, hart, frame))
    return frame


@hot
def lines_cost(world, hart, frame):
    """Run the lines of `frame` through the data caches; return their cycles, misses overlapping (`bulk`)."""
    first = line_of(address_of(frame))
    return bulk_cycles(world, hart, first) + bulk_cycles(world, hart, first + MANY)
