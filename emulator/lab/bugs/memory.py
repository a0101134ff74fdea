"""The kernels that are wrong in keeping memory (`--set bug=`), and which check finds what each does.

Each is shown by a program of `programs`, run as its `#? run:` lines ask. Four checks look at each run, and none of them
knows which mistake the kernel makes:

    data        what the program itself finds in its memory, or how it ends: its exit status and output
    promises    the other `#?` lines: how many faults, copies, frames there are by the rules
    balance     each frame counts just the references that there are (`look/balance.py`)
    stale       no TLB entry is used that memory does not grant
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from emulator.base.shipped import PROGRAMS
from emulator.lab.bugs.kernel import NONE
from emulator.look.balance import imbalances
from emulator.machine import Machine
from emulator.observe.asked import Run
from emulator.observe.expect import Expectations, evaluate, read_expectations
from isa import Program

BOUND = 2_000_000  # instructions of a run: several times what the longest takes on a right kernel
DATA = ("exit_status", "stdout", "stderr", "ended")


@dataclass(frozen=True)
class Keeper:
    """A kernel that makes one mistake in keeping memory, or NONE, and the programs that show it."""

    bug: str
    programs: tuple[str, ...]
    engine: str | None = None

    @property
    def weight(self) -> int:
        """How long it takes, compared with others."""
        return len(self.programs)


@dataclass(frozen=True)
class Caught:
    """In how many of the `runs` each check found something wrong."""

    bug: str
    program: str
    runs: int
    data: int
    promises: int
    balance: int
    stale: int

    @property
    def found(self) -> int:
        """In how many checks of a run something was found."""
        return self.data + self.promises + self.balance + self.stale

    @property
    def fails(self) -> bool:
        """Whether nothing has found the mistake; of the right kernel: whether anything was found."""
        return (self.found > 0) == (self.bug == NONE)


SHOWN_BY = {
    "reuse-by-maps": "wrong/file",
    "freed-at-one": "child_writes_first",
    "fork-uncounted": "child_writes_first",
    "split-uncounted": "wrong/cut",
    "tables-kept": "fork_exec",
    "parent-writable": "parent_writes_first",
    "child-writable": "child_writes_first",
    "wipe-ignored": "wrong/shared",
    "fork-fails-unflushed": "wrong/crowded",
    "fork-fails-leaking": "wrong/crowded",
    "cow-any-region": "store_to_read_only",
    "shared-copied": "wrong/shared",
    "shared-zero": "wrong/shared",
    "spurious-copied": "wrong/spurious",
    "zero-reused": "zero_page",
    "dirty-lost": "wrong/copies",
    "dropped-before-copy": "wrong/crowded",
    "cleared-in-vain": "wrong/crowded",
    "copied-next": "wrong/copies",
    "half-copied": "wrong/copies",
    "uncleared": "wrong/fresh",
    "file-as-zeros": "wrong/file",
    "copyout-ignores-w": "syscall_copy_out",
    "protect-at-once": "wrong/file",
    "unmap-whole-region": "wrong/cut",
    "exec-leaks": "fork_exec",
    "swap-in-losing-d": "swap",
    "moved-unflushed": "mremap",
}
KEEPERS = (
    Keeper(NONE, tuple(dict.fromkeys(SHOWN_BY.values()))),
    *(Keeper(bug, (program,)) for bug, program in SHOWN_BY.items()),
)


def keepers(only: str | None, engine: str | None = None) -> list[Keeper]:
    """Return all of these kernels, or the one that makes the mistake `only`."""
    return [replace(keeper, engine=engine) for keeper in KEEPERS if only in (None, keeper.bug)]


def caught(keeper: Keeper) -> Caught:
    """Run its programs as they ask, and say which checks have found something."""
    looks = [_look(keeper, program, asked) for program in keeper.programs for asked in _promised(program).runs]
    counts = [sum(column) for column in zip(*looks, strict=True)]
    named = keeper.programs[0] if keeper.bug != NONE else ""
    return Caught(keeper.bug, named, len(looks), *counts)


def _look(keeper: Keeper, name: str, asked: Run) -> Iterator[bool]:
    """Yield what each check says of one run: whether it has found anything wrong."""
    settings = {**asked.options, **asked.overrides, "check_stale": "1", "bug": keeper.bug}
    profile = settings.pop("profile", "skylake")
    machine = Machine(profile, overrides=settings, root=PROGRAMS, events=0, engine=keeper.engine)
    machine.spawn(_program(name), argv=[f"{name}.s", *asked.arguments])
    result = machine.run(min(asked.max_instructions or BOUND, BOUND))
    if result.ended == "interrupt":
        raise KeyboardInterrupt
    broken = {verdict.expectation.subject for verdict in evaluate(_promised(name).lines, result) if not verdict.holds}
    yield not broken.isdisjoint(DATA) or result.ended not in ("exit", "limit")
    yield not broken <= {*DATA, "stale.uses"}
    yield bool(imbalances(machine.world, machine.kernel))
    yield result.counters["stale.uses"] > 0


@cache
def _program(name: str) -> Program:
    return Program.load(PROGRAMS / f"{name}.s")


@cache
def _promised(name: str) -> Expectations:
    return read_expectations("\n".join(_program(name).source_map.lines), f"{name}.s")
