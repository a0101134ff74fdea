"""From a case to its row: one run of the workload's program, and what lies between its marks.

What the initiator (the hart that marks) counted and paid is a difference of two marks, exact to the cycle. What an
invalidation did on other harts, and what came of it later, is in the account of invalidations.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from emulator.base.errors import ProgramError
from emulator.base.names import COSTS
from emulator.lab.experiment import Experiment, finished, started
from emulator.lab.invalidation.case import Task
from emulator.lab.invalidation.row import COLUMNS
from emulator.lab.invalidation.workload import BY_NAME, REUSED
from emulator.lab.store import Row

if TYPE_CHECKING:
    from emulator.result import Mark, Result


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
        "overrides": {**workload.overrides, **task.overrides},
    }
    return Experiment(workload.program, tuple(map(str, workload.arguments(case.pages, case.harts))), machine)


def row_of(task: Task, result: "Result") -> Row:
    """Return what `result`, a run of the task's program, says between its marks."""
    workload = BY_NAME[task.case.workload]
    first, last = (mark_of(result, number, workload.program) for number in workload.marks)
    counted, paid = between(first, last)
    made = result.invalidations
    made = made[(made["cycle"] >= first.cycle) & (made["cycle"] < last.cycle)]
    if not workload.everywhere:
        made = made[made["hart"] == first.hart]
    reused = next((mark for mark in result.marks if mark.number == REUSED), last)
    values = (
        *task.key,
        workload.rounds,
        counted["cycles"],
        len(made),
        total(made, "own") + total(made, "send"),
        total(made, "wait"),
        total(made, "stolen"),
        total(made, "ipis"),
        total(made, "dropped"),
        total(made, "induced_misses"),
        total(made, "induced_cycles"),
        int(made["window"].max(initial=0)),
        counted["walk.count"],
        between(last, reused)[0]["cycles"],
        *(paid[row.name] for row in COSTS),
    )
    return dict(zip((column.name for column in COLUMNS), values, strict=True))


def mark_of(result: "Result", number: int, program: str) -> "Mark":
    """Return the first mark `number` of a run."""
    for mark in result.marks:
        if mark.number == number:
            return mark
    raise ProgramError(f"the program of the lab, '{program}', did not issue mark {number}")


def between(first: "Mark", last: "Mark") -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Return what the hart that issued `first` counted and paid until `last`."""
    before, after = first.per_hart[first.hart], last.per_hart[first.hart]
    counted, paid = (
        {name: late[name] - early[name] for name in late} for early, late in zip(before, after, strict=True)
    )
    return counted, paid


def total(made: Any, name: str) -> int:
    """Return the sum of one field of invalidations."""
    return int(np.sum(made[name], dtype=np.int64))
