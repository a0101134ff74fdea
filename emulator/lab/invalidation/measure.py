"""From a case to its row: one run of the workload's program, and what lies between its marks.

What the initiator (the hart that marks) counted and paid is a difference of two marks, exact to the cycle. What an
invalidation did on other harts, and what came of it later, is in the account of invalidations. Sweeps (`SWEEP`) that
another hart makes, or the initiator afterwards, carry out what was postponed between the marks: they are deferred.
What the initiator itself has caught up with between the marks stands in its cycles already, and is not deferred.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from emulator.base.kernel_names import FlushCause
from emulator.base.names import COSTS
from emulator.config import Config, parse_flush
from emulator.lab.experiment import Experiment, finished, mark_of, started
from emulator.lab.invalidation.case import Task
from emulator.lab.invalidation.row import COLUMNS, FLUSHING, LOCKS
from emulator.lab.invalidation.workload import REUSED
from emulator.lab.invalidation.workloads import BY_NAME
from emulator.lab.store import Row

if TYPE_CHECKING:
    from emulator.result import Mark, Result

RETIRED, MISSES, FLUSHES = ("instructions",), ("tlb.l2.misses",), ("flush.page", "flush.asid", "flush.all")

SLACK = 100_000  # cycles: harts sweep one after the other


# On one hart no turn ends where the prices of what came before happen to put it. (On more, threads begin at turns.)
UNDISTURBED = {"quantum": "1000000000000"}


def measure(task: Task) -> Row:
    """Run the task's case and return its row. Raises ProgramError when its program fails, or marks nothing."""
    experiment = experiment_of(task)
    return row_of(task, finished(experiment, started(experiment).run()))


def experiment_of(task: Task) -> Experiment:
    """Return the run that measures the task."""
    case = task.case
    workload = BY_NAME[case.workload]
    machine = {
        "profile": task.profile,
        "harts": case.harts,
        "flush": case.strategy,
        "seed": task.seed,
        "overrides": {**(UNDISTURBED if case.harts == 1 else {}), **workload.overrides, **task.overrides},
    }
    arguments = workload.arguments(case.pages, case.harts)
    if workload.goes_on:
        arguments = (*arguments, _until_due(task))
    return Experiment(workload.program, tuple(map(str, arguments)), machine)


def _until_due(task: Task) -> int:
    """Return for how many cycles a program goes on until every hart has had a tick, where its strategy needs one."""
    if not parse_flush(task.case.strategy).ticks:
        return 0
    config = Config.make(task.profile, overrides=task.overrides)
    return config.tick + config.skew + SLACK


def row_of(task: Task, result: "Result") -> Row:
    """Return what `result`, a run of the task's program, says between its marks."""
    workload = BY_NAME[task.case.workload]
    first, last = (mark_of(result.marks, number, workload.program) for number in workload.marks)
    counted, paid = first.until(last)
    made = result.invalidations
    made = made[(made["cycle"] >= first.cycle) & (made["cycle"] < last.cycle)]
    if not workload.everywhere:
        made = made[made["hart"] == first.hart]
    later = result.invalidations
    later = later[(later["cause"] == FlushCause.SWEEP) & (later["cycle"] >= first.cycle)]
    later = later[~np.isin(later["number"], made["number"])]
    instructions, misses, flushes = (on_all_harts(first, last, names) for names in (RETIRED, MISSES, FLUSHES))
    reused = next((mark for mark in result.marks if mark.number == REUSED), last)
    values = (
        *task.key,
        workload.rounds * workload.times(task.case.pages, task.case.harts),
        counted["cycles"],
        len(made),
        total(made, "own") + total(made, "send"),
        total(made, "wait"),
        total(made, "stolen"),
        max(total(made, "deferred") - counted["shootdown.deferred_cycles"], 0)
        + sum(total(later, name) for name in ("own", "send", "wait", "stolen")),
        total(made, "ipis"),
        total(made, "dropped"),
        total(made, "induced_misses"),
        total(made, "induced_cycles"),
        int(made["window"].max(initial=0)),
        counted["walk.count"],
        counted["walk.references"],
        counted["tlb.l1d.misses"],
        counted["cache.l1d.hits"],
        counted["cache.l1d.misses"],
        last.until(reused).cycles,
        instructions,
        per_1000(misses, instructions),
        per_1000(flushes, instructions),
        on_all_harts(first, last, tuple(paid)),
        on_all_harts(first, last, FLUSHING),
        on_all_harts(first, last, LOCKS),
        *(paid[row.name] for row in COSTS),
    )
    return dict(zip((column.name for column in COLUMNS), values, strict=True))


def on_all_harts(first: "Mark", last: "Mark", names: Sequence[str]) -> int:
    """Return what all harts have counted or spent between two marks under `names`, of counters or of costs."""
    after, before = (
        sum(account.get(name, 0) for hart in mark.per_hart for account in hart for name in names)
        for mark in (last, first)
    )
    return after - before


def per_1000(count: int, instructions: int) -> float:
    """Return `count` per thousand instructions, to three digits after the point; 0 where there were none."""
    return round(1000 * count / instructions, 3) if instructions else 0.0


def total(made: Any, name: str) -> int:
    """Return the sum of one field of invalidations."""
    return int(np.sum(made[name], dtype=np.int64))
