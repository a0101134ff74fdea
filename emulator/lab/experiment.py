"""Running a program of the lab and marking it: what a piece of a run counted and cost is the difference of two marks.

Most programs ask for their marks by a system call (`mark`), which takes no time; but its own instructions take some.
Where not one more is wanted between two marks, a program prints *cuts*, the instruction counts (`rdinstret`) at which
it is to be marked, and a second run is stopped there. Either way the difference is exact to the cycle.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from emulator.base.errors import ProgramError
from emulator.base.shipped import PROGRAMS
from emulator.machine import Machine
from emulator.result import Mark, Result
from isa import Program


@dataclass(frozen=True)
class Experiment:
    """One program with its arguments on one machine (the arguments of `Machine`)."""

    program: str  # the name of a source in `programs/lab`
    arguments: tuple[str, ...]
    machine: Mapping[str, Any]


@cache
def program_of_lab(name: str) -> Program:
    """Return the program `name` of the lab."""
    return Program.load(PROGRAMS / "lab" / f"{name}.s")


def cuts_of(experiment: Experiment) -> tuple[int, ...]:
    """Return the instruction counts that the program of `experiment` prints: where a run of it is to be marked."""
    return tuple(int(line) for line in finished(experiment, started(experiment).run()).stdout.split())


def marked_at(experiment: Experiment, cuts: tuple[int, ...]) -> tuple[Mark, ...]:
    """Run `experiment` and return its marks, by hart 0: at each of `cuts`, the first of which is number 1, and the end.

    A run is deterministic, so this one passes through the same states as the one that printed them.
    """
    machine = started(experiment)
    marks, done = [], 0
    for number, cut in enumerate(cuts, 1):
        marks.append(_mark(number, machine.run(cut - done)))
        done = cut
    return (*marks, _mark(len(cuts) + 1, finished(experiment, machine.run())))


def mark_of(marks: Iterable[Mark], number: int, program: str) -> Mark:
    """Return the first of `marks` with this number. Raises ProgramError where there is none."""
    for mark in marks:
        if mark.number == number:
            return mark
    raise ProgramError(f"the program of the lab, '{program}', did not issue mark {number}")


def _mark(number: int, result: Result) -> Mark:
    return Mark(number, 0, result.per_hart[0][0]["cycles"], result.per_hart)


def started(experiment: Experiment) -> Machine:
    """Return a machine that is about to run the experiment's program."""
    machine = Machine(**experiment.machine)
    machine.spawn(program_of_lab(experiment.program), argv=[experiment.program, *experiment.arguments])
    return machine


def finished(experiment: Experiment, result: Result) -> Result:
    """Return `result`, whose program must have ended well: what fails measures nothing."""
    if result.ended == "interrupt":
        raise KeyboardInterrupt
    if result.exit_status != 0:
        words = " ".join([experiment.program, *experiment.arguments])
        raise ProgramError(f"the program of the lab, '{words}', ended with status {result.exit_status}, not 0")
    return result
