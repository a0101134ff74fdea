"""The published figures, in order, each with the runs that emulate it.

Where from: V1 Hansen 2014 (Linux kernel). V3 Shi 2012 (LKML). V4 Amit 2019 (and EuroSys 2020). V5, V6 Lutomirski 2017
(LKML, PCID). V9 LATR (ASPLOS 2018). V11 INVLPGB for Linux, on Milan (LKML). V12 Linux on POWER, radix. V13 batched
TLBI for Linux on Arm (LKML). V15 On-demand-fork (EuroSys 2021). V16 the documentation of Redis.
"""

from emulator.lab.validation.constant import Constant
from emulator.lab.validation.figure import Figure, Run
from emulator.lab.validation.formulas import (
    GHZ,
    bend,
    break_even,
    crossover,
    cycles,
    flushing,
    nanoseconds,
    per_pte,
    ratio,
    saved,
    slope,
    walk,
)

PTE_FORK = 75  # of the skylake profile
PAGE_BY_PAGE = "ceiling:4096"
CONCURRENT = "ceiling:33+concurrent"
FLUSH, IPI = ("price.flush_page",), ("price.ipi_send", "price.ipi_deliver", "price.ipi_serve", "price.ipi_ack")
CALL = ("price.call_entry", "price.call_return", "price.syscall")
FAULT = (
    "price.trap_entry",
    "price.trap_return",
    "price.fault",
    "price.alloc",
    "price.free",
    "price.pte",
    "price.pte_drop",
)
WALK = ("price.walk_start", "price.tlb_l2", "cache.l1d", "cache.l2")

HASWELL_INVLPG = Constant("price.flush_page", "216", "INVLPG alone on Haswell: 216 cycles")
HASWELL_GLOBAL = Constant("price.flush_asid", "960", "a flush by CR4.PGE on Haswell: 960 cycles")
HASWELL_CR3 = Constant("price.flush_all", "124", "writing CR3 on Haswell: 124 cycles")
SHI_INVLPG = Constant("price.flush_page", "476", "Shi 2012: 140 ns, at 3.4 GHz")
SHI_REFILL = Constant("price.walk_start", "323", "Shi 2012: a refill is 100 ns, at 3.4 GHz, less three reads of L1d")
POWER = (  # a cycle stands for 1/3.4 ns
    Constant("price.pte", "635", "187 ns a page: what 512 pages take beyond 34, both by PID", "V12 512 pages"),
    Constant("price.flush_page", "43", "12.8 ns: 34 pages take 2 PTEs and 96 operations more than 32", "V12 34 pages"),
    Constant("price.flush_asid", "5504", "128 operations: a radix flush by PID goes through all sets", "V12 34 pages"),
    Constant(
        "price.call_entry", "3365", "1.01 us: what 32 pages take beyond their PTEs and operations", "V12 32 pages"
    ),
)
PTI = Constant("pti", "1", "assumed: in 2019 Linux isolates page tables on Haswell, which Meltdown concerns")
BROADCAST = ("price.broadcast", "price.broadcast_sync", "price.broadcast_hart")
ISOLATION = ("price.pti_flush_page", "price.pti_switch")
LATR_16 = Constant("price.ipi_deliver", "9180", "LATR: an interrupt takes 2.7 us on 16 cores of 2 sockets, at 3.4 GHz")
LATR_120 = Constant(
    "price.ipi_deliver", "22440", "LATR: an interrupt takes 6.6 us on 120 cores of 8 sockets, at 3.4 GHz"
)
XEN_PTE = Constant(
    "price.pte_fork", "1120", "assumed: 75 as the profile has it, and a trap for each PTE: 715 + 330 cycles"
)

