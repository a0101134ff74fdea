"""What an architecture says of paging beside its page tables: who sets A and D, switches, exceptions, rules."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from emulator.base.names import FAULTS, Access, Fault, Privilege, cause_of
from emulator.paging import arm64, fences, riscv, x86_64
from emulator.paging.accesses import writes

GENERAL_PROTECTION, PAGE_FAULT, ALIGNMENT_CHECK, MACHINE_CHECK = 13, 14, 17, 18
EPT_VIOLATION = 48  # no exception of the guest's: the reason for which it is left (SDM vol. 3D, appendix C)
VECTORS = {  # what is none of these is a page fault (SDM vol. 3A, 6.15)
    Fault.NON_CANONICAL: GENERAL_PROTECTION,  # with an error code of 0 (4.5.1 and vol. 1, 3.3.7.1)
    Fault.MISALIGNED: ALIGNMENT_CHECK,
    Fault.NESTED: EPT_VIOLATION,
    Fault.ACCESS: MACHINE_CHECK,  # assumed: what answers outside memory is the platform's matter
}
X86_RULES = {
    Fault.NON_CANONICAL: "F38",
    Fault.NOT_PRESENT: "F31",
    Fault.RESERVED: "F31, F37",
    Fault.PRIVILEGE: "F30, F32",
    Fault.READ_PROTECTED: "F30",
    Fault.WRITE_PROTECTED: "F30, F32",
    Fault.NO_EXECUTE: "F30",
}

INSTRUCTION_ABORT, DATA_ABORT, FROM_EL1 = 0x20, 0x24, 1  # exception classes, from EL0; one more from EL1 (D24.2.40)
TRANSLATION, ACCESS_FLAG, PERMISSION = 0x4, 0x8, 0xC  # fault status codes; the level stands in their low two bits
EXTERNAL, ALIGNMENT = 0x10, 0x21  # those that have no level; assumed: a table outside memory is told as a page is
WNR = 1 << 6  # the abort is one of a write
STATUS = {
    **dict.fromkeys((Fault.NON_CANONICAL, Fault.NOT_PRESENT, Fault.RESERVED), TRANSLATION),
    Fault.NOT_ACCESSED: ACCESS_FLAG,
    Fault.ACCESS: EXTERNAL,
    Fault.MISALIGNED: ALIGNMENT,
}  # what is none of these is a permission fault
ROOT = 3  # the level, as the emulator counts, that is the manual's level 0
ARM64_RULES = {
    Fault.NON_CANONICAL: "F39",
    Fault.NOT_PRESENT: "F39",
    Fault.RESERVED: "F39",
    Fault.PRIVILEGE: "F25, F28",
    Fault.READ_PROTECTED: "F25",
    Fault.WRITE_PROTECTED: "F25",
    Fault.NO_EXECUTE: "F25, F28",
    Fault.NOT_ACCESSED: "F26",
    Fault.NOT_DIRTY: "F27",
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
    cause: Callable[[Fault, Access, Privilege], int]  # the exception's number; on arm64 its class
    error: Callable[[Fault, Access, Privilege, Mapping[str, bool], int], int | None]  # what else it tells
    page_fence: int  # what the kernel's instruction for one page of one address space drops (`fences`)
    told: Mapping[Fault, str] = {}  # the rules that faults come from, where they are not those of RISC-V

    def rules(self, fault: Fault) -> str:
        """Return the rules of `docs/rules.md` that say so."""
        return self.told.get(fault, FAULTS[fault].rule)


def _riscv_switched(on: Mapping[str, bool]) -> Switched:
    return Switched(on["sum"], on["mxr"], 0)


def _riscv_cause(fault: Fault, access: Access, privilege: Privilege) -> int:
    return cause_of(fault, access)


def _no_error(fault: Fault, access: Access, privilege: Privilege, on: Mapping[str, bool], level: int) -> None:
    return None


def _x86_switched(on: Mapping[str, bool]) -> Switched:
    """SMAP keeps the supervisor off user pages unless AC is set; WP, SMEP and NXE that are off are `lifted` (4.6.1)."""
    bits = {"wp": x86_64.WP, "smep": x86_64.SMEP, "nxe": x86_64.NXE}
    return Switched(on["ac"] or not on["smap"], False, sum(bit for name, bit in bits.items() if not on[name]))


def _x86_cause(fault: Fault, access: Access, privilege: Privilege) -> int:
    return VECTORS.get(fault, PAGE_FAULT)


def _x86_error(fault: Fault, access: Access, privilege: Privilege, on: Mapping[str, bool], level: int) -> int | None:
    """Return the error code (4.7). A page fault's: P 0, W/R 1, U/S 2, RSVD 3, I/D 4, which needs NXE or SMEP (F31)."""
    vector = _x86_cause(fault, access, privilege)
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


def _arm64_switched(on: Mapping[str, bool]) -> Switched:
    """PAN keeps EL1 off pages that EL0 may access (but for fetches); WXN that is off is `lifted`."""
    return Switched(not on["pan"], False, 0 if on["wxn"] else arm64.WXN)


def _arm64_cause(fault: Fault, access: Access, privilege: Privilege) -> int:
    """Return the exception class, ESR's bits 31-26."""
    return (INSTRUCTION_ABORT if access == Access.FETCH else DATA_ABORT) + FROM_EL1 * (privilege != Privilege.USER)


def _arm64_error(fault: Fault, access: Access, privilege: Privilege, on: Mapping[str, bool], level: int) -> int | None:
    """Return ESR's low bits: the fault status code, with the manual's level where it has one, and WnR.

    None of a host's: what EL2 is told of stage 2 is not modelled.
    """
    if fault == Fault.NESTED:
        return None
    status = STATUS.get(fault, PERMISSION)
    if fault != Fault.NON_CANONICAL and status <= PERMISSION:
        status += ROOT - level
    return status | (WNR if writes(access) else 0)


RISCV = Architecture(
    ("svadu", "svade"),
    riscv.EXTENSIONS,
    riscv.WITHOUT_EXTENSIONS,
    {"sum": False, "mxr": False},
    _riscv_switched,
    _riscv_cause,
    _no_error,
    fences.SFENCE_PAGE,
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
    fences.INVLPG,
    X86_RULES,
)
ARM64 = Architecture(
    ("svadu", "svade"),
    {},
    0,
    {"pan": True, "wxn": False},
    _arm64_switched,
    _arm64_cause,
    _arm64_error,
    fences.TLBI["vale1"],
    ARM64_RULES,
)
