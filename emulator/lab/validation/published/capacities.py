"""How much TLBs, walk caches and the first cache hold, and what a walk reads: K, Q, and V19's knees of M1.

K the documents of makers, which profiles are made of: that a chase bends where they say shows that the hart does as its
profile says. How many entries a walk reads follows from the format. V19 jia.je, measured on M1. Q the question and
answer on copy-on-write and the page of zeros, of which F6 is.
"""

from dataclasses import replace

from emulator.lab.validation.figure import Figure, Run, near
from emulator.lab.validation.formulas import of_loads, plateau, reach, reach_of_pointers, read_by_a_walk

INTEL = "Intel optimization manual"
FIRST, SECOND = "pages that the first data TLB holds", "pages that the second TLB holds"
FEW = 8
ZEROS = 1024  # pages: twice the lines of the first cache, sixteen times the entries of the first TLB
WALKED = 4096  # pages: more than any TLB of `ideal` holds


def chases(*pages: int, workload: str = "chase") -> dict[str, Run]:
    """Return a chase through each number of pages, named by it."""
    return {str(number): Run(workload, "ceiling:33", number, 1) for number in pages}


def knees(row: str, machine: str, profile: str, by: str, first: int, second: int) -> tuple[Figure, Figure]:
    """Return the figures of a machine's data TLBs: how many pages each holds, found by a chase through more and more.

    A page more than a TLB holds has to show, and so does a TLB that holds twice as many.
    """
    held = Figure(
        name=f"{row} {machine} first TLB",
        what=FIRST,
        machine=machine,
        published=first,
        unit="pages",
        limits=near(first, 0),
        runs=chases(FEW, first, first + 1, 2 * first),
        emulated=plateau,
        profile=profile,
        by=by,
    )
    below = replace(
        held,
        name=f"{row} {machine} second TLB",
        what=SECOND,
        published=second,
        limits=near(second, 0),
        runs=chases(second, second + 1, 2 * second),
        emulated=reach,
    )
    return held, below


def levels(mode: str, by: str, published: int) -> Figure:
    """Return the figure of what a walk reads in tables of so many levels, nothing of them cached."""
    return Figure(
        name=f"K {mode} walk",
        what=f"entries that a walk reads, {published} levels, no walk caches",
        machine=mode,
        published=published,
        unit="reads",
        limits=near(published, 0),
        runs={"it": Run(f"chase-{mode}", "ceiling:33", WALKED, 1)},
        emulated=read_by_a_walk("it"),
        closed=lambda price: published,
        profile="ideal",
        by=by,
    )


def of_zeros(name: str, what: str, column: str) -> Figure:
    """Return a figure of loads from pages that are all one frame of zeros, a word of each in a line of its own."""
    return Figure(
        name=f"Q {name}",
        what=what,
        machine="any",
        published=100,
        unit="%",
        limits=near(100, 1),
        runs={"it": Run("zeros", "ceiling:33", ZEROS, 1)},
        emulated=of_loads(column, ZEROS),
        claim=f"loads from {ZEROS:,} pages of zeros",
    )


FIGURES = (
    *knees("V19", "M1", "m1_firestorm", "", 160, 3072),
    of_zeros("zeros cached", f"loads from {ZEROS:,} pages of zeros that hit L1d", "l1d_hits"),
    of_zeros("zeros translated", f"loads from {ZEROS:,} pages of zeros that miss the first TLB", "tlb_misses"),
    *knees("K", "Skylake", "skylake", INTEL, 64, 1536),
    *knees("K", "Golden Cove", "golden_cove", "Intel optimization manual, Golden Cove", 96, 2048),
    *knees("K", "Zen 2", "zen2", "WikiChip, Zen 2", 64, 2048),
    *knees("K", "Milan", "milan", "CPUID of an EPYC Milan", 64, 2048),
    *knees("K", "Zen 5", "zen5", "AMD optimization guide, Zen 5", 96, 4096),
    *knees("K", "Cortex-A76", "neoverse_n1", "Arm Cortex-A76 technical reference manual", 48, 1280),
    *knees("K", "Neoverse V2", "neoverse_v2", "Arm Neoverse V2 technical reference manual", 48, 2048),
    *knees("K", "U74", "u74", "SiFive U74 manual", 40, 512),
    *knees("K", "ChampSim", "champsim_default", "ChampSim", 64, 1536),
    Figure(
        name="K ChampSim walk cache",
        what="last tables whose pointers a walk cache holds",
        machine="ChampSim",
        published=32,
        unit="tables",
        limits=near(32, 0),
        runs=chases(16, 32, 33, 64, workload="chase-512-apart"),
        emulated=reach_of_pointers,
        profile="champsim_default",
        by="ChampSim",
    ),
    levels("sv39", "RISC-V privileged manual", 3),
    levels("sv48", "RISC-V privileged manual", 4),
    levels("sv57", "RISC-V privileged manual", 5),
    levels("x86-64", "Intel SDM", 4),
    levels("x86-64-la57", "Intel SDM", 5),
    levels("arm64", "Arm ARM", 4),
)
