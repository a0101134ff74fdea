"""RISC-V page tables, Sv39, Sv48 and Sv57: RISC-V privileged manual, "Virtual Address Translation Process".

Virtual address, Sv39 (a level more in Sv48, two in Sv57)

    63      39 38    30 29    21 20    12 11       0
    | sign    | VPN[2] | VPN[1] | VPN[0] | offset   |

Page-table entry

    63 62   61 60     54 53               10 9 8 7 6 5 4 3 2 1 0
    |N|PBMT   |reserved |       PPN         |RSW|D|A|G|U|X|W|R|V|

Its low byte is laid out as the emulator's own rights are, so that a mask makes one of the other. Nothing outside this
file knows that.
"""

from emulator.base.bits import PAGE_SHIFT, RIGHTS, A, D, R, U, V, W, X
from emulator.base.jit import hot
from emulator.base.names import Access, Fault, Privilege
from emulator.paging.accesses import writes

INDEX_BITS = 9
ENTRIES = 1 << INDEX_BITS
PPN_SHIFT = 10
PPN_MASK = (1 << 44) - 1
RESERVED = 0x7F << 54  # bits 60-54
PBMT = 3 << 61
NAPOT = -1 << 63
NOT_IN_POINTERS = V | R | W | X | U | A | D | RESERVED | PBMT | NAPOT  # but for V, all clear in a pointer


@hot
def entries_of():
    """Return how many entries a table has."""
    return ENTRIES


@hot
def index_of(va, level):
    """Return VPN[`level`] of `va`."""
    return (va >> (PAGE_SHIFT + INDEX_BITS * level)) & (ENTRIES - 1)


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
def is_pointer(pte, level):
    """Return whether `pte` is valid, points to a table, and has nothing set that a pointer reserves (F13)."""
    return level > 0 and pte & NOT_IN_POINTERS == V


@hot
def target_of(pte, level):
    """Return the physical address of the table or page that `pte` points to."""
    return ((pte >> PPN_SHIFT) & PPN_MASK) << PAGE_SHIFT


@hot
def rights_of(pte):
    """Return what `pte` grants."""
    return pte & RIGHTS


@hot
def rights_below(rights, pte):
    """Return `rights`: a pointer takes none away."""
    return rights


@hot
def encoding_fault(pte, level):
    """Return the Fault in the PTE itself, whatever the access, or `Fault.NONE` (F12-F14)."""
    if pte & V == 0:
        return Fault.NOT_PRESENT
    if pte & (R | W) == W or pte & (RESERVED | PBMT | NAPOT) != 0:
        return Fault.RESERVED
    if pte & (R | W | X) == 0:
        if pte & (A | D | U) != 0:
            return Fault.RESERVED
        if level == 0:
            return Fault.POINTER_AT_LEAF_LEVEL
    elif target_of(pte, level) & (span(level) - 1) != 0:
        return Fault.MISALIGNED_SUPERPAGE
    return Fault.NONE


@hot
def make_pointer(frame):
    """Return the PTE that points to the table in `frame`."""
    return (frame << PPN_SHIFT) | V


@hot
def make_leaf(frame, rights):
    """Return the PTE that maps `frame`."""
    return (frame << PPN_SHIFT) | rights


@hot
def with_rights(pte, rights):
    """Return `pte` with these rights, its page and the bits for software as they are."""
    return (pte & ~RIGHTS) | rights


@hot
def tlb_level(level):
    """Return `level`: each has the page size that TLBs count at its number."""
    return level


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
    if rights & A == 0:
        return Fault.NOT_ACCESSED
    if writes(access) and rights & D == 0:
        return Fault.NOT_DIRTY
    return Fault.NONE


@hot
def set_mode(hart, privilege, user_access, exec_read):
    """Enter a privilege mode with SUM and MXR, and note what it needs of a TLB word to let an access through at once.

    Changing SUM or MXR takes effect with no fence (F16): TLB words keep the rights of the PTE. What MXR adds is found
    on the slow path.
    """
    hart.privilege = privilege
    hart.user_access = user_access
    hart.exec_read = exec_read
    hart.read_need, hart.write_need = V | R, V | W | D
    if privilege == Privilege.USER or user_access == 0:
        hart.read_need |= U
        hart.write_need |= U
    hart.read_want, hart.write_want = hart.read_need, hart.write_need
    if privilege == Privilege.SUPERVISOR and user_access == 0:
        hart.read_want &= ~U
        hart.write_want &= ~U
