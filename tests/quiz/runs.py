"""Runs of the teaching programs, each made once for all tests."""

import copy
from functools import cache
from pathlib import Path

from emulator import Machine
from emulator.observe.expect import read_runs
from emulator.quiz.runs import Runs
from isa import Program

PROGRAMS = Path(__file__).parents[2] / "programs"
ON_TWO_HARTS = "@2"  # ends a name: not as its `#? run:` line asks, but so
NAMES = [
    *(str(path.relative_to(PROGRAMS)) for path in sorted([*PROGRAMS.glob("*.s"), *PROGRAMS.glob("stale/*.s")])),
    *(f"{name}{ON_TWO_HARTS}" for name in ("shootdown.s", "cow_with_threads.s", "parent_writes_first.s")),
]
EVERYTHING = 1000  # more questions than there are


def maker(path, engine=None, **settings):
    """What makes machines for the program in a file, as its first `#? run:` line asks."""
    program = Program.load(path)
    asked = next(iter(read_runs("\n".join(program.source_map.lines), str(path))), None)
    options, overrides, words = (asked.options, asked.overrides, asked.arguments) if asked else ({}, {}, ())

    def make(changes):
        said = {**options, **settings, **changes}
        machine = Machine(engine=engine, overrides={**overrides, **said})
        machine.spawn(program, [Path(path).name, *words])
        return machine

    return make


@cache
def runs_of(name):
    """The runs of a teaching program."""
    two = {"harts": 2, "flush": "ceiling:33+lazy"} if name.endswith(ON_TWO_HARTS) else {}
    return Runs(maker(PROGRAMS / name.removesuffix(ON_TWO_HARTS), **two))


def seeded(runs, seed):
    """The same runs, with another seed to choose the questions."""
    other = copy.copy(runs)
    other.seed = seed
    return other
