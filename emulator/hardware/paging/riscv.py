"""What a RISC-V PTE means: RISC-V privileged manual, "Virtual Address Translation Process"."""

from emulator.base.bits import INDEX_BITS, NAPOT, PBMT, RESERVED, A, D, R, U, V, W, X, ppn_of
from emulator.base.jit import hot
from emulator.base.names import Access, Fault, Privilege

NOT_IN_POINTERS = V | R | W | X | U | A | D | RESERVED | PBMT | NAPOT  # but for V, all clear in a pointer


@hot
def is_leaf(pte):
    """Return whether a valid PTE maps a page; otherwise it points to the next table."""
    return pte & (R | W | X) != 0


@hot
def is_pointer(pte):
    """Return whether `pte` is valid, points to a table, and has nothing set that a pointer reserves (F13)."""
    return pte & NOT_IN_POINTERS == V


@hot
def encoding_fault(pte, level):
    """Return the Fault in the PTE itself, whatever the access, or `Fault.NONE` (F12-F14)."""
    if pte & V == 0:
        return Fault.NOT_PRESENT
    if pte & (R | W) == W or pte & (RESERVED | PBMT | NAPOT) != 0:
        return Fault.RESERVED
    if not is_leaf(pte):
        if pte & (A | D | U) != 0:
            return Fault.RESERVED
        if level == 0:
            return Fault.POINTER_AT_LEAF_LEVEL
    elif ppn_of(pte) & ((1 << (INDEX_BITS * level)) - 1) != 0:
        return Fault.MISALIGNED_SUPERPAGE
    return Fault.NONE


@hot
def writes(access):
    """Return whether `access` needs the page writable (F17)."""
    return access == Access.STORE or access == Access.AMO


@hot
def permission_fault(hart, leaf, access):
    """Return the Fault of `access` to a page with `leaf` flags (a PTE or TLB word), checked in the order of F15."""
    if hart.privilege == Privilege.USER:
        if leaf & U == 0:
            return Fault.PRIVILEGE
    elif leaf & U != 0 and (hart.user_access == 0 or access == Access.FETCH):
        return Fault.PRIVILEGE
    if access == Access.FETCH:
        if leaf & X == 0:
            return Fault.NO_EXECUTE
    elif writes(access):
        if leaf & W == 0:
            return Fault.WRITE_PROTECTED
    elif leaf & R == 0 and (hart.exec_read == 0 or leaf & X == 0):
        return Fault.READ_PROTECTED
    if leaf & A == 0:
        return Fault.NOT_ACCESSED
    if writes(access) and leaf & D == 0:
        return Fault.NOT_DIRTY
    return Fault.NONE


@hot
def set_mode(hart, privilege, user_access, exec_read):
    """Enter a privilege mode with SUM and MXR, and note what it needs of a TLB word to let an access through at once.

    Changing SUM or MXR takes effect with no fence (F16): TLB words keep the PTE's own flags. What MXR adds is found
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
