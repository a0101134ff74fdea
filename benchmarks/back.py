"""Steps backwards: what somebody waits for who goes one instruction back."""

import random
import time
from functools import cache
from pathlib import Path

from emulator import Machine
from emulator.result import Result
from isa import Program

PROGRAMS = Path(__file__).parents[1] / "programs"
PLACES = 12  # in a run, at random


@cache
def longest() -> tuple[str, Result]:
    """Return the program of `programs/` that retires the most instructions, and its run."""
    runs = {path.stem: _machine(path.stem).run() for path in sorted(PROGRAMS.glob("*.s"))}
    name = max(runs, key=lambda name: runs[name].instructions)
    return name, runs[name]


def steps(seed: int) -> list[float]:
    """Return the seconds of steps backwards from places at random, the run having been seen to its end."""
    name, ran = longest()
    machine, chance = _machine(name), random.Random(seed)
    machine.run()
    machine.back()
    found = []
    for _ in range(PLACES):
        machine.goto(instruction=chance.randrange(ran.instructions // 2, ran.instructions))
        here = machine.now.instruction
        began = time.perf_counter()
        machine.back()
        found.append(time.perf_counter() - began)
        assert machine.now.instruction < here
    machine.goto(instruction=ran.instructions)
    assert machine.run().counters == ran.counters, "whoever looked has changed something"
    return found


def _machine(name: str) -> Machine:
    machine = Machine(engine="compiled")
    machine.spawn(Program.load(PROGRAMS / f"{name}.s"))
    return machine
