"""Hardware and kernel together, the only place where they meet: run, trap, resolve, resume."""

import os
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path

from emulator.base.errors import ConfigError, ProgramError, shown
from emulator.base.interrupts import Interrupts, held_back
from emulator.base.names import Counter, Trap
from emulator.config import Config, size_text
from emulator.kernel import syscalls
from emulator.kernel.accounts.eventlog import EventLog
from emulator.kernel.accounts.frame_log import FrameLog
from emulator.kernel.accounts.invalidations import Invalidations
from emulator.kernel.boot import build_world
from emulator.kernel.doors.drive import RUN, drive
from emulator.kernel.io.openfile import FileError
from emulator.kernel.io.streams import Input, Streams
from emulator.kernel.kernel import Kernel
from emulator.kernel.processes import traps
from emulator.kernel.processes.process import Process
from emulator.kernel.processes.signals import Signal
from emulator.kernel.programs.image import Misplaced, OutOfFrames
from emulator.kernel.programs.images import Images
from emulator.kernel.service.arguments import Arguments, as_arguments
from emulator.native.engine import Engine
from isa import Program

STRETCH = 50_000_000  # instructions between two looks at the keyboard: a fraction of a second
PLAIN_STRETCH = 10_000  # the same in plain Python, and between two looks for compiled code
MOST_TRAPS = 1 << 62


