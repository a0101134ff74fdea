"""Where copying at fork and faulting afterwards cost the same: at which share of pages written (F8).

A child writes to a share of its parent's pages. Copy-on-write pays a fault and a copy for each of them; `eager` a copy
for each page there is. The dearer a copy against a fault, the larger the share up to which copy-on-write is cheaper:
copy / (copy + fault), where the copies of `eager` are as dear as those of faults. The price of a copy is varied by how
many of its misses overlap (`bulk.overlap`); the rest of the machine stays as it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from emulator.lab.fork.case import Case, Sweep
from emulator.lab.fork.measure import Bench

PAGES = 1024
PARTS = 4
OVERLAPS = (1, 2, 4, 8, 16)


@dataclass(frozen=True)
class Crossover:
    """At one price of a copy: the share of pages written at which both cost the same, and what each costs a page."""

    profile: str
    pages: int
    overlap: int
    copy: float  # cycles that `eager` pays for a page
    fault: float  # cycles that copy-on-write pays for a page written, its copy included
    share: float  # of the pages, where lines through the measured points meet; 1 where they do not
    expected: float  # copy / fault: what the two prices say
    cow: tuple[int, ...]  # cycles by quarters of the pages written, 0 to 4
    eager: tuple[int, ...]


def crossovers(sweep: Sweep, pages: int = PAGES) -> Iterator[Crossover]:
    """Measure the crossover at every price of a copy."""
    for overlap in OVERLAPS:
        bench = Bench(sweep.profile, {**sweep.overrides, "bulk.overlap": str(overlap)})
        found = {name: _by_parts(bench, sweep, name, pages) for name in ("cow", "eager")}
        cow, eager = found["cow"], found["eager"]
        copy = (eager[0] - cow[0]) / pages
        fault = (cow[-1] - cow[0]) / pages
        yield Crossover(
            *(sweep.profile.name, pages, overlap, copy, fault, _meeting(cow, eager), min(copy / fault, 1.0)),
            *(cow, eager),
        )


def _case(sweep: Sweep, flavour: str, pages: int, touched: int) -> Case:
    return Case(sweep.profile.name, sweep.paging, flavour, "touch", pages, touched)


def _by_parts(bench: Bench, sweep: Sweep, flavour: str, pages: int) -> tuple[int, ...]:
    return tuple(bench.measure(_case(sweep, flavour, pages, pages * part // PARTS)).cycles for part in range(PARTS + 1))


def _meeting(cow: tuple[int, ...], eager: tuple[int, ...]) -> float:
    """Return the share at which the lines through the points of both cross; 1 where copy-on-write stays below."""
    apart = [one - other for one, other in zip(cow, eager, strict=True)]
    for part in range(PARTS):
        low, high = apart[part], apart[part + 1]
        if low <= 0 < high:
            return (part + low / (low - high)) / PARTS
    return 1.0 if apart[0] <= 0 else 0.0
