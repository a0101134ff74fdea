"""Many harts: how fast they run together, and what a shootdown takes of the host's time.

Both come from two runs that differ in their rounds alone: beginning and ending cancel out.
"""

import subprocess
import sys
import time
from functools import cache
from pathlib import Path

from emulator import Machine
from emulator.result import Result
from isa import Program

TOP = Path(__file__).parents[1]
HOT = TOP / "programs" / "lab" / "hot.s"
SHOOTDOWN = TOP / "benchmarks" / "programs" / "shootdown.s"
HARTS = 16
CALLS = 2  # of mprotect a round
INSTRUCTIONS = 30_000_000  # of a hot loop, over all harts
HOT_ROUND = 512 * 5  # instructions
SHOOTDOWNS = 2000
COMMAND = "import sys; from emulator.cli import invoke; sys.exit(invoke(sys.argv[1:]))"


@cache
def _program(path: Path) -> Program:
    return Program.load(str(path))


def _timed(path: Path, harts: int, *arguments: int) -> tuple[float, Result]:
    """Return seconds of CPU time and the result of a run to its end, which must be a good one."""
    machine = Machine(harts=harts, memory="64MiB")
    machine.spawn(_program(path), argv=[path.stem, *map(str, arguments)])
    start = time.process_time()
    result = machine.run()
    seconds = time.process_time() - start
    assert result.exit_status == 0, f"{path.stem}: exit status {result.exit_status}"
    return seconds, result


def check() -> None:
    """Run each program once to its end, in which it checks what it has done."""
    for harts in (1, 2):
        _timed(HOT, harts, 1, harts)
        _timed(SHOOTDOWN, harts, 1, harts - 1)


def speed(harts: int) -> float:
    """Return instructions a second of CPU time of a loop of hits, on each of `harts` harts at once."""
    rounds = INSTRUCTIONS // (HOT_ROUND * harts)
    short, few = _timed(HOT, harts, rounds // 10, harts)
    long, many = _timed(HOT, harts, rounds, harts)
    return (many.instructions - few.instructions) / (long - short)


def shootdown(harts: int = HARTS) -> float:
    """Return microseconds of CPU time that telling `harts` - 1 others of 33 pages adds to a call."""
    return _call(harts) - _call(1)


def _call(harts: int) -> float:
    """Return microseconds of a call of mprotect for 33 pages that `harts` harts have in their TLBs."""
    rounds = SHOOTDOWNS // CALLS
    short, few = _timed(SHOOTDOWN, harts, rounds // 10, harts - 1)
    long, many = _timed(SHOOTDOWN, harts, rounds, harts - 1)
    calls = (rounds - rounds // 10) * CALLS
    sent = many.counters["shootdown.ipis"] - few.counters["shootdown.ipis"]
    assert sent == calls * (harts - 1), f"{sent} interrupts, not {calls} x {harts - 1}"
    return (long - short) / calls * 1e6


def sweep() -> float:
    """Return the seconds on the wall of `pagewalk lab invalidation` as it is without options, on two processes."""
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", COMMAND, "lab", "invalidation", "--jobs", "2"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - start