LINE = {
    "1 page": Run("mprotect", PAGE_BY_PAGE, 1, 1),
    "8 pages": Run("mprotect", PAGE_BY_PAGE, 8, 1),
    "16 pages": Run("mprotect", PAGE_BY_PAGE, 16, 1),
    "35 pages": Run("mprotect", PAGE_BY_PAGE, 35, 1),
    "all": Run("mprotect", "asid", 1, 1),
}
REUSE = {"1 page": Run("munmap-512-reused", PAGE_BY_PAGE, 1, 1), "all": Run("munmap-512-reused", "asid", 1, 1)}
THREADS = {
    f"{harts}{'' if strategy == 'ceiling:33' else ' concurrent'}": Run("discard", strategy, 1, harts)
    for strategy in ("ceiling:33", CONCURRENT)
    for harts in (1, 2, 4)
}
PINGPONG = {
    f"{pages} {'without' if name.endswith('s') else 'with'}": Run(name, "ceiling:33", pages, 1)
    for pages in (0, 512)
    for name in ("pingpong", "pingpong-no-asids")
}
LOOPS = {"before": Run("discard", CONCURRENT, 1, 36), "after": Run("discard", "ceiling:33+broadcast", 1, 36)}
FORKS = {"512 pages": Run("fork", "ceiling:33", 512, 1), "4096 pages": Run("fork", "ceiling:33", 4096, 1)}


def power(pages: int, microseconds: float, strategy: str, name: str = "") -> Figure:
    """Return the figure of V12 for mprotect of so many pages."""
    return Figure(
        name=f"V12 {name or f'{pages} pages'}",
        what=f"mprotect of {pages} pages, {'ceiling 33' if strategy == 'ceiling:33' else 'a higher ceiling'}",
        machine="POWER, radix",
        published=microseconds,
        unit="us",
        least=0.9 * microseconds,
        most=1.1 * microseconds,
        runs={"it": Run("mprotect", strategy, pages, 1)},
        emulated=lambda rows: cycles(rows, "it") / GHZ / 1000,
        given=POWER,
        depends=("price.call_return", "price.syscall"),
    )


