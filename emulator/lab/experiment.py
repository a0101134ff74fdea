"""Running a program in pieces: how the lab attributes cycles to what caused them.

A program of the lab prints *marks*, the instruction counts (`rdinstret`) at which it is to be cut, one a line. A run is
deterministic, so a second run that is stopped at the marks passes through the same states: what each piece counted and
cost is a difference of two accounts, exact to the cycle, and the pieces sum to the whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from emulator.base.errors import ProgramError
from emulator.base.shipped import PROGRAMS
from emulator.machine import Machine
from emulator.result import Result
from isa import Program


@dataclass(frozen=True)
class Experiment:
    """One program with its arguments on one machine (the arguments of `Machine`)."""

    program: str  # the name of a source in `programs/lab`
    arguments: tuple[str, ...]
    machine: Mapping[str, Any]


@dataclass(frozen=True)
class Piece:
    """What a run counted and cost between two marks, by dotted name."""

    counters: Mapping[str, int]
    costs: Mapping[str, int]

    @property
    def cycles(self) -> int:
        """Cycles from one mark to the next; the costs sum to them."""
        return self.counters["cycles"]


@cache
def program_of_lab(name: str) -> Program:
    """Return the program `name` of the lab."""
    return Program.load(PROGRAMS / "lab" / f"{name}.s")


def marks_of(experiment: Experiment) -> tuple[int, ...]:
    """Return the instruction counts at which a run of `experiment` is to be cut."""
    return tuple(int(line) for line in finished(experiment, started(experiment).run()).stdout.split())


def pieces_of(experiment: Experiment, marks: tuple[int, ...]) -> tuple[Piece, ...]:
    """Run `experiment` and return its pieces: up to the first mark, between marks, and from the last one to the end."""
    machine = started(experiment)
    accounts, done = [], 0
    for mark in marks:
        accounts.append(machine.run(mark - done))
        done = mark
    accounts.append(finished(experiment, machine.run()))
    pieces, before = [], Piece({}, {})
    for account in accounts:
        pieces.append(Piece(_difference(account.counters, before.counters), _difference(account.costs, before.costs)))
        before = Piece(account.counters, account.costs)
    return tuple(pieces)


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


def _difference(after: Mapping[str, int], before: Mapping[str, int]) -> dict[str, int]:
    return {name: value - before.get(name, 0) for name, value in after.items()}
