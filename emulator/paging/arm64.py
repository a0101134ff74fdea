"""arm64 translation tables, VMSAv8-64, stage 1, 4 KiB granule, 4 levels: Arm ARM (DDI 0487), chapter D8.

Virtual address: as `indices` cuts it; the manual's level 0 is the highest here. All of the 48 bits are TTBR0's, so bits
63-48 are 0 (T0SZ 16); TTBR1, which kernels have for themselves, is not modelled (EPD1).

Descriptor (D8.3)

    63 62 61 60  59  58-56 55 54  53  52   51 50 48 47              12 11 10  9 8  7  6 5  4   2 1 0
    |  |APT|UXNT|PXNT| sw    |UXN|PXN|Cont|DBM|    |  page or table   |nG|AF|SH |AP   |NS|Attr |T|V|

    V, T      11: a table, at level 0 a page; 01: a block, of 2 MiB or 1 GiB at levels 1 and 2; else nothing
    AP        7: read-only; 6: EL0 may access it
    DBM       read-only is read as not yet written where hardware manages that (HD), and it then clears AP[2]
    UXN, PXN  EL0 and EL1 execute nothing of it; APT, UXNT, PXNT: so of all below a table
    Cont      a hint that 16 neighbours lie side by side: a TLB may ignore it, and this one does
    55, 58    for software: written although read-only; there, but with no access at all, as Linux has them

`svadu` has hardware set AF and manage DBM (FEAT_HAFDBS, TCR.HA and HD), `svade` neither. Output addresses have 48 bits,
memory types and shareability change nothing here.
"""

from emulator.base.bits import PAGE_SHIFT, PX, A, D, G, R, U, V, W, X
from emulator.base.jit import hot, rare
from emulator.base.names import Access, Fault, Privilege
from emulator.paging.accesses import marking_fault, set_mode, writes
from emulator.paging.indices import entries_of, entry_in, index_of, nth_entry, span, tlb_level, word_with
from emulator.paging.riscv import keeps_refusals, visited
from emulator.paging.x86_64 import keeps_absent

__all__ = [  # answers that are others', too
    "entries_of",
    "entry_in",
    "index_of",
    "keeps_absent",
    "keeps_refusals",
    "nth_entry",
    "set_mode",
    "span",
    "tlb_level",
    "visited",
    "word_with",
]

VALID, TABLE, EL0, READ_ONLY, AF, NG = (1 << bit for bit in (0, 1, 6, 7, 10, 11))
DBM, PXN, UXN, WRITTEN, NO_ACCESS = (1 << bit for bit in (51, 53, 54, 55, 58))
PXN_BELOW, UXN_BELOW, EL0_DENIED, WRITES_DENIED = (1 << bit for bit in (59, 60, 61, 62))
INNER_SHAREABLE = 3 << 8
NOT_SWAPPED = VALID | TABLE  # a page has T, whether V is set or has been taken away
GRANTING = VALID | EL0 | READ_ONLY | AF | NG | PXN | UXN  # bits that tell rights by themselves
ADDRESS = (1 << 48) - (1 << PAGE_SHIFT)
LARGEST_BLOCK = 2  # the level of 1 GiB
WXN = 1  # in `hart.lifted` where SCTLR.WXN is clear


@hot
def canonical(hart, va):
    """Return whether `va` is one of TTBR0's."""
    return 0 <= va < span(hart.levels)


@hot
def is_pointer(pte, level):
    """Return whether `pte` is valid and refers to a table."""
    return level > 0 and pte & (VALID | TABLE) == VALID | TABLE


@hot
def target_of(pte, level):
    """Return the physical address of the table or page that `pte` refers to."""
    if level > 0 and pte & TABLE == 0:
        return pte & ADDRESS & -span(level)
    return pte & ADDRESS


@hot
def pa_of(pte, level, va):
    """Return the physical address of `va` in the page or block that `pte` maps."""
    return target_of(pte, level) | (va & (span(level) - 1))


@rare
def rights_of(pte):
    """Return what `pte` grants by itself: X is EL0's, PX is EL1's. What is written and read-only is dirty, too."""
    if pte == 0:
        return 0
    rights = 0
    if pte & VALID != 0:
        rights = V | R
    elif pte & NO_ACCESS != 0:
        rights = V
    if pte & READ_ONLY == 0:
        rights |= W | D
    elif pte & DBM != 0:
        rights |= W
    elif pte & WRITTEN != 0:
        rights |= D
    if pte & EL0 != 0:
        rights |= U
    if pte & UXN == 0:
        rights |= X
    if pte & PXN == 0:
        rights |= PX
    if pte & NG == 0:
        rights |= G
    if pte & AF != 0:
        rights |= A
    return rights


