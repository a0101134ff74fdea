"""What an architecture says of paging beside its page tables: who sets A and D, switches of modes, exceptions."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from emulator.base.names import Access, Fault, Privilege, cause_of
from emulator.paging import riscv, x86_64
from emulator.paging.accesses import writes

GENERAL_PROTECTION, PAGE_FAULT, ALIGNMENT_CHECK, MACHINE_CHECK = 13, 14, 17, 18
EPT_VIOLATION = 48  # no exception of the guest's: the reason for which it is left (SDM vol. 3D, appendix C)
VECTORS = {  # what is none of these is a page fault (SDM vol. 3A, 6.15)
    Fault.NON_CANONICAL: GENERAL_PROTECTION,  # with an error code of 0 (4.5.1 and vol. 1, 3.3.7.1)
    Fault.MISALIGNED: ALIGNMENT_CHECK,
    Fault.NESTED: EPT_VIOLATION,
    Fault.ACCESS: MACHINE_CHECK,  # assumed: what answers outside memory is the platform's matter
}


class Switched(NamedTuple):
    """What switches mean for a hart: the fields of its record that permission checks read."""

    user_access: bool
    exec_read: bool
    lifted: int


class Architecture(NamedTuple):
    """One architecture; switches are those of `Mmu`, by name, with what they are at first."""

    ads: tuple[str, ...]  # what `--ad` may say
    extensions: Mapping[str, int]  # by name: the bits of a PTE that each gives a meaning
    reserved: int  # the bits of a PTE that have a meaning by extensions alone, or none
    switches: Mapping[str, bool]
    switched: Callable[[Mapping[str, bool]], Switched]
    cause: Callable[[Fault, Access], int]  # the exception's number
    error: Callable[[Fault, Access, Privilege, Mapping[str, bool]], int | None]  # what it pushes; None: nothing


def _riscv_switched(on: Mapping[str, bool]) -> Switched:
    return Switched(on["sum"], on["mxr"], 0)


def _no_error(fault: Fault, access: Access, privilege: Privilege, on: Mapping[str, bool]) -> None:
    return None


def _x86_switched(on: Mapping[str, bool]) -> Switched:
    """SMAP keeps the supervisor off user pages unless AC is set; WP, SMEP and NXE that are off are `lifted` (4.6.1)."""
    bits = {"wp": x86_64.WP, "smep": x86_64.SMEP, "nxe": x86_64.NXE}
    return Switched(on["ac"] or not on["smap"], False, sum(bit for name, bit in bits.items() if not on[name]))


def _x86_cause(fault: Fault, access: Access) -> int:
    return VECTORS.get(fault, PAGE_FAULT)


def _x86_error(fault: Fault, access: Access, privilege: Privilege, on: Mapping[str, bool]) -> int | None:
    """Return the error code (4.7). A page fault's: P 0, W/R 1, U/S 2, RSVD 3, I/D 4, which needs NXE or SMEP (F31)."""
    vector = _x86_cause(fault, access)
    if vector != PAGE_FAULT:
        return None if vector in (MACHINE_CHECK, EPT_VIOLATION) else 0
    bits = (
        fault != Fault.NOT_PRESENT,
        bool(writes(access)),
        privilege == Privilege.USER,
        fault == Fault.RESERVED,
        access == Access.FETCH and (on["nxe"] or on["smep"]),
    )
    return sum(bit << place for place, bit in enumerate(bits))


RISCV = Architecture(
    ("svadu", "svade"),
    riscv.EXTENSIONS,
    riscv.WITHOUT_EXTENSIONS,
    {"sum": False, "mxr": False},
    _riscv_switched,
    cause_of,
    _no_error,
)
RISCV_32 = RISCV._replace(extensions={}, reserved=0)
X86 = Architecture(
    ("svadu",),
    {},
    0,
    {"wp": True, "smep": True, "smap": True, "ac": False, "nxe": True},
    _x86_switched,
    _x86_cause,
    _x86_error,
)
