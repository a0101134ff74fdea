"""x86-64 page tables, 4-level and 5-level paging: Intel SDM vol. 3A, chapter 4 (sections 4.5 to 4.8 and 4.10).

Virtual address: as `indices` cuts it, 48 bits in 4 levels and 57 in 5 (4.5.1). Levels are PT, PD, PDPT, PML4, PML5.

Paging-structure entry (tables 4-15 to 4-20)

    63 62      52 51        46 45                 12 11 10 9 8 7  6 5 4   3   2   1   0
    |XD| ignored |  reserved  |  page or table      |ignored|G|PS|D|A|PCD|PWT|U/S|R/W|P|

    PS, 7     at levels 1 and 2 a page of 2 MiB or 1 GiB; reserved above; at level 0 this bit is PAT
    PAT, 12   of a large page; the bits between it and the page's address are reserved
    N, 9      for software: no access at all, as Linux tells a page of PROT_NONE, with P clear (it takes bit 8)

What is present may be read. W and U are granted by all levels together or not at all, XD denies from any level (4.6).
Hardware sets A in every entry that a walk uses, and D in that of the page (4.8). Protection keys are not modelled.

What is long here is `rare`: a copy in each place that asks would slow down the misses of the other formats, too.
"""

from emulator.base.bits import PAGE_SHIFT, A, D, G, R, U, V, W, X
from emulator.base.jit import hot, rare
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

P, RW, US, ACCESSED, DIRTY, PS, GLOBAL, NO_ACCESS, PAT_OF_LARGE = (1 << bit for bit in (0, 1, 2, 5, 6, 7, 8, 9, 12))
XD = -1 << 63
GRANTING = P | RW | US | ACCESSED | DIRTY | GLOBAL | XD  # all bits that tell rights, but for NO_ACCESS
PHYSICAL_BITS = 46  # MAXPHYADDR, which CPUID tells: 46 on servers of the profiles' time (4.1.4)
ADDRESS = (1 << 52) - (1 << PAGE_SHIFT)
RESERVED = (1 << 52) - (1 << PHYSICAL_BITS)
NOT_SWAPPED = P | US | NO_ACCESS  # a user's page has one of them, whether P is set or has been taken away
LARGEST_LEVEL = 2  # at which PS makes a page: 1 GiB

# Protections that are off, in `hart.lifted`: bits of CR0, CR4 and EFER that are clear.
WP, SMEP, NXE = 1, 2, 4


@rare
def is_reserved(hart, pte, level):
    """Return whether `pte`, which is present, has a bit set that is reserved at `level` (4.5.4)."""
    if pte & RESERVED != 0 or (pte & XD != 0 and hart.lifted & NXE != 0):
        return True
    if level == 0 or pte & PS == 0:
        return False
    return level > LARGEST_LEVEL or pte & ADDRESS & ~PAT_OF_LARGE & (span(level) - 1) != 0


@hot
def is_pointer(hart, pte, level):
    """Return whether `pte` is present, refers to a table, and has no reserved bit set."""
    return level > 0 and pte & (P | PS) == P and not is_reserved(hart, pte, level)


@hot
def target_of(pte, level):
    """Return the physical address of the table or page that `pte` refers to."""
    if level > 0 and pte & PS != 0:
        return pte & ADDRESS & ~PAT_OF_LARGE
    return pte & ADDRESS


@hot
def pa_of(pte, level, va):
    """Return the physical address of `va` in the page that `pte` maps."""
    return target_of(pte, level) | (va & (span(level) - 1))


@rare
def rights_of(pte):
    """Return what `pte` grants by itself."""
    rights = 0
    if pte & P != 0:
        rights = V | R
    elif pte & NO_ACCESS != 0:
        rights = V
    if pte & RW != 0:
        rights |= W
    if pte & XD == 0:
        rights |= X
    if pte & US != 0:
        rights |= U
    if pte & GLOBAL != 0:
        rights |= G
    if pte & ACCESSED != 0:
        rights |= A
    if pte & DIRTY != 0:
        rights |= D
    return rights


