"""What a hart pays for its own flush: V1, V3, V12.

V1 Hansen 2014 (Linux kernel). V3 Shi 2012 (LKML). V12 Linux on POWER, radix.
"""

from emulator.lab.validation.constant import Constant
from emulator.lab.validation.figure import Figure, Run
from emulator.lab.validation.formulas import GHZ, bend, break_even, crossover, cycles, slope
from emulator.lab.validation.published.depends import FLUSH, PAGE_BY_PAGE, WALK

HASWELL_INVLPG = Constant("price.flush_page", "216", "INVLPG alone on Haswell: 216 cycles")
HASWELL_GLOBAL = Constant("price.flush_asid", "960", "a flush by CR4.PGE on Haswell: 960 cycles")
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
LINE = {
    "1 page": Run("mprotect", PAGE_BY_PAGE, 1, 1),
    "8 pages": Run("mprotect", PAGE_BY_PAGE, 8, 1),
    "16 pages": Run("mprotect", PAGE_BY_PAGE, 16, 1),
    "35 pages": Run("mprotect", PAGE_BY_PAGE, 35, 1),
    "all": Run("mprotect", "asid", 1, 1),
}
REUSE = {"1 page": Run("munmap-512-reused", PAGE_BY_PAGE, 1, 1), "all": Run("munmap-512-reused", "asid", 1, 1)}


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
    power(32, 7.4, "ceiling:33"),
    power(34, 9.0, "ceiling:33"),
    power(34, 7.8, PAGE_BY_PAGE, "34, higher ceiling"),
    power(64, 14.6, "ceiling:33"),
    power(128, 26.4, "ceiling:33"),
    power(256, 50.2, "ceiling:33"),
    power(512, 98.3, "ceiling:33"),
)