FIGURES = (
    Figure(
        name="V1 slope",
        what="cycles that a page adds to a ranged flush",
        machine="not stated",
        published=260,
        unit="cycles",
        least=195,
        most=325,
        runs=LINE,
        emulated=slope,
        given=(HASWELL_INVLPG, HASWELL_GLOBAL),
    ),
    Figure(
        name="V1 line",
        what="how far 8 and 16 pages are off a straight line",
        machine="not stated",
        published=14,
        unit="%",
        most=14,
        runs=LINE,
        emulated=bend,
        given=(HASWELL_INVLPG, HASWELL_GLOBAL),
    ),
    Figure(
        name="V1 crossover",
        what="pages at which each by itself costs as much as all",
        machine="not stated",
        published=4.9,
        unit="pages",
        least=2,
        most=6,
        runs=LINE,
        emulated=crossover,
        given=(HASWELL_INVLPG, HASWELL_GLOBAL),
        note="with a mere write of CR3, 124 cycles, it would lie below 2: the published full flush does more than that",
    ),
    Figure(
        name="V1 slope, own prices",
        what="the same with the profile's own prices",
        machine="not stated",
        published=260,
        unit="cycles",
        least=195,
        most=325,
        runs=LINE,
        emulated=slope,
        depends=(*FLUSH, "price.flush_asid"),
    ),
    Figure(
        name="V1 crossover, own prices",
        what="the same with the profile's own prices",
        machine="not stated",
        published=4.9,
        unit="pages",
        least=2,
        most=6,
        runs=LINE,
        emulated=crossover,
        depends=(*FLUSH, "price.flush_asid"),
    ),
    Figure(
        name="V3 given prices",
        what="break-even, 512 entries reused, refill as published",
        machine="not stated",
        published=360,
        unit="pages",
        least=270,
        most=450,
        runs=REUSE,
        emulated=break_even,
        given=(SHI_INVLPG, SHI_REFILL),
        depends=("price.flush_asid", "cache.l1d", "cache.l2"),
        note="with the two prices that the published figure was reckoned from, this shows that all that was dropped is "
        "missed and counted, once",
    ),
    Figure(
        name="V3 own walks",
        what="the same, walks as they are here",
        machine="not stated",
        published=360,
        unit="pages",
        least=270,
        most=450,
        runs=REUSE,
        emulated=break_even,
        depends=(*FLUSH, "price.flush_asid", *WALK),
        note="the published figure takes 100 ns for every refill, a PTE in memory; here the PTEs of neighbouring pages "
        "share lines that lie in L1 or L2, and a walk takes some 20 cycles. It rises with reuse, from 4 or 5 pages",
    ),
    Figure(
        name="V4 1 thread",
        what="discard and touch a page",
        machine="Haswell",
        published=661,
        unit="ns",
        least=0.75 * 661,
        most=1.25 * 661,
        runs=THREADS,
        emulated=nanoseconds("1"),
        given=(PTI,),
        depends=(*FLUSH, *ISOLATION, *CALL, *FAULT),
    ),
    Figure(
        name="V4 2 threads",
        what="discard and touch, 2 threads over 1",
        machine="Haswell",
        published=2.17,
        unit="x",
        least=0.85 * 2.17,
        most=1.15 * 2.17,
        runs=THREADS,
        emulated=ratio("2", "1"),
        given=(PTI,),
        depends=(*FLUSH, *ISOLATION, *IPI, *CALL, *FAULT),
    ),
    Figure(
        name="V4 4 threads",
        what="discard and touch, 4 threads over 1",
        machine="Haswell",
        published=2.38,
        unit="x",
        least=0.85 * 2.38,
        most=1.15 * 2.38,
        runs=THREADS,
        emulated=ratio("4", "1"),
        given=(PTI,),
        depends=(*FLUSH, *ISOLATION, *IPI, *CALL, *FAULT),
    ),
    Figure(
        name="V4 concurrent, 2 threads",
        what="what a concurrent flush saves",
        machine="Haswell",
        published=-14.7,
        unit="%",
        least=-19.7,
        most=-9.7,
        runs=THREADS,
        emulated=saved("2 concurrent", "2"),
        given=(PTI,),
        depends=(*FLUSH, *ISOLATION, *IPI, *CALL, *FAULT),
        note="a concurrent flush hides the initiator's own, of one page in two address spaces",
    ),
    Figure(
        name="V4 concurrent, 4 threads",
        what="what a concurrent flush saves",
        machine="Haswell",
        published=-9.5,
        unit="%",
        least=-14.5,
        most=-4.5,
        runs=THREADS,
        emulated=saved("4 concurrent", "4"),
        given=(PTI,),
        depends=(*FLUSH, *ISOLATION, *IPI, *CALL, *FAULT),
    ),
    Figure(
        name="V5 0 pages, absolute",
        what="two processes take turns, with ASIDs",
        machine="Skylake, KVM",
        published=2806,
        unit="cycles",
        least=0.75 * 2806,
        most=1.25 * 2806,
        runs=PINGPONG,
        emulated=lambda rows: cycles(rows, "0 with") / 2,
        depends=("price.switch", *CALL),
        note="a round here is two switches and four calls; the published one may be counted by the switch",
    ),
    Figure(
        name="V5 0 pages",
        what="without ASIDs over with, nothing touched",
        machine="Skylake, KVM",
        published=1.10,
        unit="x",
        least=1.0,
        most=1.2,
        runs=PINGPONG,
        emulated=ratio("0 without", "0 with"),
        given=(HASWELL_CR3,),
        depends=("price.switch", *CALL, *WALK),
    ),
    Figure(
        name="V5 512 pages",
        what="without ASIDs over with, 512 pages touched",
        machine="Skylake, KVM",
        published=3.4,
        unit="x",
        least=2.7,
        most=4.1,
        runs=PINGPONG,
        emulated=ratio("512 without", "512 with"),
        given=(HASWELL_CR3,),
        depends=("price.switch", *CALL, *WALK),
        note="the published loop touches a page in 2 to 3 cycles when nothing misses, by executing out of order; an "
        "in-order hart takes some 40, so that walks as long as the published ones weigh less",
    ),
    Figure(
        name="V5 walk",
        what="what a page takes more without ASIDs",
        machine="Skylake, KVM",
        published=18.8,
        unit="cycles",
        least=0.75 * 18.8,
        most=1.25 * 18.8,
        runs=PINGPONG,
        emulated=walk,
        given=(HASWELL_CR3,),
        depends=WALK,
    ),
    Figure(
        name="V5 misses",
        what="walks without ASIDs over with, 512 pages",
        machine="Skylake, KVM",
        published=17.3,
        unit="x",
        least=10,
        runs=PINGPONG,
        emulated=lambda rows: int(rows["512 without"]["walks"]) / max(int(rows["512 with"]["walks"]), 1),
        depends=(),
    ),
    Figure(
        name="V6 migration",
        what="discard, touch, migrate: generations over none",
        machine="Skylake, KVM",
        published=0.62,
        unit="x",
        least=0.52,
        most=0.72,
        runs={
            "without": Run("migrate", "ceiling:33", 0, 2),
            "with": Run("migrate", "ceiling:33+gen+lazy", 0, 2),
        },
        emulated=ratio("with", "without"),
        depends=(*FLUSH, "price.flush_asid", *IPI, *CALL, *FAULT, "price.switch"),
    ),
    Figure(
        name="V6 pthread_mmap",
        what="8 threads map and unmap: generations over none",
        machine="Skylake, KVM",
        published=0.58,
        unit="x",
        note="eight threads that wait for one lock of the address space: the queue at that lock is not modelled",
    ),
    Figure(
        name="V9 16 cores",
        what="a shootdown, with the published interrupt",
        machine="2 sockets",
        published=6.0,
        unit="us",
        least=4.5,
        most=7.5,
        runs={"16": Run("munmap", "ceiling:33", 1, 16)},
        emulated=lambda rows: flushing(rows, "16") / GHZ / 1000,
        given=(LATR_16,),
        depends=(*FLUSH, *(key for key in IPI if key != "price.ipi_deliver")),
        note="the price of sending is from one socket (V4); across two each send takes longer, too",
    ),
    Figure(
        name="V9 120 cores",
        what="a shootdown, with the published interrupt",
        machine="8 sockets",
        published=80,
        unit="us",
        least=6,
        most=80,
        runs={"120": Run("munmap", "ceiling:33", 1, 120)},
        emulated=lambda rows: flushing(rows, "120") / GHZ / 1000,
        given=(LATR_120,),
        depends=(*FLUSH, *(key for key in IPI if key != "price.ipi_deliver")),
        note="published is the most that was seen; it has to lie above that of 16 cores",
    ),
    Figure(
        name="V9 munmap",
        what="munmap by LATR over interrupts, 16 cores",
        machine="2 sockets",
        published=0.29,
        unit="x",
        least=0.2,
        most=0.4,
        runs={"IPI": Run("munmap", "ceiling:33", 1, 16), "LATR": Run("munmap", "ceiling:33+latr", 1, 16)},
        emulated=ratio("LATR", "IPI"),
        depends=(*FLUSH, *IPI, *CALL, "price.sweep", "price.pte_drop", "price.free"),
        note="what is left of a munmap here is one PTE and a short call; the published munmap does more besides",
    ),
    Figure(
        name="V9 Apache",
        what="requests that a web server serves more of",
        machine="2 sockets",
        published=59.9,
        unit="%",
        note="no web server runs here",
    ),
    Figure(
        name="V11 loops",
        what="loops of discard and touch, broadcast over IPIs",
        machine="Milan, 36 cores",
        published=1.58,
        unit="x",
        least=1.5,
        runs=LOOPS,
        emulated=ratio("before", "after"),
        depends=(*FLUSH, *IPI, *CALL, *FAULT, *BROADCAST),
        note="published of all 36 cores at once, whose locks take the most time; here one core flushes, 35 run along",
    ),
    Figure(
        name="V11 share before",
        what="share of time that flushing takes, interrupts",
        machine="Milan, 36 cores",
        published=40,
        unit="%",
        least=30,
        most=50,
        runs=LOOPS,
        emulated=lambda rows: 100 * flushing(rows, "before") / cycles(rows, "before"),
        depends=(*FLUSH, *IPI, *CALL, *FAULT),
        note="one core flushes, and nothing else takes its time; in the published run 36 do, and a loop takes 49 us",
    ),
    Figure(
        name="V11 share after",
        what="share of time that flushing takes, broadcast",
        machine="Milan, 36 cores",
        published=4,
        unit="%",
        least=0,
        most=14,
        runs=LOOPS,
        emulated=lambda rows: 100 * flushing(rows, "after") / cycles(rows, "after"),
        depends=(*FLUSH, *CALL, *FAULT, *BROADCAST),
        note="as before: 4 % of the published 31 us are 1.2 us, and flushing takes less than that here",
    ),
    power(32, 7.4, "ceiling:33"),
    power(34, 9.0, "ceiling:33"),
    power(34, 7.8, PAGE_BY_PAGE, "34, higher ceiling"),
    power(64, 14.6, "ceiling:33"),
    power(128, 26.4, "ceiling:33"),
    power(256, 50.2, "ceiling:33"),
    power(512, 98.3, "ceiling:33"),
    Figure(
        name="V13 growth",
        what="a broadcast on 100 cores over one on 8",
        machine="Arm",
        published=3.1,
        unit="x",
        least=2,
        most=5,
        runs={
            "8": Run("reclaim", "ceiling:33+broadcast", 32, 8),
            "100": Run("reclaim", "ceiling:33+broadcast", 32, 100),
        },
        emulated=lambda rows: flushing(rows, "100") / flushing(rows, "8"),
        depends=BROADCAST,
    ),
    Figure(
        name="V13 share",
        what="share of reclaiming memory that broadcasts take",
        machine="Snapdragon 888",
        published=5.4,
        unit="%",
        least=2.7,
        most=8.1,
        runs={"8": Run("reclaim", "ceiling:33+broadcast", 32, 8)},
        emulated=lambda rows: 100 * flushing(rows, "8") / cycles(rows, "8"),
        depends=(*FLUSH, *BROADCAST, *CALL, "price.pte_drop", "price.free"),
        note="published of a system under pressure, which scans and compresses; giving back a page is all that happens "
        "here. A broadcast is not free, in both",
    ),
    Figure(
        name="V15 1 GB",
        what="fork, for each PTE",
        machine="not stated",
        published=24.8,
        unit="ns",
        least=19,
        most=25,
        runs=FORKS,
        emulated=per_pte,
        depends=("price.pte_fork",),
    ),
    Figure(
        name="V15 50 GB",
        what="fork, for each PTE",
        machine="not stated",
        published=19.4,
        unit="ns",
        least=0.75 * 19.4,
        most=1.25 * 19.4,
        runs=FORKS,
        emulated=per_pte,
        depends=("price.pte_fork",),
    ),
    Figure(
        name="V15 shared tables",
        what="fork that shares page tables, over fork",
        machine="not stated",
        published=65,
        unit="x",
        note="page tables that parent and child share are not modelled: fork copies every PTE",
    ),
    Figure(
        name="V16 physical",
        what="fork, for each PTE",
        machine="not stated",
        published=42,
        unit="ns",
        least=34,
        most=50,
        runs=FORKS,
        emulated=per_pte,
        depends=("price.pte_fork",),
        note="the price is calibrated on V15, whose machine forks a gigabyte in 6.5 ms; this one is not stated",
    ),
    Figure(
        name="V16 Xen",
        what="fork where each PTE is a trap, over fork",
        machine="old Xen",
        published=30,
        unit="x",
        least=10,
        runs={
            "4096 pages": Run("fork", "ceiling:33", 4096, 1),
            "512 pages": Run("fork", "ceiling:33", 512, 1),
        },
        emulated=lambda rows: per_pte(rows) * GHZ / PTE_FORK,
        given=(XEN_PTE,),
    ),
)
ROWS = tuple(dict.fromkeys(figure.row for figure in FIGURES))
