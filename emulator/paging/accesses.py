"""What accesses need of a page, in every format: kinds of them, and the modes that they are made in."""

from emulator.base.bits import A, D, R, U, V, W
from emulator.base.jit import hot
from emulator.base.names import Access, Fault, Privilege


@hot
def writes(access):
    """Return whether `access` needs the page writable (F17)."""
    return access == Access.STORE or access == Access.AMO


@hot
def marking_fault(rights, access):
    """Return the Fault where A, or for a write D, has still to be set in a page that grants `access`, or none."""
    if rights & A == 0:
        return Fault.NOT_ACCESSED
    if writes(access) and rights & D == 0:
        return Fault.NOT_DIRTY
    return Fault.NONE


@hot
def set_mode(hart, privilege, user_access, exec_read):
    """Enter a privilege mode with SUM and MXR, and note what it needs of a TLB word to let an access through at once.

    `user_access` is whether the supervisor reaches user pages: SUM, on x86 AC or SMAP off. Changing it or MXR takes
    effect with no fence (F16): TLB words keep the rights of the PTE. What MXR or a clear WP adds is found on the slow
    path.
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
