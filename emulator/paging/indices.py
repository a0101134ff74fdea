"""How tables of 512 entries of 8 bytes cut a virtual address: nine bits a level, as in Sv39 and up and in x86-64.

    63      48 47    39 38    30 29    21 20    12 11       0
    | sign    | level 3 | level 2 | level 1 | level 0 | offset |     with 4 levels

Formats that cut it so take these functions for their own: a question that all formats answer by the same function
costs no compare (`format`).
"""

from emulator.base.bits import PAGE_SHIFT, nth_entry
from emulator.base.jit import hot

__all__ = ["nth_entry"]  # what any address arithmetic means by it

INDEX_BITS = 9
ENTRIES = 1 << INDEX_BITS


@hot
def entries_of():
    """Return how many entries a table has."""
    return ENTRIES


@hot
def index_of(va, level):
    """Return which entry is that of `va` in a table at `level`."""
    return (va >> (PAGE_SHIFT + INDEX_BITS * level)) & (ENTRIES - 1)


@hot
def entry_in(word, place):
    """Return the entry at `place`, which is all of `word`."""
    return word


@hot
def word_with(word, place, pte):
    """Return `word` with the entry at `place`, which is all of it, replaced by `pte`."""
    return pte


@hot
def span(level):
    """Return the size of a page whose leaf stands at `level`: 4 KiB, 2 MiB, 1 GiB, 512 GiB, 256 TiB."""
    return 1 << (PAGE_SHIFT + INDEX_BITS * level)


@hot
def canonical(hart, va):
    """Return whether `va`'s upper bits repeat the top bit that a walk translates (F10)."""
    unused = 64 - PAGE_SHIFT - INDEX_BITS * hart.levels
    return (va << unused) >> unused == va


@hot
def tlb_level(level):
    """Return `level`: each has the page size that TLBs count at its number."""
    return level
