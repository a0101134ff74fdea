"""RISC-V page tables, Sv39, Sv48 and Sv57: RISC-V privileged manual, "Virtual Address Translation Process".

Virtual address, Sv39 (a level more in Sv48, two in Sv57)

    63      39 38    30 29    21 20    12 11       0
    | sign    | VPN[2] | VPN[1] | VPN[0] | offset   |

Page-table entry

    63 62   61 60     54 53               10 9 8 7 6 5 4 3 2 1 0
    |N|PBMT   |reserved |       PPN         |RSW|D|A|G|U|X|W|R|V|

Its low byte is laid out as the emulator's own rights are, so that a mask makes one of the other. Nothing outside this
file and that of Sv32 knows that.

N and PBMT are reserved, but on a machine with the extension that gives them a meaning (`EXTENSIONS`):

    Svnapot    N in a leaf at level 0 whose PPN ends in 1000: 64 KiB, all 16 PTEs of which say the same. A TLB holds
               them as the pages of 4 KiB that were asked for, each from its own PTE
    Svpbmt     PBMT, the type of memory, 1: NC, 2: IO; 3 stays reserved. It changes no order and no cycle here: caches
               hold what they are asked for, and accesses come in program order anyway
"""

from emulator.base.bits import PAGE_SHIFT, RIGHTS, A, D, R, U, V, W, X
from emulator.base.jit import hot, inlined, rare
from emulator.base.names import Access, Fault, Privilege
from emulator.paging.accesses import marking_fault, set_mode, writes
from emulator.paging.indices import canonical, entries_of, entry_in, index_of, nth_entry, span, tlb_level, word_with

__all__ = [  # answers that are others', too
    "canonical",
    "entries_of",
    "entry_in",
    "index_of",
    "nth_entry",
    "set_mode",
    "span",
    "tlb_level",
    "word_with",
]

PPN_SHIFT = 10
PPN_MASK = (1 << 44) - 1
RESERVED = 0x7F << 54  # bits 60-54
PBMT = 3 << 61
NAPOT = -1 << 63
WITHOUT_EXTENSIONS = RESERVED | PBMT | NAPOT  # what is reserved where no extension gives it a meaning
EXTENSIONS = {"svnapot": NAPOT, "svpbmt": PBMT}
NAPOT_BYTES = 16 << PAGE_SHIFT
NAPOT_PPN, NAPOT_64K = 15 << PPN_SHIFT, 8 << PPN_SHIFT  # the low bits of the PPN, and what they have to be
SWAP_SHIFT = 12
NOT_SWAPPED = V | R | W | X | U  # a user's page has some of them, whether V is set or has been taken away
NOT_IN_POINTERS = V | R | W | X | U | A | D | RESERVED | PBMT | NAPOT  # but for V, all clear in a pointer


@hot
def is_pointer(pte, level):
    """Return whether `pte` is valid, points to a table, and has nothing set that a pointer reserves (F13)."""
    return level > 0 and pte & NOT_IN_POINTERS == V


@hot
def target_of(pte, level):
    """Return the physical address of the table or page that `pte` points to."""
    return ((pte >> PPN_SHIFT) & PPN_MASK) << PAGE_SHIFT


@hot
def pa_of(pte, level, va):
    """Return the physical address of `va` in the page that `pte` maps."""
    if pte & NAPOT != 0:
        return (target_of(pte, level) & -NAPOT_BYTES) | (va & (NAPOT_BYTES - 1))
    return target_of(pte, level) | (va & (span(level) - 1))


@hot
def rights_of(pte):
    """Return what `pte` grants."""
    return pte & RIGHTS


@hot
def rights_below(rights, pte):
    """Return `rights`: a pointer takes none away."""
    return rights


@hot
def visited(pte):
    """Return `pte`, a pointer that a walk has gone through: hardware sets nothing in it."""
    return pte


@inlined
@hot
def encoding_fault(hart, pte, level):
    """Return the Fault in the PTE itself, whatever the access, or `Fault.NONE` (F12-F14, F20)."""
    return fault_in(pte, level, span(level), hart.reserved)


@inlined
@hot
def fault_in(pte, level, size, reserved):
    """Return the Fault in a PTE that stands for `size` bytes, where the bits `reserved` have no meaning, or none."""
    if pte & V == 0:
        return Fault.NOT_PRESENT
    if pte & (R | W) == W or pte & reserved != 0:
        return Fault.RESERVED
    if pte & (R | W | X) == 0:
        if pte & (A | D | U | PBMT | NAPOT) != 0:
            return Fault.RESERVED
        if level == 0:
            return Fault.POINTER_AT_LEAF_LEVEL
    elif target_of(pte, level) & (size - 1) != 0:
        return Fault.MISALIGNED_SUPERPAGE
    elif pte & (PBMT | NAPOT) != 0 and is_misused(pte, level):
        return Fault.RESERVED
    return Fault.NONE


@rare
def is_misused(pte, level):
    """Return whether a leaf has a PBMT that is none, or N with another size than 64 KiB or at another level than 0."""
    return pte & PBMT == PBMT or (pte & NAPOT != 0 and (level > 0 or pte & NAPOT_PPN != NAPOT_64K))


@hot
def names_page(pte):
    """Return whether `pte`, which V may have been taken from, is that of a user's page: a pointer has none of these."""
    return pte & (R | W | X | U) != 0


@hot
def make_pointer(frame):
    """Return the PTE that points to the table in `frame`."""
    return (frame << PPN_SHIFT) | V


make_guard = make_pointer  # a pointer takes no rights away


@hot
def make_leaf(frame, rights):
    """Return the PTE that maps `frame`."""
    return (frame << PPN_SHIFT) | rights


make_huge = make_leaf  # a leaf is told by what it grants, at any level


@hot
def with_rights(pte, rights):
    """Return `pte` with these rights, its page and the bits for software as they are."""
    return (pte & ~RIGHTS) | rights


@hot
def make_swapped(slot):
    """Return the entry of a page that is in `slot` of the swap device, as Linux lays it out: slots from bit 12 on."""
    return slot << SWAP_SHIFT


@hot
def is_swapped(pte):
    """Return whether `pte`, which is not valid, is such an entry: it has no bit of a leaf."""
    return pte != 0 and pte & NOT_SWAPPED == 0


@hot
def slot_of(pte):
    """Return the slot that such an entry names."""
    return pte >> SWAP_SHIFT


@hot
def permission_fault(hart, rights, access):
    """Return the Fault of `access` to a page that grants `rights`, checked in the order of F15."""
    if hart.privilege == Privilege.USER:
        if rights & U == 0:
            return Fault.PRIVILEGE
    elif rights & U != 0 and (hart.user_access == 0 or access == Access.FETCH):
        return Fault.PRIVILEGE
    if access == Access.FETCH:
        if rights & X == 0:
            return Fault.NO_EXECUTE
    elif writes(access):
        if rights & W == 0:
            return Fault.WRITE_PROTECTED
    elif rights & R == 0 and (hart.exec_read == 0 or rights & X == 0):
        return Fault.READ_PROTECTED
    return marking_fault(rights, access)


@hot
def keeps_absent():
    """Return whether a TLB may remember that a PTE was not valid: it may (F23)."""
    return True


@hot
def keeps_refusals():
    """Return whether an entry that refuses an access stays: a fault drops nothing (F41)."""
    return True
