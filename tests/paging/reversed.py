"""A format that no processor has: whatever somebody might take for granted because RISC-V has it is otherwise here.

    va      63      44 43    36 35    28 27    20 19    12 11       0
            | 0       | index 3 | index 2 | index 1 | index 0 | offset |     256 entries: half a frame holds a table

    entry   63 62 61 60   48 47            8 7 6 5 4 3 2 1 0
            |  |P |L |      | page or table   | |R W X U G A D|              a set bit takes the right away

P: there is such a page or table; L: it is a page. Tables take rights away, too, from all that lies below them, as on
x86. Pages of 1 MiB, 256 MiB and 64 GiB are none that a TLB has a size for.
"""

from emulator.base.bits import A, D, G, V
from emulator.base.jit import hot
from emulator.base.names import Fault
from emulator.paging import indices, riscv

INDEX_BITS = 8
ENTRIES = 1 << INDEX_BITS
PRESENT, PAGE = 1 << 62, 1 << 61
PLACE_SHIFT, PLACE_MASK = 8, (1 << 40) - 1
DENIALS = 0x7F

permission_fault = riscv.permission_fault
set_mode = riscv.set_mode
keeps_refusals = riscv.keeps_refusals
keeps_absent = riscv.keeps_absent
nth_entry, entry_in, word_with = indices.nth_entry, indices.entry_in, indices.word_with


@hot
def entries_of():
    """Return how many entries a table has."""
    return ENTRIES


@hot
def index_of(va, level):
    """Return the index for `va` in a table at `level`."""
    return (va >> (12 + INDEX_BITS * level)) & (ENTRIES - 1)


@hot
def span(level):
    """Return how many bytes an entry at `level` stands for."""
    return 1 << (12 + INDEX_BITS * level)


@hot
def canonical(hart, va):
    """Return whether `va` has no bits that are not translated."""
    return 0 <= va < span(hart.levels)


@hot
def is_pointer(pte, level):
    """Return whether `pte` leads to a table."""
    return level > 0 and pte & (PRESENT | PAGE) == PRESENT


@hot
def target_of(pte, level):
    """Return the physical address of the table or page."""
    return ((pte >> PLACE_SHIFT) & PLACE_MASK) << 12


@hot
def pa_of(pte, level, va):
    """Return the physical address of `va` in a page."""
    return target_of(pte, level) + va % span(level)


@hot
def rights_of(pte):
    """Return what is not denied."""
    rights = V if pte & PRESENT else 0
    for right in range(1, 8):
        if pte >> (7 - right) & 1 == 0:
            rights |= 1 << right
    return rights


@hot
def rights_below(rights, pte):
    """Return what a table leaves of `rights`."""
    return rights & (rights_of(pte) | A | D | G)


@hot
def visited(pte):
    """Return the entry as it is."""
    return pte


@hot
def encoding_fault(pte, level):
    """Return the Fault in what is no pointer."""
    if pte & PRESENT == 0:
        return Fault.NOT_PRESENT
    if pte & PAGE == 0:
        return Fault.POINTER_AT_LEAF_LEVEL
    return Fault.NONE if target_of(pte, level) % span(level) == 0 else Fault.MISALIGNED_SUPERPAGE


@hot
def names_page(pte):
    """Return whether `pte`, present or not, is that of a page."""
    return pte & PAGE != 0


@hot
def make_pointer(frame):
    """Return the entry that leads to the table in `frame`."""
    return PRESENT | frame << PLACE_SHIFT


@hot
def make_guard(frame):
    """Return the same, denying writes."""
    return make_pointer(frame) | 1 << (7 - 2)


@hot
def make_leaf(frame, rights):
    """Return the entry that grants `rights` to `frame`."""
    return with_rights(PAGE | frame << PLACE_SHIFT, rights)


make_huge = make_leaf


@hot
def with_rights(pte, rights):
    """Return a leaf with these rights."""
    pte &= ~(PRESENT | DENIALS)
    for right in range(1, 8):
        if rights >> right & 1 == 0:
            pte |= 1 << (7 - right)
    return pte | PRESENT if rights & V else pte


@hot
def make_swapped(slot):
    """Return the entry of a page in a slot of the swap device."""
    return slot << PLACE_SHIFT


@hot
def is_swapped(pte):
    """Return whether `pte` is such an entry."""
    return pte != 0 and pte & (PRESENT | PAGE) == 0


@hot
def slot_of(pte):
    """Return the slot that it names."""
    return pte >> PLACE_SHIFT


@hot
def tlb_level(level):
    """Return which size of page a TLB holds a leaf at `level` as: the largest that fits into it."""
    return max(level - 1, 0)
