"""What each instruction drops that invalidates translations: a row of bits for each, which `fence` carries out.

    ONE_PAGE           leaf entries of one address alone; all of them else
    ANY_ASID           those of any address space; of one else
    GLOBALS            global ones, too
    POINTERS           all that walk caches hold, of that address space or of any
    POINTERS_OF_PAGE   of that only what leads to the one address

RISC-V: privileged manual, "Supervisor Memory-Management Fence Instruction", "Svinval". A fence with an address is for
leaf entries: it need not drop pointers, and here does not (F21). x86-64: SDM vol. 3A, 4.10.4.1 (F35).
"""

from emulator.base.jit import hot

ONE_PAGE, ANY_ASID, GLOBALS, POINTERS, POINTERS_OF_PAGE = (1 << bit for bit in range(5))

SFENCE_PAGE = ONE_PAGE  # SFENCE.VMA va, asid; SINVAL.VMA alike
SFENCE_ASID = POINTERS  # SFENCE.VMA x0, asid
SFENCE_ALL = POINTERS | ANY_ASID | GLOBALS  # SFENCE.VMA x0, x0

INVLPG = ONE_PAGE | GLOBALS | POINTERS
MOV_CR3 = POINTERS  # with bit 63 clear; with it set it drops nothing
INVPCID = (ONE_PAGE | POINTERS_OF_PAGE, POINTERS, POINTERS | ANY_ASID | GLOBALS, POINTERS | ANY_ASID)  # by type
TLBI = {  # arm64: Arm ARM, "TLB maintenance instructions"; an address is of its ASID's entries and of global ones
    "vmalle1": POINTERS | ANY_ASID | GLOBALS,
    "aside1": POINTERS,
    "vae1": ONE_PAGE | GLOBALS | POINTERS_OF_PAGE,
    "vale1": ONE_PAGE | GLOBALS,  # of the last level alone
    "vaae1": ONE_PAGE | GLOBALS | ANY_ASID | POINTERS_OF_PAGE,
    "vaale1": ONE_PAGE | GLOBALS | ANY_ASID,
    "vmalls12e1": POINTERS | ANY_ASID | GLOBALS,  # of both stages, of the guest that runs: where there is a host
    "alle1": POINTERS | ANY_ASID | GLOBALS,  # of every guest
}
OF_GUEST = POINTERS | ANY_ASID | GLOBALS  # all of a guest: HFENCE.GVMA, INVVPID, INVEPT, TLBI VMALLS12E1
INVVPID = (ONE_PAGE | ANY_ASID | GLOBALS | POINTERS, OF_GUEST, OF_GUEST, POINTERS | ANY_ASID)  # by type
PAGE_FAULT = ONE_PAGE | POINTERS_OF_PAGE  # of its address, on x86-64 (F40)


@hot
def sfence(one_page, any_asid):
    """Return what SFENCE.VMA drops with an address or without one, of one address space or of all."""
    reach = ONE_PAGE if one_page else POINTERS
    return reach | ANY_ASID | GLOBALS if any_asid else reach