@rare
def rights_below(rights, pte):
    """Return what an entry that refers to a table leaves of `rights` (F25)."""
    if pte & EL0_DENIED != 0:
        rights &= ~U
    if pte & WRITES_DENIED != 0:
        rights &= ~W
    if pte & UXN_BELOW != 0:
        rights &= ~X
    if pte & PXN_BELOW != 0:
        rights &= ~PX
    return rights


@rare
def encoding_fault(pte, level):
    """Return the Fault in what is no table, whatever the access, or `Fault.NONE` (F39)."""
    if pte & VALID == 0:
        return Fault.NOT_PRESENT
    if level == 0:
        return Fault.NONE if pte & TABLE != 0 else Fault.RESERVED
    return Fault.NONE if level <= LARGEST_BLOCK else Fault.RESERVED


@hot
def names_page(pte):
    """Return whether `pte`, at level 1 or 2, is that of a block, valid or not."""
    return pte & TABLE == 0


@hot
def make_pointer(frame):
    """Return the entry that refers to the table in `frame`: it denies nothing."""
    return (frame << PAGE_SHIFT) | VALID | TABLE


@hot
def make_guard(frame):
    """Return the same with APTable[1] set: nothing below can be written (D8.4)."""
    return make_pointer(frame) | WRITES_DENIED


@hot
def make_leaf(frame, rights):
    """Return the entry at the lowest level that maps `frame`."""
    return with_rights((frame << PAGE_SHIFT) | TABLE | INNER_SHAREABLE, rights)


@rare
def make_huge(frame, rights):
    """Return the entry at level 1 that maps the frames from `frame` on, a block."""
    return with_rights((frame << PAGE_SHIFT) | INNER_SHAREABLE, rights)


@rare
def with_rights(pte, rights):
    """Return `pte` with these rights, its page and all other bits as they are; what may be executed may be read."""
    if pte & VALID == 0:
        pte &= ~NO_ACCESS  # where it is valid this bit tells nothing, and is left to software
    pte &= ~GRANTING
    if rights & V != 0:
        pte |= VALID if rights & (R | W | X) != 0 else NO_ACCESS
    if rights & W == 0:
        pte = (pte & ~(DBM | WRITTEN)) | READ_ONLY
        if rights & D != 0:
            pte |= WRITTEN
    elif rights & D == 0:
        pte |= READ_ONLY | DBM
    if rights & U != 0:
        pte |= EL0
    if rights & X == 0:
        pte |= UXN
    if rights & PX == 0:
        pte |= PXN
    if rights & G == 0:
        pte |= NG
    if rights & A != 0:
        pte |= AF
    return pte


@hot
def make_swapped(slot):
    """Return the entry of a page that is in `slot` of the swap device: V and T clear, as Linux has it."""
    return slot << PAGE_SHIFT


@hot
def is_swapped(pte):
    """Return whether `pte`, which is not valid, is such an entry."""
    return pte != 0 and pte & NOT_SWAPPED == 0


@hot
def slot_of(pte):
    """Return the slot that such an entry names."""
    return pte >> PAGE_SHIFT


@rare
def permission_fault(hart, rights, access):
    """Return the Fault of `access` to a page that grants `rights`: AF goes first where software sets it (F26-F28)."""
    if hart.svade and rights & A == 0:
        return Fault.NOT_ACCESSED
    if access == Access.FETCH:
        if not may_execute(hart, rights):
            return Fault.NO_EXECUTE
    elif hart.privilege == Privilege.USER:
        if rights & U == 0:
            return Fault.PRIVILEGE
    elif rights & U != 0 and hart.user_access == 0:
        return Fault.PRIVILEGE
    if writes(access):
        if rights & W == 0:
            return Fault.WRITE_PROTECTED
    elif access != Access.FETCH and rights & R == 0:
        return Fault.READ_PROTECTED
    return marking_fault(rights, access)


@hot
def may_execute(hart, rights):
    """Return whether code may be fetched: EL1 executes nothing that EL0 may write, nor with WXN what it may write."""
    writable = rights & W != 0 and (rights & D != 0 or not hart.svade)
    strict = hart.lifted & WXN == 0
    if hart.privilege == Privilege.USER:
        return rights & X != 0 and not (strict and writable and rights & U != 0)
    return rights & PX != 0 and not (writable and (strict or rights & U != 0))
