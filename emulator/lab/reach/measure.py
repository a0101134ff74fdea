"""Measuring a chase: rounds through all pages, each load waiting for the one before (`programs/lab/chase.s`).

It runs between two marks, after a round that has used everything once; what the loop's own instructions take, one
cycle each, is left out but for the load's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from emulator.base.bits import PAGE_BYTES
from emulator.config import Profile
from emulator.lab.experiment import Experiment, finished, mark_of, started
from emulator.lab.reach.case import Case, Sweep

BEFORE, AFTER = 1, 2  # marks
ROUNDS = 8
SPARE = 8 << 20  # bytes of memory beside the pages and their tables


@dataclass(frozen=True)
class Row:
    """What one load of a chase takes and meets: means over all loads, but `references`, which are of a walk."""

    case: Case
    cycles: float  # from its start to that of the next, which waits for its value
    first_misses: float  # of the first-level data TLB
    walks: float
    references: float  # entries that a walk reads from memory; 0 where none was needed
    saved: float  # entries that walk caches save a walk
    l1d_misses: float  # of the first-level data cache, walks' reads included
    walk_cycles: float

    def _repr_html_(self) -> str:
        from emulator.lab.rows import Rows

        return Rows([self])._repr_html_()


def rows(sweep: Sweep, **machine: Any) -> Iterator[Row]:
    """Measure every case of `sweep`; `machine` are further arguments of `Machine`."""
    for profile, case in sweep.cases():
        yield measure(profile, case, **machine)


def measure(profile: Profile, case: Case, **machine: Any) -> Row:
    """Return what was measured of `case` on a machine of `profile`."""
    memory = 4 * case.pages * PAGE_BYTES + SPARE  # at the worst each page has tables of two levels to itself
    arguments = tuple(map(str, (case.pages, ROUNDS, case.stride)))
    experiment = Experiment("chase", arguments, {"profile": profile, "memory": memory, **machine})
    marks = finished(experiment, started(experiment).run()).marks
    spent = mark_of(marks, BEFORE, "chase").until(mark_of(marks, AFTER, "chase"))
    loads, counters, walks = case.pages * ROUNDS, spent.counters, spent.counters["walk.count"]
    return Row(
        case=case,
        cycles=1 + (spent.cycles - spent.costs["base"]) / loads,
        first_misses=counters["tlb.l1d.misses"] / loads,
        walks=walks / loads,
        references=counters["walk.references"] / walks if walks else 0,
        saved=counters["walk.cache_hits"] / walks if walks else 0,
        l1d_misses=counters["cache.l1d.misses"] / loads,
        walk_cycles=spent.costs["walk"] / loads,
    )
