"""Collapsing 512 small pages into a huge one: madvise(MADV_COLLAPSE), as Linux's khugepaged would (mm/khugepaged.c).

    1  take 512 frames in a row
    2  unlink the table of the small pages and flush their range: what walks have read of the table goes, too
    3  wait for the answers
    4  copy each small page, or clear where there was none; drop the frames that they had
    5  let the huge leaf stand in the pointer's place, and put the table by: a split needs it again

That is the order of collapse_huge_page. Pages that others share are copied all the same, and theirs stay.
"""

from emulator.base.bits import HUGE_BYTES, HUGE_PAGES, PAGE_BYTES, D, R, V, W, X, address_of, frame_of, nth_entry
from emulator.base.frame_names import FrameUse
from emulator.base.jit import rare
from emulator.base.kernel_names import FlushCause
from emulator.base.names import Cost, Counter, Price
from emulator.hardware.accounts import book
from emulator.hardware.checker.writes import put_cleared, put_word
from emulator.hardware.memory import read_word
from emulator.kernel.invalidation.flush import flush
from emulator.kernel.invalidation.ranges import between
from emulator.kernel.memory.extents import region_at
from emulator.kernel.memory.frame_log import because, because_all
from emulator.kernel.memory.frames import NONE, give, lines_cost
from emulator.kernel.memory.huge_frames import copy_frame, take_huge
from emulator.kernel.memory.huge_tables import chain_table, huge_place
from emulator.kernel.memory.page_table import ABSENT, descend, leaf_frame, pointer_place, write_pte
from emulator.kernel.memory.regions import find, region_bits
from emulator.kernel.memory.slots import drop_slot, read_slot
from emulator.paging import format as paging

UNTOUCHED, SMALL, HUGE = 0, 1, 2  # what maps 2 MiB


@rare
def mapped_by(world, hart, space, va):
    """Return what maps the 2 MiB that begin at `va`: nothing, a table of small pages, or a huge one."""
    if huge_place(world, hart, space.root, va) != ABSENT:
        return HUGE
    _, level = descend(world, hart, space.root, va)
    return SMALL if level == 0 else UNTOUCHED


@rare
def begin_collapse(world, hart, space, va):
    """Steps 1 and 2 for the 2 MiB from `va` on; return the first frame of the huge page to be, or NONE.

    `settle` and `finish_collapse` come next.
    """
    because_all(world, FrameUse.COLLAPSE, va, HUGE_PAGES)
    head = take_huge(world, hart)
    if head != NONE:
        place, since = pointer_place(world, hart, space.root, va), hart.clock
        pointer = read_word(world, place)
        write_pte(world, hart, place, paging.with_rights(hart, pointer, paging.rights_of(hart, pointer) & ~V))
        world.request.tables = 1
        flush(world, hart, between(space, va, va + HUGE_BYTES), FlushCause.COLLAPSE, since)
    return head


@rare
def bring_in(world, hart, slot, frame):
    """Fill `frame` with the page in `slot`, which one PTE fewer names."""
    if world.swap.slot[slot].frame != NONE:
        copy_frame(world, hart, world.swap.slot[slot].frame, frame)
    else:
        read_slot(world, hart, slot, frame)
    drop_slot(world, slot)


@rare
def finish_collapse(world, hart, space, va, head):
    """Steps 4 and 5."""
    place = pointer_place(world, hart, space.root, va)
    table = paging.target_of(hart, read_word(world, place), 1)
    for i in range(HUGE_PAGES):
        entry = nth_entry(table, i)
        pte = read_word(world, entry)
        frame = leaf_frame(hart, pte)
        if pte != 0 and paging.is_swapped(hart, pte):
            bring_in(world, hart, paging.slot_of(hart, pte), head + i)
        elif pte == 0 or frame == world.allocator.zero_frame:
            put_cleared(world, hart, address_of(head + i))
            book(hart, Cost.KERNEL_CLEAR, lines_cost(world, hart, head + i))
        else:
            copy_frame(world, hart, frame, head + i)
            because(world, FrameUse.COLLAPSE, va + i * PAGE_BYTES)
            give(world, hart, frame)
        put_word(world, hart, entry, 0)
    book(hart, Cost.KERNEL_PTE, HUGE_PAGES * world.chip.price[Price.PTE])
    region = region_at(world, space, find(world, space, va))
    bits = region_bits(region) | (W | D if region.prot & W != 0 else 0)
    if region.prot & (R | W | X) == 0:
        bits &= ~V
    write_pte(world, hart, place, paging.make_huge(hart, head, bits))
    chain_table(world, space, frame_of(table))
    space.tables -= 1
    space.huge += 1
    world.request.tables = 0
    hart.count[Counter.HUGE_COLLAPSES] += 1