@hot
def rights_below(rights, pte):
    """Return what an entry that refers to a table leaves of `rights`: W, X and U are all levels' (4.6, F30)."""
    return rights & (rights_of(pte) | V | R | G | A | D)


@hot
def visited(pte):
    """Return `pte`, which a walk has gone through to a table, with A set (4.8)."""
    return pte | ACCESSED


@rare
def encoding_fault(hart, pte, level):
    """Return the Fault in the entry itself, whatever the access, or `Fault.NONE`: P goes before reserved bits (F31)."""
    if pte & P == 0:
        return Fault.NOT_PRESENT
    return Fault.RESERVED if is_reserved(hart, pte, level) else Fault.NONE


@hot
def names_page(pte):
    """Return whether `pte`, at level 1 or 2, is that of a page, present or not."""
    return pte & PS != 0


@hot
def make_pointer(frame):
    """Return the entry that refers to the table in `frame`: it denies nothing and has A set, as Linux's has."""
    return (frame << PAGE_SHIFT) | P | RW | US | ACCESSED


@hot
def make_guard(frame):
    """Return the same with R/W clear: nothing below can be written (4.6)."""
    return make_pointer(frame) & ~RW


@hot
def make_leaf(frame, rights):
    """Return the entry that maps `frame`."""
    return with_rights(frame << PAGE_SHIFT, rights)


@rare
def make_huge(frame, rights):
    """Return the entry at level 1 that maps the frames from `frame` on."""
    return with_rights(frame << PAGE_SHIFT | PS, rights)


@rare
def with_rights(pte, rights):
    """Return `pte` with these rights, its page and all other bits as they are; what may be executed may be read."""
    if pte & P == 0:
        pte &= ~NO_ACCESS  # where P is set this bit tells nothing, and is left to software
    pte &= ~GRANTING
    if rights & V != 0:
        pte |= P if rights & (R | W | X) != 0 else NO_ACCESS
    if rights & W != 0:
        pte |= RW
    if rights & X == 0:
        pte |= XD
    if rights & U != 0:
        pte |= US
    if rights & G != 0:
        pte |= GLOBAL
    if rights & A != 0:
        pte |= ACCESSED
    if rights & D != 0:
        pte |= DIRTY
    return pte


@hot
def make_swapped(slot):
    """Return the entry of a page that is in `slot` of the swap device: P clear, the slot where else the page stands.

    Linux stores it inverted, so that no speculative walk finds a frame there (L1TF); nothing here speculates past P.
    """
    return slot << PAGE_SHIFT


@hot
def is_swapped(pte):
    """Return whether `pte`, which is not present, is such an entry: it has no bit of a user's page."""
    return pte != 0 and pte & NOT_SWAPPED == 0


@hot
def slot_of(pte):
    """Return the slot that such an entry names."""
    return pte >> PAGE_SHIFT


@rare
def permission_fault(hart, rights, access):
    """Return the Fault of `access` to a page that grants `rights` (4.6.1), then what hardware has to set (4.8)."""
    if hart.privilege == Privilege.USER:
        if rights & U == 0:
            return Fault.PRIVILEGE
    elif rights & U != 0:
        if access == Access.FETCH:
            if hart.lifted & SMEP == 0:
                return Fault.PRIVILEGE
        elif hart.user_access == 0:
            return Fault.PRIVILEGE
    if access == Access.FETCH:
        if rights & X == 0:
            return Fault.NO_EXECUTE
    elif writes(access):
        if rights & W == 0 and (hart.privilege == Privilege.USER or hart.lifted & WP == 0):
            return Fault.WRITE_PROTECTED
    elif rights & R == 0:
        return Fault.READ_PROTECTED
    return marking_fault(rights, access)


@hot
def keeps_absent():
    """Return whether a TLB may remember that an entry was not present: it may not (F23, F34)."""
    return False


@hot
def keeps_refusals():
    """Return whether an entry that refuses an access stays: a page fault drops it (4.10.4.1, F40)."""
    return False
