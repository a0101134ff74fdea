"""RISC-V page tables of 32-bit harts, Sv32: RISC-V privileged manual, "Sv32: Page-Based 32-bit Virtual-Memory Systems".

    va      31      22 21      12 11       0        PTE    31        10 9 8 7 6 5 4 3 2 1 0
            | VPN[1]  | VPN[0]  | offset   |               |    PPN    |RSW|D|A|G|U|X|W|R|V|

A table has 1024 entries of 4 bytes; physical addresses have 34 bits. With zeros before it a PTE is one of `riscv` that
has no reserved bit set, and means the same: so what it says is answered there, and here where it stands.

Of a virtual address the bits above 31 are 0: a register of 32 bits has none. A leaf at level 1 maps 4 MiB, which TLBs
hold as pages of 2 MiB.
"""

from emulator.base.arithmetic import sign_extend
from emulator.base.bits import PAGE_SHIFT
from emulator.base.jit import hot, rare
from emulator.paging.accesses import set_mode
from emulator.paging.indices import tlb_level
from emulator.paging.riscv import (
    fault_in,
    is_pointer,
    is_swapped,
    keeps_absent,
    keeps_refusals,
    make_guard,
    make_huge,
    make_leaf,
    make_pointer,
    make_swapped,
    names_page,
    permission_fault,
    rights_below,
    rights_of,
    slot_of,
    target_of,
    visited,
    with_rights,
)

__all__ = [  # answers that are others', too
    "is_pointer",
    "is_swapped",
    "keeps_absent",
    "keeps_refusals",
    "make_guard",
    "make_huge",
    "make_leaf",
    "make_pointer",
    "make_swapped",
    "names_page",
    "permission_fault",
    "rights_below",
    "rights_of",
    "set_mode",
    "slot_of",
    "target_of",
    "tlb_level",
    "visited",
    "with_rights",
]

INDEX_BITS = 10
ENTRIES = 1 << INDEX_BITS
ENTRY_BITS = 32
ENTRY = (1 << ENTRY_BITS) - 1


@hot
def entries_of():
    """Return how many entries a table has."""
    return ENTRIES


@hot
def index_of(va, level):
    """Return which entry is that of `va` in a table at `level`."""
    return (va >> (PAGE_SHIFT + INDEX_BITS * level)) & (ENTRIES - 1)


@hot
def nth_entry(table, number):
    """Return the place of the 4-byte entry `number` of the table at place `table`."""
    return table + (number << 2)


@hot
def entry_in(word, place):
    """Return the entry at `place`, one half of `word`: the lower one first in memory."""
    return (word >> ((place & 4) << 3)) & ENTRY


@rare
def word_with(word, place, pte):
    """Return `word` with the half that is the entry at `place` replaced by `pte`."""
    if place & 4 == 0:
        return (word & ~ENTRY) | (pte & ENTRY)
    return (word & ENTRY) | (sign_extend(pte, ENTRY_BITS) << ENTRY_BITS)


@hot
def span(level):
    """Return the size of a page whose leaf stands at `level`: 4 KiB, 4 MiB, and for both levels together 4 GiB."""
    return 1 << (PAGE_SHIFT + INDEX_BITS * level)


@hot
def canonical(hart, va):
    """Return whether `va` has 32 bits."""
    return 0 <= va < span(hart.levels)


@hot
def pa_of(pte, level, va):
    """Return the physical address of `va` in the page that `pte` maps."""
    return target_of(pte, level) | (va & (span(level) - 1))


@rare
def encoding_fault(pte, level):
    """Return the Fault in the PTE itself, whatever the access, or `Fault.NONE` (F12-F14)."""
    return fault_in(pte, level, span(level), 0)
