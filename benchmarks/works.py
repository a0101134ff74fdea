"""The works: programs that set up, then do the same pass again and again. A pass is timed, setting up is not.

Every program takes the number of passes as its argument, checks at its end what it has computed, and exits with 0 only
if it is right. With 0 passes it sets up and ends in `EMPTY_END` instructions: so its length says where passes begin.
"""

import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from emulator import Machine
from emulator.result import Result
from isa import Program

PROGRAMS = Path(__file__).parent / "programs"
EMPTY_END = 5  # beqz, beqz, li, li, ecall
FOREVER = 10**9
DIGITS = 10  # of the argument, always: reading it takes the same number of instructions


@dataclass(frozen=True)
class Work:
    """A program and what of a pass is timed: `before` instructions pass untimed, then `timed` ones (0: all)."""

    name: str
    memory: str
    checked_passes: int  # as many as the program's own check needs to say anything
    before: int = 0
    timed: int = 0


@dataclass(frozen=True)
class Timing:
    """What was done in how many seconds of CPU time."""

    seconds: float
    instructions: int
    translations: int  # look-ups in the instruction and data TLBs
    faults: int
    copies: int
    protected: int  # pages that a fork made read-only


CLONE = 6  # beqz, addi, and the call's three loads and ecall
WAIT = 7  # the parent goes on: beqz, five loads, ecall
PAGES = 4096
FORKED_PAGES = 65536

WORKS = {
    work.name: work
    for work in (
        Work("hot_loop", "16MiB", 10),
        Work("stride", "128MiB", 10),
        Work("chase", "128MiB", 16),
        Work("cow_storm", "64MiB", 2, timed=CLONE + WAIT + 3 + 3 * PAGES),
        Work("wide_fork", "512MiB", 2, before=CLONE - 1, timed=1),
    )
}


@cache
def program_of(name: str) -> Program:
    """Return the program of the work `name`."""
    return Program.load(PROGRAMS / f"{name}.s")


def finished(work: Work, passes: int) -> Result:
    """Run `passes` passes to the end; the program must have found its result right."""
    result = started(work, passes).run()
    assert result.exit_status == 0, f"{work.name}: exit status {result.exit_status}: computed something else"
    return result


def started(work: Work, passes: int, check_stale: bool | str = False) -> Machine:
    """Return a machine with the program of `work`, which has not run yet."""
    machine = Machine(memory=work.memory, check_stale=check_stale)
    machine.spawn(program_of(work.name), argv=[work.name, str(passes).zfill(DIGITS)])
    return machine


@cache
def lengths(work: Work) -> tuple[int, int]:
    """Return (instructions until passes begin, instructions of one pass)."""
    none, one, two = (finished(work, passes).instructions for passes in (0, 1, 2))
    assert two - one > 0
    return none - EMPTY_END, two - one


def check(work: Work) -> None:
    """Run enough passes for the program's own check, and see that the emulator did what the work is about."""
    result = finished(work, work.checked_passes)
    counters = result.counters
    if work.name == "stride":
        assert counters["tlb.l2.misses"] >= 16384 * work.checked_passes
    if work.name == "cow_storm":
        assert counters["cow.copies"] == PAGES * work.checked_passes
    if work.name == "wide_fork":
        assert counters["fork.count"] == work.checked_passes
        assert counters["fork.write_protected"] >= FORKED_PAGES * work.checked_passes
    assert counters["frames.leaked"] == 0


class Bench:
    """A machine on which a work is set up, one pass done; then it is made `ready` and `timed` in turns.

    `check_stale` is that of the machine.
    """

    def __init__(self, work: Work, check_stale: bool | str = False) -> None:
        self._work = work
        head, self._pass = lengths(work)
        self._machine = started(work, FOREVER, check_stale)
        self._last = self._machine.run(head + self._pass)
        self._left = 0  # of the pass whose timed part is over

    def ready(self) -> None:
        """Go on to where the timed part of the next pass begins."""
        if self._left + self._work.before:
            self._last = self._machine.run(self._left + self._work.before)
        self._left = 0

    def timed(self, passes: int = 1) -> Timing:
        """Time `passes` passes, or the part of one that is to be timed."""
        work = self._work
        if not work.timed:
            return self._timed(passes * self._pass)
        assert passes == 1
        timing = self._timed(work.timed)
        self._left = self._pass - work.before - work.timed
        if work.name == "cow_storm":
            assert timing.copies == PAGES, "not every page was copied within the timed instructions"
        else:
            assert timing.protected >= FORKED_PAGES, "the fork is not within the timed instruction"
        return timing

    def measure(self, passes: int = 1) -> Timing:
        """Get ready and time."""
        self.ready()
        return self.timed(passes)

    def _timed(self, instructions: int) -> Timing:
        before = self._last.counters
        start = time.process_time()
        self._last = self._machine.run(instructions)
        seconds = time.process_time() - start
        after = self._last.counters

        def more(*names: str) -> int:
            return sum(after[name] - before[name] for name in names)

        assert more("instructions") == instructions
        return Timing(
            seconds,
            instructions,
            more("tlb.l1d.accesses", "tlb.l1i.accesses"),
            more("fault.total"),
            more("cow.copies"),
            more("fork.write_protected"),
        )
