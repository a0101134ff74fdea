"""Measuring a case: one run of `programs/lab/forks.s`, and one in which no child begins, for what its parent takes.

Times lie between marks, exact to the cycle. Parent and child are on one hart and take turns where the parent waits, so
that what lies between the first mark and the last is the work of both.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from emulator.base.bits import PAGE_BYTES
from emulator.config import Profile
from emulator.lab.experiment import Experiment, finished, mark_of, started
from emulator.lab.fork.case import CHILDREN, FLAVOURS, NOTHING, Case, Sweep
from emulator.result import Result

BEFORE, GOES_ON, OVER = 1, 2, 3  # marks
UNDISTURBED = {"quantum": "1000000000000"}  # the parent goes on from its fork until it waits
SPARE = 8 << 20  # bytes of memory beside the pages, their copies and their tables
FLUSHES = ("flush.page", "flush.asid", "flush.all")


@dataclass(frozen=True)
class Row:
    """What a case takes, from the parent's call until it has been told of the child's end."""

    case: Case
    parent: int  # cycles until the parent goes on
    cycles: int  # until all is over
    faults: int
    copies: int  # pages copied by faults
    reuses: int
    eager_copies: int  # pages copied at fork
    copied_bytes: int
    tables_shared: int
    tables_copied: int
    tables: int  # frames taken that are no copies of pages: page tables, and with exec the new program's
    peak: int  # the most frames in use, over what the parent had by itself
    flushes: int  # invalidations

    def _repr_html_(self) -> str:
        from emulator.lab.rows import Rows

        return Rows([self])._repr_html_()


class Bench:
    """Measures cases on one machine, and what parents of each size take by themselves once."""

    def __init__(self, profile: Profile, overrides: Mapping[str, str]) -> None:
        self.profile = profile
        self._overrides = dict(overrides)
        self._alone: dict[tuple[str, int], Result] = {}

    def measure(self, case: Case) -> Row:
        """Return what was measured of `case`. Raises ProgramError where the program fails."""
        flavour = FLAVOURS[case.flavour]
        result = self._run(case, flavour.setting, flavour.how)
        alone = self._run_alone(case)
        before, goes_on, over = (mark_of(result.marks, number, "forks") for number in (BEFORE, GOES_ON, OVER))
        spent = before.until(over)
        copies, eager = spent.counters["cow.copies"], spent.counters["fork.eager_copies"]
        taken = result.counters["frames.allocated"] - alone.counters["frames.allocated"]
        return Row(
            case=case,
            parent=before.until(goes_on).cycles,
            cycles=spent.cycles,
            faults=spent.counters["fault.total"],
            copies=copies,
            reuses=spent.counters["cow.reuses"],
            eager_copies=eager,
            copied_bytes=(copies + eager) * PAGE_BYTES,
            tables_shared=spent.counters["fork.tables_shared"],
            tables_copied=spent.counters["fork.tables_copied"],
            tables=taken - result.counters["cow.copies"] - eager,
            peak=result.counters["frames.peak"] - alone.counters["frames.peak"],
            flushes=sum(spent.counters[name] for name in FLUSHES),
        )

    def _run_alone(self, case: Case) -> Result:
        key = case.paging, case.pages
        if key not in self._alone:
            self._alone[key] = self._run(replace(case, child="exit", touched=0), "cow", NOTHING)
        return self._alone[key]

    def _run(self, case: Case, setting: str, how: int) -> Result:
        machine: dict[str, Any] = {
            "profile": self.profile,
            "paging": case.paging,
            "fork": setting,
            "memory": 2 * case.pages * PAGE_BYTES + SPARE,
            "overrides": {**UNDISTURBED, **self._overrides},
        }
        arguments = tuple(map(str, (case.pages, how, CHILDREN[case.child], case.touched)))
        experiment = Experiment("forks", arguments, machine)
        return finished(experiment, started(experiment).run())


def rows(sweep: Sweep) -> Iterator[Row]:
    """Measure every case of `sweep`."""
    bench = Bench(sweep.profile, sweep.overrides)
    for case in sweep.cases():
        yield bench.measure(case)
