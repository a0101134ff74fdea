"""The machine: hardware and kernel together, the only place where they meet. Run, trap, resolve, resume."""

import os
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from emulator.account import by_name, costs_of, counters_of, total
from emulator.base.errors import CheckerError, ConfigError, ProgramError, shown
from emulator.base.interrupts import Interrupts, held_back
from emulator.base.names import Counter, Trap
from emulator.config import Config, Profile, size_text
from emulator.config.limits import MOST_EVENTS, MOST_INSTRUCTIONS
from emulator.config.numbers import as_truth, as_whole
from emulator.config.settings import taking_settings
from emulator.kernel import syscalls
from emulator.kernel.accounts.eventlog import EventLog
from emulator.kernel.accounts.invalidations import Invalidations
from emulator.kernel.accounts.marks import Mark as RawMark
from emulator.kernel.boot import build_world
from emulator.kernel.doors.drive import RUN, drive
from emulator.kernel.io.streams import Input, Streams
from emulator.kernel.kernel import Kernel
from emulator.kernel.processes import traps
from emulator.kernel.processes.process import Process
from emulator.kernel.programs.image import Misplaced, OutOfFrames
from emulator.kernel.programs.images import Images
from emulator.kernel.service.arguments import Arguments, as_arguments
from emulator.look import Look
from emulator.look.memory import read_memory
from emulator.native.engine import Engine
from emulator.result import Mark, OwnCosts, ProcessReport, Result
from emulator.state import State, Stretch
from isa import Program

STRETCH = 50_000_000  # instructions between two looks at the keyboard: a fraction of a second
PLAIN_STRETCH = 10_000  # the same in plain Python, and between two looks for compiled code
SIGNAL_STATUS = 128


