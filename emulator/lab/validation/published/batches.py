"""Fewer interrupts: V7, V8, V10, V31.

V7, V8 Gorman 2015 (Linux, batched unmapping). V10 ABIS (ATC 2017). V31 Park 2024 (LUF; LPC 2024, 1724).
"""

from emulator.lab.validation.figure import Figure, Run, near
from emulator.lab.validation.formulas import counted, ratio

LIST = 32  # pages that Linux reclaims at a time
RECLAIM = {
    "one by one": Run("reclaim", "ceiling:33+gather:1", LIST, 16),
    "batched": Run("reclaim", "ceiling:33+batch", LIST, 16),
    "batched, full": Run("reclaim", "full+batch", LIST, 16),
}
PRIVATE = {"all told": Run("discard", "ceiling:33", 1, 16), "by access bits": Run("discard", "ceiling:33+abis", 1, 16)}
RECYCLE = {"at once": Run("recycle", "ceiling:33", 128, 16), "lazy": Run("recycle", "ceiling:33+luf", 128, 16)}

FIGURES = (
    Figure(
        name="V7 interrupts",
        what="interrupts of reclaiming, one by one over batched",
        machine="4 nodes, 48 CPUs",
        published=5.0,
        unit="x",
        limits=near(5.0),
        runs=RECLAIM,
        emulated=counted("ipis", "one by one", "batched"),
        note="48 processes read there: the one flush of a list goes to the harts of all whose pages are in it, "
        "and that of a page to the few that run its own. Here all 32 pages are of one process, whose harts are "
        "told each time",
    ),
    Figure(
        name="V7 time",
        what="reclaiming, one by one over batched",
        machine="4 nodes, 48 CPUs",
        published=1.35,
        unit="x",
        limits=near(1.35),
        runs=RECLAIM,
        emulated=ratio("one by one", "batched"),
        note="published of a scan that reads its files from disk; giving back pages is all that happens here",
    ),
    Figure(
        name="V8 full flush",
        what="batched: everything over page by page",
        machine="1 and 4 nodes",
        published=1.0,
        unit="x",
        limits=(0.942, 1.058),
        runs=RECLAIM,
        emulated=ratio("batched, full", "batched"),
        note="published are two ends of a batch, by its pages and by everything. A batch notes no addresses "
        "here, and both end in everything; what differs is the own hart's flush at each call",
    ),
    Figure(
        name="V10 invalidations",
        what="interrupts that access bits spare",
        machine="not stated",
        published=98,
        unit="%",
        limits=(96, 100),
        runs=PRIVATE,
        emulated=lambda rows: 100 * (1 - counted("ipis", "by access bits", "all told")(rows)),
    ),
    Figure(
        name="V31 interrupts",
        what="interrupts that a lazy unmap flush spares",
        machine="Xeon Gold 6430",
        published=97,
        unit="%",
        limits=(94, 100),
        runs=RECYCLE,
        emulated=lambda rows: 100 * (1 - counted("ipis", "lazy", "at once")(rows)),
        note="how much memory is free decides how many frames one flush serves",
    ),
)
