"""The virtual-memory cases of riscv-arch-test (its `tests/priv`), written anew for `Mmu`: a row for each file.

A file of the original is an assembly program for one format and one mode: it builds page tables, makes three accesses
to each page and compares what they were answered with what its reference model said. Here a row says which pages it
builds, what is refused and by which rule; the tables, the addresses and the answers are ours. Names of files, what they
check and how many faults they say they expect are the original's.
"""

from emulator.base.names import Fault
from tests.act.case import (
    ABOVE,
    ALL,
    DATA,
    LARGE,
    LOWEST,
    POINTERS,
    RV64,
    TOP,
    Case,
    Page,
    both,
    exceptions,
    no,
    of_rights,
)

MACHINE = "machine mode, whose fetches are not translated"
CSRS = "CSRs, and that the user may not touch them: there are none"
BIG = "big-endian memory: there is none"
PMP = "physical memory protection: there is none"
N, PBMT = 1 << 63, 1 << 61
NAPOT = 8 << 12  # the frame bits that say 64 KiB

CASES = (
    Case(
        "Sv",
        "VA_all_ones_Smode",
        "the last byte of all addresses, and the last word",
        "F10",
        (
            Page("the last byte", "vrwad", at=LOWEST, accesses=DATA, va=-1, size=1),
            Page("the last word", "vxad", at=LOWEST, accesses=("fetch",), va=-4),
        ),
        faults={"sv32": 0, "sv39": 0},
    ),
    Case(
        "Sv",
        "VA_all_zeros_Smode",
        "address 0",
        "F10",
        (
            Page("data", "vrwad", at=LOWEST, accesses=DATA, va=0),
            Page("code", "vxad", at=LOWEST, accesses=("fetch",), va=0),
        ),
        faults={"sv39": 0},
    ),
    *both(
        "Sv",
        "canonical",
        "an address whose upper bits are not its sign",
        "F10",
        [Page("bit 63 alone", refused=no(Fault.NON_CANONICAL), va=1 << 63)],
        formats=RV64,
        faults={"sv39": 9, "sv57": 15},
    ),
    *both(
        "Sv",
        "global_pte",
        "a global page outlives the fence of its address space",
        "F21",
        [Page("G", "vrwxgad", again=True)],
        faults={"sv39": 0},
    ),
    *both(
        "Sv",
        "invalid_pte",
        "V clear",
        "F12",
        [Page("no V", "rwxad", no(Fault.NOT_PRESENT))],
        faults={"sv39": 9},
    ),
    *both(
        "Sv",
        "misaligned_page",
        "a superpage at a frame that is none of its size",
        "F14",
        [Page("one page too far", refused=no(Fault.MISALIGNED_SUPERPAGE), at=LARGE, frame=1 << 12)],
        faults={"sv39": 6, "sv48": 9},
    ),
    *both(
        "Sv",
        "mstatus_mprv",
        "MPRV: machine mode loads and stores as MPP does",
        "F15",
        [Page("as MPP", accesses=DATA)],
        faults={"sv39": 0},
        left=MACHINE,
    ),
    *both(
        "Sv",
        "mstatus_mxr",
        "what may be executed may be read with MXR alone",
        "F16",
        [
            Page("MXR clear", "vxad", no(Fault.READ_PROTECTED, "load") | no(Fault.WRITE_PROTECTED, "store")),
            Page("MXR set", "vxad", no(Fault.WRITE_PROTECTED, "store"), mxr=True),
        ],
        faults={"sv39": 9},
    ),
    Case("Sv", "mstatus_sbe_and_sum_set_Smode", "SBE: PTEs and data in the other byte order, SUM set", "", left=BIG),
    Case("Sv", "mstatus_sbe_set_Smode", "SBE: PTEs and data in the other byte order", "", left=BIG),
    *both(
        "Sv",
        "nleaf_pte_DAU",
        "A, D or U in a pointer",
        "F13",
        [
            Page(name, refused=no(Fault.RESERVED), at=POINTERS, more=bit)
            for name, bit in (("D", 128), ("A", 64), ("U", 16))
        ],
        faults={"sv39": 18},
    ),
    *both(
        "Sv",
        "nleaf_pte_level0",
        "a pointer at level 0",
        "F14",
        [Page("V alone", "v", no(Fault.POINTER_AT_LEAF_LEVEL), at=LOWEST)],
        faults={"sv39": 3},
    ),
    Case(
        "Sv",
        "pte_reserved_field_Smode",
        "each of bits 60 to 54",
        "F12",
        tuple(Page(f"bit {bit}", refused=no(Fault.RESERVED), at=TOP, more=1 << bit) for bit in range(54, 61)),
        RV64,
        faults={"sv57": 21},
    ),
    *both(
        "Sv",
        "pte_reserved_rwx",
        "W without R",
        "F12",
        [Page("WX", "vwxad", no(Fault.RESERVED)), Page("W", "vwad", no(Fault.RESERVED))],
        faults={"sv39": 18},
    ),
    *both(
        "Sv",
        "pte_rsw",
        "the two bits for software are ignored, and kept",
        "F12",
        [Page(f"RSW {value}", more=value << 8) for value in (1, 2, 3)],
        faults={"sv39": 0},
    ),
    Case(
        "Sv",
        "satp_access_test",
        "satp keeps each bit of its ASID and its PPN; a walk begins there",
        "F21",
        script="satp",
        left=CSRS,
    ),
    Case(
        "Sv",
        "spage_access_Umode",
        "the user does not reach a page without U",
        "F15",
        (Page("no U", refused=no(Fault.PRIVILEGE)),),
        faults={"sv39": 9},
    ),
    Case(
        "Sv",
        "spage_mstatus_sum_set_Smode",
        "SUM takes nothing from the supervisor's own pages",
        "F15, F16",
        tuple(page._replace(sum=True) for page in of_rights() if page.says in ("rwx", "r", "x")),
        faults={"sv39": 12},
    ),
    Case(
        "Sv",
        "spage_Smode",
        "R, W and X of the supervisor's pages",
        "F15",
        of_rights(),
        ("sv32",),
        faults={"sv32": 12},
    ),
    Case("Sv", "upage_Umode", "R, W and X of the user's pages", "F15", of_rights("u"), ("sv32",), faults={"sv32": 12}),
    Case(
        "Sv",
        "svnapot_not_supported_Smode",
        "N without Svnapot",
        "F12",
        (Page("N and 64 KiB", refused=no(Fault.RESERVED), at=LOWEST, more=N, frame=NAPOT),),
        RV64,
        faults={"sv39": 3},
    ),
    Case(
        "Sv",
        "svpbmt_disabled_Smode",
        "PBMT without Svpbmt",
        "F12",
        tuple(Page(f"PBMT {value}", refused=no(Fault.RESERVED), at=TOP, more=value * PBMT) for value in (1, 2, 3)),
        RV64,
        faults={"sv39": 9, "sv57": 9},
    ),
    Case(
        "Sv",
        "upage_mprv_set_sum_set_Smode",
        "MPRV as the supervisor, SUM set: user pages are reached",
        "F15, F16",
        (Page("SUM set", "vrwxuad", accesses=DATA, sum=True),),
        faults={"sv39": 0},
        left=MACHINE,
    ),
    Case(
        "Sv",
        "upage_mprv_set_sum_unset_Smode",
        "MPRV as the supervisor, SUM clear: user pages are not reached",
        "F15",
        (Page("SUM clear", "vrwxuad", no(Fault.PRIVILEGE, *DATA), accesses=DATA),),
        faults={"sv39": 6},
        left=MACHINE,
    ),
    Case(
        "Sv",
        "upage_mstatus_sum_set_Smode",
        "with SUM the supervisor has the user's rights, but never fetches",
        "F15, F16",
        tuple(page._replace(sum=True, refused=page.refused | no(Fault.PRIVILEGE, "fetch")) for page in of_rights("u")),
        faults={"sv39": 27},
    ),
    Case(
        "Sv",
        "upage_mstatus_sum_unset_Smode",
        "without SUM the supervisor reaches no user page, whatever it grants",
        "F15",
        tuple(page._replace(refused=no(Fault.PRIVILEGE)) for page in of_rights("u")),
        faults={"sv39": 45},
    ),
    *both(
        "Svade",
        "Svade",
        "A or, for a store, D clear: refused",
        "F18",
        [
            Page("D clear", "vrwxa", no(Fault.NOT_DIRTY, "store")),
            Page("both set"),
            Page("A clear", "vrwxd", no(Fault.NOT_ACCESSED)),
            Page("both clear", "vrwx", no(Fault.NOT_ACCESSED)),
        ],
        faults={"sv39": 21},
    ),
    *both(
        "Svadu",
        "Svadu",
        "A and, for a store, D are set, each access at a PTE of its own",
        "F18",
        [
            Page(f"{says}, {access}", flags, accesses=(access,))
            for says, flags in (("A clear", "vrwxd"), ("D clear", "vrwxa"), ("both clear", "vrwx"))
            for access in ALL
        ],
        faults={"sv39": 0},
        ad="svadu",
    ),
    *both(
        "Svnapot",
        "Svnapot",
        "one page of 64 KiB: 16 PTEs, accesses at 0, 8 and 60 KiB",
        "F20",
        [Page("64 KiB", at=LOWEST, more=N, frame=NAPOT)],
        formats=RV64,
        faults={"sv39": 0},
        needs="svnapot",
        script="napot",
    ),
    *both(
        "Svnapot",
        "Svnapot_reserved_enc",
        "N in a superpage, and frames that say no known size",
        "F20",
        [
            Page("N", refused=no(Fault.RESERVED), at=LARGE, more=N),
            *(
                Page(f"frame bits {size:04b}", refused=no(Fault.RESERVED), at=LOWEST, more=N, frame=size << 12)
                for size in (1, 2, 4, 0)
            ),
        ],
        formats=RV64,
        faults={"sv39": 18},
        needs="svnapot",
    ),
    *both(
        "Svpbmt",
        "Svpbmt",
        "PBMT 1 and 2 are known, 3 is reserved",
        "F12",
        [
            Page("PBMT 1", more=PBMT),
            Page("PBMT 2", more=2 * PBMT),
            Page("PBMT 3", refused=no(Fault.RESERVED), more=3 * PBMT),
        ],
        formats=RV64,
        faults={"sv39": 9},
        needs="svpbmt",
    ),
    *both(
        "Svpbmt",
        "Svpbmt_nonleaf",
        "PBMT in a pointer",
        "F13",
        [Page(f"PBMT {value}", refused=no(Fault.RESERVED), at=ABOVE, more=value * PBMT) for value in (1, 2, 3)],
        formats=RV64,
        faults={"sv39": 18},
        needs="svpbmt",
    ),
    *exceptions("", "a store, load or fetch", ALL, None),
    *exceptions("Zaamo", "an AMO", ("amo",), Fault.MISALIGNED),
    *exceptions("Zalrsc", "LR or SC", ("lr", "amo"), Fault.MISALIGNED),
)

LEFT = (  # folders of which nothing is here, or not all: how many files, and why
    ("ExceptionsSv*", 8, "the same in machine mode, MPRV set", "machine mode: there is none"),
    ("SvPMP, SvaduPMP", 24, "page tables and pages that PMP keeps from the walk", PMP),
    ("SvZicbo, SvPMPZicbo", 56, "cache-block operations and their faults", "those instructions: there are none"),
    ("Svbare", 3, "satp.MODE = Bare", "a machine without paging: `--paging` names a format"),
    ("Svinval", 2, "that SINVAL.VMA and its fences are instructions, and which mode may use them", CSRS),
)
