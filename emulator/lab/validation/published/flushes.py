"""What a hart pays for its own flush: V1, V3, V12, V29.

V1 Hansen 2014 (Linux kernel). V3 Shi 2012 (LKML). V12 Linux on POWER, radix: with a ceiling of 33 pages, and of 256.
V29 Amit 2019 (LKML, deferring PTI flushes).
"""

from collections.abc import Callable

from emulator.lab.validation.figure import Figure, Prices, Run, near
from emulator.lab.validation.formulas import bend, break_even, crossover, cycles, per_page, slope
from emulator.lab.validation.published.ways import PAGE_BY_PAGE

CEILING = 33
REUSED = 512  # pages in use beside the range


def line(all_of_it: str) -> dict[str, Run]:
    """Return the runs of V1, the full flush by the strategy `all_of_it`."""
    pages = {"1 page": 1, "8 pages": 8, "16 pages": 16, "35 pages": 35}
    runs = {name: Run("mprotect", PAGE_BY_PAGE, number, 1) for name, number in pages.items()}
    return {**runs, "all": Run("mprotect", all_of_it, 1, 1)}


REUSE = {"1 page": Run("munmap-512-reused", PAGE_BY_PAGE, 1, 1), "all": Run("munmap-512-reused", "asid", 1, 1)}


def mprotect(pages: int, ceiling: int) -> Callable[[Prices], float]:
    """Return the closed form of V12: a call, so many PTEs, and so many flushes or one of all."""

    def closed(price: Prices) -> float:
        flush = pages * price["flush_page"] if pages <= ceiling else price["flush_asid"]
        return price["call_entry"] + price["call_return"] + price["syscall"] + pages * price["pte"] + flush

    return closed


def power(pages: int, microseconds: float, strategy: str, name: str = "") -> Figure:
    """Return the figure of V12 for mprotect of so many pages."""
    ceiling = CEILING if strategy == "ceiling:33" else 4096
    return Figure(
        name=f"V12 {name or f'{pages} pages'}",
        what=f"mprotect of {pages} pages, {'ceiling 33' if ceiling == CEILING else 'a higher ceiling'}",
        machine="POWER, radix",
        published=microseconds,
        unit="us",
        limits=near(microseconds, 10),  # three of its sums are calibrated on
        runs={"it": Run("mprotect", strategy, pages, 1)},
        emulated=lambda rows: cycles(rows, "it"),
        closed=mprotect(pages, ceiling),
        profile="power_radix",
    )


FIGURES = (
    Figure(
        name="V1 slope",
        what="cycles that a page adds to a ranged flush",
        machine="not stated",
        published=260,
        unit="cycles",
        limits=near(260),
        runs=line("full"),
        emulated=slope,
        closed=lambda price: price["flush_page"],
        profile="haswell",
    ),
    Figure(
        name="V1 line",
        what="how far 8 and 16 pages are off a straight line",
        machine="not stated",
        published=14,
        unit="%",
        limits=near(14, 50),  # a deviation, of noisy means
        runs=line("full"),
        emulated=bend,
        closed=lambda price: 0,
        profile="haswell",
        note="every page has the same price here; the published means are of many callers, whose pages differ",
    ),
    Figure(
        name="V1 crossover",
        what="pages at which each by itself costs as much as all",
        machine="not stated",
        published=4.9,
        unit="pages",
        limits=near(4.9),
        runs=line("full"),
        emulated=crossover,
        closed=lambda price: price["flush_all"] / price["flush_page"],
        profile="haswell",
        note="with a mere write of CR3, 124 cycles, it would lie below 2: the published full flush does more than that",
    ),
    Figure(
        name="V1 slope, own prices",
        what="the same with the prices of skylake",
        machine="not stated",
        published=260,
        unit="cycles",
        limits=near(260),
        runs=line("asid"),
        emulated=slope,
        closed=lambda price: price["flush_page"],
    ),
    Figure(
        name="V1 crossover, own prices",
        what="the same with the prices of skylake",
        machine="not stated",
        published=4.9,
        unit="pages",
        limits=near(4.9),
        runs=line("asid"),
        emulated=crossover,
        closed=lambda price: price["flush_asid"] / price["flush_page"],
    ),
    Figure(
        name="V3 given prices",
        what="break-even, 512 entries reused, refill as published",
        machine="not stated",
        published=360,
        unit="pages",
        limits=near(360),
        runs=REUSE,
        emulated=break_even,
        closed=lambda price: (price["flush_asid"] + REUSED * price["walk_start"]) / price["flush_page"],
        profile="shi_2012",
        note="with the two prices that the published figure was reckoned from, this shows that all that was dropped is "
        "missed and counted, once",
    ),
    Figure(
        name="V3 own walks",
        what="the same, walks as they are on skylake",
        machine="not stated",
        published=360,
        unit="pages",
        limits=near(360),
        runs=REUSE,
        emulated=break_even,
        claim="break-even of flushing by pages with 512 entries reused",
        note="the published figure takes 100 ns for every refill, a PTE in memory; here the PTEs of neighbouring pages "
        "share lines that lie in L1 or L2, walk caches hold what is above them, and a walk takes some 14 cycles. It "
        "rises with reuse, from 4 or 5 pages",
    ),
    power(32, 7.4, "ceiling:33"),
    power(34, 9.0, "ceiling:33"),
    power(34, 7.8, PAGE_BY_PAGE, "34, higher ceiling"),
    power(64, 14.6, "ceiling:33"),
    power(64, 13.8, PAGE_BY_PAGE, "64, higher ceiling"),
    power(128, 26.4, "ceiling:33"),
    power(256, 50.2, "ceiling:33"),
    power(256, 51.9, PAGE_BY_PAGE, "256, higher ceiling"),
    power(512, 98.3, "ceiling:33"),
    Figure(
        name="V29 page",
        what="a page more of giving pages back, page tables isolated",
        machine="Skylake",
        published=(6791 - 2119) / 9,
        unit="cycles",
        limits=near((6791 - 2119) / 9),
        runs={str(pages): Run("munmap", "ceiling:33", pages, 1) for pages in (1, 10)},
        emulated=per_page(1, 10),
        profile="skylake_pti",
        note="INVLPG and INVPCID take 610 here, each as others published it: means of all that a flush does, in the "
        "midst of other work",
    ),
)
