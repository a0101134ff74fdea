"""Physical frames: who holds how many references to each, and which are free.

Frames never used lie above `next_frame`; freed ones are chained, the last freed first, as an allocator that likes warm
caches does. Every reference counts, mappings and page tables alike (F61); the page of zeros is not counted.
"""

from emulator.base.bits import PAGE_LINES, address_of, line_of
from emulator.base.jit import hot
from emulator.base.names import Cost, Counter, Price
from emulator.hardware.accounts import book
from emulator.hardware.cache import page_level
from emulator.hardware.decode import forget_decoded
from emulator.hardware.memory import clear_page, copy_page

NONE = 0  # frame 0 is the kernel's own: no allocation returns it


@hot
def take(kernel, chip, hart, frames):
    """Return a free frame, now with one reference, or NONE; its contents are whatever its last owner left."""
    frame = kernel.free_list
    if frame != NONE:
        kernel.free_list = frames[frame].next
    elif kernel.next_frame < kernel.frame_limit:
        frame = kernel.next_frame
        kernel.next_frame += 1
    else:
        return NONE
    frames[frame].refs = 1
    kernel.allocated += 1
    frames[frame].taken = kernel.allocated
    kernel.in_use += 1
    kernel.peak = max(kernel.peak, kernel.in_use)
    forget_decoded(chip, frame)
    book(hart, Cost.KERNEL_ALLOC, chip.price[Price.ALLOC])
    return frame


@hot
def give(kernel, chip, hart, frames, frame):
    """Drop one reference to `frame`; the last one frees it."""
    frames[frame].refs -= 1
    if frames[frame].refs == 0:
        frames[frame].next = kernel.free_list
        kernel.free_list = frame
        kernel.freed += 1
        kernel.in_use -= 1
        book(hart, Cost.KERNEL_ALLOC, chip.price[Price.FREE])


@hot
def take_cleared(kernel, chip, hart, memory, frames):
    """Return a free frame filled with zeros, or NONE."""
    frame = take(kernel, chip, hart, frames)
    if frame != NONE:
        clear_page(memory, address_of(frame))
        book(hart, Cost.KERNEL_CLEAR, lines_cost(hart, chip, frame))
    return frame


@hot
def take_copy(kernel, chip, hart, memory, frames, source):
    """Return a free frame with the contents of frame `source`, or NONE."""
    frame = take(kernel, chip, hart, frames)
    if frame != NONE:
        copy_page(memory, address_of(source), address_of(frame))
        book(hart, Cost.KERNEL_COPY, lines_cost(hart, chip, source) + lines_cost(hart, chip, frame))
    return frame


@hot
def lines_cost(hart, chip, frame):
    """Run the lines of `frame` through the data caches; return their cycles, misses overlapping (`bulk`)."""
    first = line_of(address_of(frame))
    cycles = 0
    for line in range(first, first + PAGE_LINES):
        cycles += chip.bulk[page_level(hart, chip, line)]
    hart.count[Counter.CACHE_L1D_HITS] += PAGE_LINES  # look-ups that no load or store counts
    return cycles