class Core:
    """A machine that `config` describes: its world, its kernel, and the loop that runs them.

    `events` is how many events are kept, the first ones; `intervals`: who had which hart when is kept, too, and with
    `ledger` what was done with each frame. The other arguments are those of `Machine`. Raises ConfigError for what
    makes no machine.
    """

    def __init__(
        self,
        config: Config,
        stdin: bytes | bytearray | memoryview | Input,
        root: str | PathLike[str] | None,
        engine: str | None,
        events: int,
        intervals: bool,
        ledger: bool,
    ) -> None:
        self.config = config
        try:
            self.world = build_world(config)
        except (MemoryError, OSError):
            raise ConfigError(f"memory: this computer has no {size_text(config.memory)} to spare") from None
        self._retired = self.world.harts["count"][:, Counter.INSTRUCTIONS]
        self._engine = Engine(self.world, engine)
        self.boot_frames = int(self.world.allocator.in_use)
        self.streams = Streams(stdin)
        self.images = Images()
        self.frames = FrameLog(self.world, ledger)
        self.events = EventLog(self.world, events, self.frames)
        self.invalidations = Invalidations(self.world)
        make_room = _both(self.invalidations.make_room, self.frames.make_room)
        self.kernel = Kernel(*(self.world, config, self.images, self.streams, self.events.drain, make_room))
        self.kernel.time.intervals.wanted = intervals
        if root is not None:
            self._root_at(_folder(root))
        self.first: Process | None = None
        self.holds_back: frozenset[Trap] = frozenset()  # traps that end in a signal, to stop before
        self._held_back: tuple[int, Trap, Signal] | None = None  # a hart's trap that a stop came before

    def spawn(self, program: Program, argv: Arguments | None, envp: Arguments) -> Process:
        """Return a new process that will run `program`. Raises ProgramError, or TypeError for what is no program."""
        if not isinstance(program, Program):
            raise TypeError(f"program: '{shown(program)}' is no Program; Program.load(path) makes one")
        named = [Path(program.name).name or "program"] if argv is None else argv
        arguments, environment = as_arguments(named, envp)
        if program.path:
            self._root_at(Path(program.path).parent)
        try:
            process = self.kernel.lives.spawn(self.images.add(program), arguments, environment)
        except Misplaced as error:
            raise ProgramError(f"{program.name or 'program'}: {error}") from None
        except OutOfFrames:
            raise ProgramError(
                f"{program.name or 'program'}: does not fit into {size_text(self.config.memory)} of memory"
            ) from None
        self.first = self.first or process
        return process

    def _root_at(self, folder: Path) -> None:
        """Let `folder` be the root, if there is none yet."""
        if self.images.root is None:
            self.images.root = folder
            self.kernel.files.names.root_at(os.fspath(folder))

    def add_files(self, files: Mapping[str, bytes]) -> None:
        """Let there be `files`, contents by path. Raises ConfigError."""
        if not isinstance(files, Mapping):
            raise ConfigError(f"files: '{shown(files)}' is no mapping; {{'/data/words': b'one two'}} is right")
        for path, content in files.items():
            if not isinstance(path, str) or not isinstance(content, bytes | bytearray | memoryview):
                raise ConfigError(f"files['{shown(path)}']: '{shown(content)}' is not bytes by path; b'text' is right")
            try:
                self.kernel.files.names.add(path, bytes(content))
            except FileError as error:
                raise ConfigError(f"files['{shown(path)}']: cannot be there: {error}") from None

    def run(self, most: int, most_traps: int = MOST_TRAPS) -> str:
        """Run until all has ended, `most` more instructions were retired, or Python has served so many traps.

        Return how it ended, as in `Result.ended`, or "traps". It ends with "stop" when one has come that
        `world.control` asks for, with "ebreak" or "signal" before a trap that is held back.
        """
        try:
            with held_back() as interrupts:
                return self._run(self.retired + most, most_traps, interrupts)
        except KeyboardInterrupt:
            return "interrupt"

    def _run(self, end: int, most_traps: int, interrupts: Interrupts) -> str:
        kernel, control = self.kernel, self.world.control
        self._take_held_back()
        while not control.came and kernel.dispatch():
            if interrupts.came:
                return "interrupt"
            if control.came:
                break
            retired = self.retired
            if retired >= end:
                return "limit"
            if most_traps <= 0:
                return "traps"
            self._engine.look()
            stretch = min(end - retired, STRETCH if self.world.image else PLAIN_STRETCH)
            trap = Trap(drive(self.world, RUN, 0, stretch))
            kernel.hart.at(int(self.world.turns.last))
            if trap in self.holds_back:
                self._held_back = kernel.hart.number, trap, traps.signal_of(kernel.lives, trap)
                return "ebreak" if trap == Trap.BREAKPOINT else "signal"
            if trap == Trap.SYSCALL:
                syscalls.serve(kernel)
            elif trap != Trap.NONE:
                traps.take(kernel.lives, trap, traps.signal_of(kernel.lives, trap))
            elif kernel.hart.clock >= kernel.hart.slice_ends:
                kernel.time.give_way()
            elif self.retired >= retired + stretch:
                continue  # it only looked around, which leaves nothing behind: the buffers, too, stay as they are
            most_traps -= 1
            self.events.make_room()
            self.invalidations.make_room()
            self.frames.make_room()
        if control.came:
            return "stop"
        return "exit" if not any(process.alive for process in kernel.lives.processes.values()) else "blocked"

    def _take_held_back(self) -> None:
        """Deal with the trap that a stop came before."""
        if self._held_back is not None:
            hart, trap, signal = self._held_back
            self._held_back = None
            self.kernel.hart.at(hart)
            traps.take(self.kernel.lives, trap, signal)

    @property
    def signal(self) -> Signal | None:
        """What the trap that a stop came before will end in, a handler's or its process's; None for no such trap."""
        return None if self._held_back is None else self._held_back[2]

    def forget_held_back(self) -> bool:
        """Let the trap that a stop came before have no consequence; return whether there was one.

        An EBREAK is passed over, any other instruction runs again.
        """
        if self._held_back is None:
            return False
        hart, trap, _ = self._held_back
        self._held_back = None
        self.kernel.hart.at(hart)
        if trap == Trap.BREAKPOINT:
            self.kernel.hart.skip_call()
        return True

    @property
    def retired(self) -> int:
        """Instructions that all harts have retired."""
        return sum(self._retired.tolist())


def _both(one: Callable[[], None], other: Callable[[], None]) -> Callable[[], None]:
    """Return what does both. It knows no more than these: a core that knew itself would be freed late."""

    def do() -> None:
        one()
        other()

    return do


def _folder(root: str | PathLike[str]) -> Path:
    """Return the folder where `execve` looks. Raises ConfigError for what is no path."""
    if not isinstance(root, str | PathLike) or "\0" in os.fspath(root):
        raise ConfigError(f"root: '{shown(root)}' is no path of a folder")
    return Path(root)
