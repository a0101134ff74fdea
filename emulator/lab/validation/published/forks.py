"""What fork pays for a page table: V14, V15, V16, V18.

V14 A fork() in the road (HotOS 2019). V15 On-demand-fork (EuroSys 2021). V16 the documentation of Redis. V18 Async-fork
(VLDB 2023).
"""

from collections.abc import Callable

from emulator.lab.validation.figure import Figure, Rows, Run, near, profile_of
from emulator.lab.validation.formulas import cycles, ratio

FEW, MANY = 512, 4096
PAGES = 1 << 18  # of a gigabyte
XEON = 9e-3 * 2.27e9 / PAGES  # 9 ms for each gigabyte, at 2.27 GHz
FORKS = {f"{pages} pages": Run("fork", "ceiling:33", pages, 1, "skylake") for pages in (FEW, MANY)}
SPAWNS = {f"{pages} pages": Run("spawn", "ceiling:33", pages, 1) for pages in (FEW, MANY)}
ON_XEN = {f"{pages} pages, Xen": Run("fork", "ceiling:33", pages, 1, "xen_pv") for pages in (FEW, MANY)}


def per_pte(suffix: str = "") -> Callable[[Rows], float]:
    """Return a figure: the cycles that fork takes for each PTE."""
    return lambda rows: (cycles(rows, f"{MANY} pages{suffix}") - cycles(rows, f"{FEW} pages{suffix}")) / (MANY - FEW)


FIGURES = (
    Figure(
        name="V14 posix_spawn",
        what="spawning with 4,096 pages mapped over 512",
        machine="i7-6850K",
        published=1.0,
        unit="x",
        limits=near(1.0, 10),
        runs=SPAWNS,
        emulated=ratio(f"{MANY} pages", f"{FEW} pages"),
    ),
    Figure(
        name="V14 fork",
        what="forking with 4,096 pages mapped over 512",
        machine="i7-6850K",
        published=None,
        unit="x",
        note="it rises with the pages, in a plot without numbers",
    ),
    Figure(
        name="V15 1 GB",
        what="fork, for each PTE",
        machine="not stated",
        published=24.8,
        unit="ns",
        limits=near(24.8),
        runs=FORKS,
        emulated=per_pte(),
        closed=lambda price: price["pte_fork"],
    ),
    Figure(
        name="V15 50 GB",
        what="fork, for each PTE",
        machine="not stated",
        published=19.4,
        unit="ns",
        limits=near(19.4),
        runs=FORKS,
        emulated=per_pte(),
        closed=lambda price: price["pte_fork"],
    ),
    Figure(
        name="V15 shared tables",
        what="fork that shares page tables, over fork",
        machine="not stated",
        published=65,
        unit="x",
        note="`lab fork` measures it: these runs fork as ever",
    ),
    Figure(
        name="V16 Xeon",
        what="fork, for each PTE",
        machine="Xeon, 2.27 GHz",
        published=XEON,
        unit="cycles",
        limits=near(XEON),
        runs=FORKS,
        emulated=per_pte(),
        closed=lambda price: price["pte_fork"],
    ),
    Figure(
        name="V16 physical",
        what="fork, for each PTE",
        machine="not stated",
        published=50,
        unit="ns",
        limits=near(50),
        runs=FORKS,
        emulated=per_pte(),
        closed=lambda price: price["pte_fork"],
        note="the price is calibrated on V15, whose machine forks a gigabyte in 6.5 ms; this one is not stated",
    ),
    Figure(
        name="V16 Xen",
        what="fork where each PTE is a trap, over fork",
        machine="old Xen",
        published=30,
        unit="x",
        limits=(18.4, 47.1),  # 239 over 13 ms for each GB, to 424 over 9
        runs={**FORKS, **ON_XEN},
        emulated=lambda rows: per_pte(", Xen")(rows) / per_pte()(rows),
        closed=lambda price: price["pte_fork"] / profile_of("skylake").price["pte_fork"].cycles,
        profile="xen_pv",
        note="a trap is priced as a page fault's; what the hypervisor does in it, checking the PTE, is not modelled",
    ),
    Figure(
        name="V18 tail",
        what="what a child that copies tables saves of waits",
        machine="not stated",
        published=81.8,
        unit="%",
        note="it is the parent that copies page tables here",
    ),
)
