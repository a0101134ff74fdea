"""Page tables as the kernel sees them: words in simulated memory that it reads and writes directly.

The machine's memory starts at physical address 0, so that an address is its own place, and a frame's number that of
its address. Leaves stand at level 0, those of huge pages at level 1.
"""

from emulator.base.bits import HUGE_PAGES, V, address_of, frame_of, nth_entry, vpn_of
from emulator.base.frame_names import FrameUse
from emulator.base.jit import hot
from emulator.base.kernel_names import ForkMode
from emulator.base.names import Cost, Fault, Price
from emulator.hardware.accounts import book
from emulator.hardware.checker.writes import put_word
from emulator.hardware.memory import read_word
from emulator.hardware.translation.step import NO_TABLE, entry_place, step
from emulator.kernel.memory.frame_log import because_of
from emulator.kernel.memory.frames import NONE, give, take_cleared
from emulator.kernel.memory.mistakes import forgets_tables
from emulator.paging import format as paging

ABSENT = 0  # no PTE stands at place 0: frame 0 is never a table


@hot
def descend(world, hart, root, va):
    """Return the place of the lowest table of `va` that there is under the one at `root`, and its level.

    A pointer that was unlinked still leads to its table, for the kernel alone, until that is given back.
    """
    table, level = root, hart.levels - 1
    while level > 0:
        _, pte, below = step(world, hart, table, va, level)
        if below == NO_TABLE:
            if pte == 0 or paging.names_page(hart, pte):
                break
            below = paging.target_of(hart, pte, level)
        table = below
        level -= 1
    return table, level


@hot
def leaf_place(world, hart, root, va):
    """Return the place of the leaf PTE of `va` under the table at `root`, or ABSENT where there is no last table."""
    table, level = descend(world, hart, root, va)
    return ABSENT if level > 0 else entry_place(hart, table, va, 0)


@hot
def pointer_place(world, hart, root, va):
    """Return the place of the pointer to the last-level table of `va`, which there is."""
    table = root
    for level in range(hart.levels - 1, 1, -1):
        table = paging.target_of(hart, read_word(world, entry_place(hart, table, va, level)), level)
    return entry_place(hart, table, va, 1)


@hot
def is_shared_table(world, place):
    """Return whether other address spaces lead to the last-level table, too, that the entry at `place` stands in."""
    return world.policy.fork_mode == ForkMode.SHARED_TABLES and world.frame[frame_of(place)].refs > 1


@hot
def find_leaf(world, hart, root, va):
    """Return the PTE of `va`'s page, small or huge, and the number of the frame that it names for `va`; else 0, 0."""
    table, level = descend(world, hart, root, va)
    pte = read_word(world, entry_place(hart, table, va, level))
    if pte == 0 or level > 1:
        return 0, 0
    if level == 0 and paging.is_swapped(hart, pte):
        return pte, NONE
    frame = leaf_frame(hart, pte)
    return pte, frame if level == 0 else frame + (vpn_of(va) & (HUGE_PAGES - 1))


@hot
def make_leaf_place(world, hart, space, root, va):
    """Return the place of the leaf PTE of `va`, with tables made where they were missing; ABSENT if memory is out."""
    return make_place(world, hart, space, root, va, 0)


@hot
def make_place(world, hart, space, root, va, lowest):
    """Return the place of the entry of `va` at level `lowest`, with tables made down to there; ABSENT without memory.

    No leaf stands above it.
    """
    table, level = descend(world, hart, root, va)
    while level > lowest:
        because_of(world, FrameUse.TABLE, va, space.pid)
        frame = take_cleared(world, hart)
        if frame == NONE:
            return ABSENT
        space.tables += 1
        write_pte(world, hart, entry_place(hart, table, va, level), paging.make_pointer(hart, frame))
        table = address_of(frame)
        level -= 1
    return entry_place(hart, table, va, lowest)


@hot
def maps(hart, pte):
    """Return whether a leaf PTE is valid."""
    return paging.rights_of(hart, pte) & V != 0


@hot
def leaf_frame(hart, pte):
    """Return the number of the frame that a leaf PTE names, valid or not."""
    return frame_of(paging.target_of(hart, pte, 0))


@hot
def lets_through(hart, pte, access):
    """Return whether a leaf PTE grants `access` in the hart's mode, with nothing to be set in it first."""
    return paging.permission_fault(hart, paging.rights_of(hart, pte), access) == Fault.NONE


@hot
def write_pte(world, hart, place, pte):
    """Write a PTE and book it."""
    put_word(world, hart, place, pte)
    book(hart, Cost.KERNEL_PTE, world.chip.price[Price.PTE])


@hot
def next_table(world, hart, root, va, end):
    """Return `va`, or the first address after it and below `end` whose last-level table exists; `end` if none."""
    while va < end:
        _, level = descend(world, hart, root, va)
        if level == 0:
            return va
        va = (va | (paging.span(hart, level) - 1)) + 1
    return end


@hot
def table_end(hart, va, end):
    """Return where the last-level table of `va` ends, or `end` if that comes first."""
    return min((va | (paging.span(hart, 1) - 1)) + 1, end)


@hot
def free_tables(world, hart, space, table, level):
    """Give back the table at place `table` and those below it; the pages they mapped are gone already."""
    if level > 0 and not forgets_tables(world):
        for i in range(paging.entries_of(hart)):
            pte = read_word(world, nth_entry(table, i))
            if paging.is_pointer(hart, pte, level):
                free_tables(world, hart, space, paging.target_of(hart, pte, level), level - 1)
    because_of(world, FrameUse.TABLE, 0, space.pid)
    give(world, hart, frame_of(table))
    space.tables -= 1
