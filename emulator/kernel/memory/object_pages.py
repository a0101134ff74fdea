"""The pages of shared memory and of files: a tree, shaped as a page table, whose leaves say where each page is.

A leaf names a frame, which it holds one reference to, or a page of storage: then the page of a file has not been read
into memory yet. Where there is none the page holds zeros. The root's frame counts who leads to the tree: the regions
that it backs, and of a file the file itself. `cached` of that frame is how many pages a file or object has.
"""

from emulator.base.bits import PAGE_BYTES, V, address_of, frame_of, nth_entry
from emulator.base.frame_names import FrameUse
from emulator.base.jit import hot
from emulator.base.names import Counter
from emulator.hardware.checker.writes import put_word
from emulator.hardware.memory import read_word
from emulator.kernel.memory.frame_log import because
from emulator.kernel.memory.frames import NONE, give, take_cleared, take_copy
from emulator.kernel.memory.page_table import (
    ABSENT,
    free_tables,
    leaf_frame,
    leaf_place,
    make_leaf_place,
    maps,
    next_table,
    table_end,
    write_pte,
)
from emulator.paging import format as paging


@hot
def is_stored(world, frame):
    """Return whether what a leaf names is a page of storage."""
    return frame >= world.allocator.frame_limit


@hot
def end_of(hart):
    """Return how many bytes a tree can have: half of what page tables span, as user memory has."""
    return paging.span(hart, hart.levels) >> 1


@hot
def frame_at(world, hart, space, root, offset):
    """Return the frame of the page at `offset` of the file at `root`, read into memory if need be; NONE without any."""
    place = make_leaf_place(world, hart, space, root, offset)
    if place == ABSENT:
        return NONE
    pte, frame = read_word(world, place), NONE
    if maps(hart, pte):
        frame = leaf_frame(hart, pte)
        if not is_stored(world, frame):
            return frame
        because(world, FrameUse.OBJECT, 0)
        frame = take_copy(world, hart, frame)
        hart.count[Counter.FILE_READS] += frame != NONE
    else:
        because(world, FrameUse.OBJECT, 0)
        frame = take_cleared(world, hart)
        hart.count[Counter.ZERO_FILLS] += frame != NONE
    if frame != NONE:
        write_pte(world, hart, place, paging.make_leaf(hart, frame, V))
    return frame


@hot
def store_pages(world, hart, space, root, first, pages):
    """Let the first `pages` pages of the file at `root` be those of storage from `first` on; False: no memory."""
    for i in range(pages):
        place = make_leaf_place(world, hart, space, root, i * PAGE_BYTES)
        if place == ABSENT:
            return False
        put_word(world, hart, place, paging.make_leaf(hart, first + i, V))
    return True


@hot
def cut_pages(world, hart, root, start, end):
    """Give up the pages of the tree at `root` from offset `start` to `end`, which no page table maps."""
    va = next_table(world, hart, root, start, end)
    while va < end:
        stop = table_end(hart, va, end)
        first = leaf_place(world, hart, root, va)
        for i in range((stop - va) // PAGE_BYTES):
            pte = read_word(world, nth_entry(first, i))
            if pte != 0:
                put_word(world, hart, nth_entry(first, i), 0)
                if not is_stored(world, leaf_frame(hart, pte)):
                    because(world, FrameUse.OBJECT, 0)
                    give(world, hart, leaf_frame(hart, pte))
        va = next_table(world, hart, root, stop, end)


@hot
def leave_tree(world, hart, space, root, va):
    """Drop one reference to the tree at `root`, of a region at `va`; with the last one its pages go, and itself."""
    frame = frame_of(root)
    if world.frame[frame].refs > 1:
        because(world, FrameUse.OBJECT, va)
        give(world, hart, frame)
        return
    cut_pages(world, hart, root, 0, end_of(hart))
    world.frame[frame].cached = NONE
    free_tables(world, hart, space, address_of(frame), hart.levels - 1)