class Machine:
    """One simulated machine: processes are spawned on it, then it runs until they have ended.

    `choices` are settings by name, `harts=2` or `fork="eager"` (docs/settings.md); `overrides` are the command line's
    `--set`. `root` is the folder whose programs `execve` finds, by default that of the first program spawned. `engine`
    is "auto", "plain" or "compiled" (`emulator.native.engine`); None: as the environment says, else auto. `events` is
    how many events results keep, the first ones (docs/events.md); with `intervals` they say, too, who had which hart
    when. Raises ConfigError for a description that makes no machine.
    """

    __slots__ = (
        *("config", "world", "_engine", "_boot_frames", "_streams", "_images", "_events", "_invalidations", "kernel"),
        *("_first", "_held_back", "_look", "stops_at_ebreak", "__weakref__"),
    )

    @taking_settings
    def __init__(
        self,
        profile: str | Profile = "skylake",
        *,
        overrides: Mapping[str, str | int | float] | None = None,
        stdin: bytes | bytearray | memoryview | Input = b"",
        root: str | PathLike[str] | None = None,
        engine: str | None = None,
        events: int = MOST_EVENTS,
        intervals: bool = False,
        **choices: Any,
    ) -> None:
        self.config = Config.make(profile, overrides=overrides, **choices)
        try:
            self.world = build_world(self.config)
        except (MemoryError, OSError):
            raise ConfigError(f"memory: this computer has no {size_text(self.config.memory)} to spare") from None
        self._engine = Engine(self.world, engine)
        self._boot_frames = int(self.world.allocator.in_use)
        self._streams = Streams(stdin)
        self._images = Images(_folder(root) if root is not None else None)
        self._events = EventLog(self.world, as_whole(events, "events", 0, MOST_EVENTS))
        self._invalidations = Invalidations(self.world)
        self.kernel = Kernel(
            *(self.world, self.config, self._images, self._streams, self._events.drain, self._invalidations.make_room)
        )
        self.kernel.time.intervals.wanted = as_truth(intervals, "intervals")
        self._look = Look()
        self._first: Process | None = None
        self._held_back: tuple[int, Trap] | None = None  # the hart and its EBREAK that a stop came before
        self.stops_at_ebreak = False

    def spawn(self, program: Program, argv: Arguments | None = None, envp: Arguments = ()) -> Process:
        """Return a new process that will run `program`; `argv` is its name alone unless given.

        Raises ProgramError when the machine's memory does not hold it, and TypeError for what is no program.
        """
        if not isinstance(program, Program):
            raise TypeError(f"program: '{shown(program)}' is no Program; Program.load(path) makes one")
        named = [Path(program.name).name or "program"] if argv is None else argv
        arguments, environment = as_arguments(named, envp)
        if program.path:
            self._images.root_at(Path(program.path).parent)
        try:
            process = self.kernel.lives.spawn(self._images.add(program), arguments, environment)
        except Misplaced as error:
            raise ProgramError(f"{program.name or 'program'}: {error}") from None
        except OutOfFrames:
            raise ProgramError(
                f"{program.name or 'program'}: does not fit into {size_text(self.config.memory)} of memory"
            ) from None
        self._first = self._first or process
        return process

    def run(self, max_instructions: int | None = None) -> Result:
        """Run until every process has ended, or `max_instructions` more were retired; return how things stand.

        An interrupt from the keyboard ends the run early with everything counted so far. Raises ConfigError for a
        limit below 1.
        """
        most = MOST_INSTRUCTIONS
        if max_instructions is not None:
            most = as_whole(max_instructions, "max-instructions", 1, MOST_INSTRUCTIONS)
        return self.result(self.go_on(most))

    def go_on(self, most: int) -> str:
        """Run as `run` does, making no result; return how it ended, as in `Result.ended`.

        It ends with "stop" when one has come that `world.control` asks for, with "ebreak" before the trap of one.
        """
        try:
            with held_back() as interrupts:
                return self._run(self.retired + most, interrupts)
        except KeyboardInterrupt:
            return "interrupt"

    def _run(self, end: int, interrupts: Interrupts) -> str:
        kernel, control = self.kernel, self.world.control
        self._take_held_back()
        while kernel.dispatch():
            if interrupts.came:
                return "interrupt"
            if control.came:
                return "stop"
            retired = self.retired
            if retired >= end:
                return "limit"
            self._engine.look()
            stretch = min(end - retired, STRETCH if self.world.image else PLAIN_STRETCH)
            trap = Trap(drive(self.world, RUN, 0, stretch))
            kernel.hart.at(int(self.world.turns.last))
            if trap == Trap.BREAKPOINT and self.stops_at_ebreak:
                self._held_back = (kernel.hart.number, trap)
                return "ebreak"
            if trap == Trap.SYSCALL:
                syscalls.serve(kernel)
            elif trap != Trap.NONE:
                traps.take(kernel.lives, trap)
            elif kernel.hart.clock >= kernel.hart.slice_ends:
                kernel.time.give_way()
            elif self.retired >= retired + stretch:
                continue  # it only looked around, which leaves nothing behind: the buffers, too, stay as they are
            self._events.make_room()
            self._invalidations.make_room()
        return "exit" if not any(process.alive for process in kernel.lives.processes.values()) else "blocked"

    def _take_held_back(self) -> None:
        """Deal with the trap that a stop came before."""
        if self._held_back is not None:
            hart, trap = self._held_back
            self._held_back = None
            self.kernel.hart.at(hart)
            traps.take(self.kernel.lives, trap)

    def forget_held_back(self) -> bool:
        """Go on after the EBREAK that a stop came before, as if it were none; return whether there was one."""
        if self._held_back is None:
            return False
        hart, _ = self._held_back
        self._held_back = None
        self.kernel.hart.at(hart)
        self.kernel.hart.skip_call()
        return True

    def state(self, *ranges: tuple[int, int, int]) -> State:
        """Return what there is to see now: registers, page tables, TLBs, frames and their owners. It changes nothing.

        `ranges` are (pid, va, size) of memory to read along. Raises ConfigError for pages that there are not.
        """
        world, kernel = self.world, self.kernel
        memory = tuple(Stretch(pid, va, read_memory(world, kernel, pid, va, size)) for pid, va, size in ranges)
        return self._look.state(world, kernel, self._count_events(), memory)

    def _count_events(self) -> int:
        """Return how many events there have been, kept or not."""
        return sum(map(len, self._events.parts)) + self._events.left_out + int(self.world.log.events)

    @property
    def retired(self) -> int:
        """Instructions that all harts have retired."""
        return int(self.world.harts["count"][:, Counter.INSTRUCTIONS].sum())

    def result(self, ended: str) -> Result:
        """Return how things stand; `ended` says why the run stands still, as in `Result.ended`."""
        self._events.drain()
        per_hart = tuple((counters_of(hart), costs_of(hart)) for hart in self.world.harts)
        counters, costs = total(counters for counters, _ in per_hart), total(costs for _, costs in per_hart)
        counters |= self._frame_counters()
        first = self._first
        status = 0
        if first is not None and first.signal is not None:
            status = SIGNAL_STATUS + first.signal
        elif first is not None:
            status = first.status or 0
        return Result(
            exit_status=status,
            stdout=self._streams.out.decode("utf-8", "surrogateescape"),
            stderr=self._streams.err.decode("utf-8", "surrogateescape"),
            counters=counters,
            costs=costs,
            event_parts=tuple(self._events.parts),
            processes=tuple(
                ProcessReport(process.pid, process.parent, process.image.number, process.status, process.signal)
                for process in self.kernel.lives.processes.values()
            ),
            images=tuple(image.program for image in self._images.all),
            per_hart=per_hart,
            marks=tuple(map(_read_mark, self.kernel.notes.marks)),
            invalidation_parts=self._invalidations.parts(),
            stale=self._stale_uses(),
            ended=ended,
            unknown_calls=dict(sorted(self.kernel.notes.unknown_calls.items())),
            calls={number: call.arguments for number, call in syscalls.CALLS.items()},
            settings=self.config.settings(),
            own=tuple(OwnCosts(*key, by_name(costs)) for key, costs in sorted(self.kernel.time.own_costs().items())),
            intervals=self.kernel.time.intervals.table([int(hart.clock) for hart in self.world.harts]),
            events_left_out=self._events.left_out,
            invalidations_left_out=self._invalidations.left_out,
        )

    def _stale_uses(self) -> npt.NDArray[Any]:
        """Return what the checker has found, `STALE_ROW` records of shape (n,). Raises CheckerError if it failed."""
        checker = self.world.checker
        if checker.disagreements:
            raise CheckerError(f"what is suspect and what memory grants differed at {checker.disagreements} TLB hits")
        if checker.lost:
            raise CheckerError(f"there was no room to watch page tables {checker.lost} times; a smaller run is right")
        return np.asarray(checker.row[: int(checker.rows)]).copy()

    def _frame_counters(self) -> dict[str, int]:
        allocator = self.world.allocator
        in_use = int(allocator.in_use)
        return {
            "frames.in_use": in_use,
            "frames.peak": int(allocator.peak),
            "frames.allocated": int(allocator.allocated),
            "frames.freed": int(allocator.freed),
            "frames.leaked": in_use - self._boot_frames,
        }


def _folder(root: str | PathLike[str]) -> Path:
    """Return the folder where `execve` looks. Raises ConfigError for what is no path."""
    if not isinstance(root, str | PathLike) or "\0" in os.fspath(root):
        raise ConfigError(f"root: '{shown(root)}' is no path of a folder")
    return Path(root)


def _read_mark(mark: RawMark) -> Mark:
    """Return a mark with its accounts by name."""
    accounts = tuple((counters_of(account), costs_of(account)) for account in mark.accounts)
    return Mark(mark.number, mark.hart, int(mark.accounts[mark.hart]["clock"]), accounts)
