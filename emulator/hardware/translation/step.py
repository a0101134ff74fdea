"""One step down page tables, which walker, adversary and kernel take alike: an entry is read, it leads on or does not.

It books nothing and changes nothing: what a read costs, and what follows from an entry, is whose descent it is.
"""

from emulator.base.jit import hot
from emulator.hardware.memory import read_word
from emulator.paging import format as paging

OUTSIDE = -1  # no entry stands at an odd place, and no table
NO_TABLE = -1


@hot
def entry_place(hart, table, va, level):
    """Return the place of the entry for `va` in the table at place `table`, one at `level`."""
    return paging.nth_entry(hart, table, paging.index_of(hart, va, level))


@hot
def read_entry(world, hart, place):
    """Return the entry that stands at `place`."""
    return paging.entry_in(hart, read_word(world, place & ~7), place)


@hot
def step(world, hart, table, va, level):
    """Read the entry for `va` in a table at `level`; return its place, itself, and the place of the table it leads to.

    The place is OUTSIDE where memory has no such one. The table is NO_TABLE where the entry does not lead to any; it
    may lie outside memory, which the next step finds.
    """
    place = entry_place(hart, table, va, level)
    if place < 0 or place >= world.chip.memory_size:
        return OUTSIDE, 0, NO_TABLE
    pte = read_entry(world, hart, place)
    if paging.is_pointer(hart, pte, level):
        return place, pte, paging.target_of(hart, pte, level) - world.chip.memory_start
    return place, pte, NO_TABLE
