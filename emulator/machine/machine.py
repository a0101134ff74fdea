"""The machine that users build: programs are spawned on it, it runs, and its time can be walked back and forth."""

from collections.abc import Callable, Mapping
from os import PathLike
from typing import Any, NamedTuple

from emulator.base.errors import TravelError
from emulator.config import Config, Profile
from emulator.config.limits import MOST_EVENTS, MOST_INSTRUCTIONS
from emulator.config.numbers import as_truth, as_whole
from emulator.config.settings import taking_settings
from emulator.config.sizes import parse_size
from emulator.kernel.io.streams import Input
from emulator.kernel.processes.process import Process
from emulator.kernel.service.arguments import Arguments
from emulator.look import Look
from emulator.look.memory import read_memory
from emulator.machine.core import Core
from emulator.machine.history import Place, Snapshot
from emulator.machine.kinds import wanted
from emulator.machine.memento import Memento
from emulator.machine.outcome import result_of
from emulator.machine.pages import Pages
from emulator.machine.travel import Travel, nothing, visit_all
from emulator.result import Result
from emulator.state import State, Stretch
from isa import Program

HISTORY = "256MiB"


class Now(NamedTuple):
    """Where a machine stands in its time.

    `instruction` counts those that all harts have retired, `event` the events that have been told: the last one is
    `Result.events[event - 1]`, and event `event` of the page that `explain --html` writes. `hart` is the one that ran
    last, `cycle` its clock; `process` and `thread` are the numbers of what runs there, 0 for nothing, and `pc` is its
    next instruction.
    """

    instruction: int
    event: int
    cycle: int
    hart: int
    process: int
    thread: int
    pc: int


class Machine:
    """One simulated machine: processes are spawned on it, then it runs until they have ended.

    `choices` are settings by name, `harts=2` or `fork="eager"` (docs/settings.md); `overrides` are the command line's
    `--set`. `root` is the folder whose files programs can open and run, by default that of the first program spawned;
    nothing there is ever written to. `files` are more files, contents by path. `engine` is "auto", "plain" or
    "compiled" (`emulator.native.engine`); None: as the environment says, else auto. `events` is how many events results
    keep, the first ones (docs/events.md); with `intervals` they say, too, who had which hart when, with `ledger` what
    was done with each frame (docs/ledger.md). `history` is how much of the host's memory snapshots may take, bytes or a
    size such as "1GiB", for machines whose time is walked back and forth: nothing is kept before that is first asked
    for. Raises ConfigError for a description that makes no machine.
    """

    __slots__ = (
        *("config", "core", "world", "kernel", "_history", "_travel", "_make", "_spawned", "_boot", "_look", "_files"),
        "__weakref__",
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
        ledger: bool = False,
        history: str | int = HISTORY,
        files: Mapping[str, bytes] | None = None,
        **choices: Any,
    ) -> None:
        self.config = Config.make(profile, overrides=overrides, **choices)
        kept = as_whole(events, "events", 0, MOST_EVENTS)
        self._history = parse_size(history, "history")
        wanted = as_truth(intervals, "intervals"), as_truth(ledger, "ledger")
        self._make = (self.config, stdin, root, engine, kept, *wanted)
        self._files = files or {}
        self.core = self._new_core()
        self.world, self.kernel = self.core.world, self.core.kernel
        self._travel: Travel | None = None
        self._spawned: list[tuple[Program, Arguments | None, Arguments]] = []
        self._boot: Memento | None = None  # as it was before it first ran
        self._look = Look()

    def spawn(self, program: Program, argv: Arguments | None = None, envp: Arguments = ()) -> Process:
        """Return a new process that will run `program`; `argv` is its name alone unless given.

        Raises ProgramError when the machine's memory does not hold it, and TypeError for what is no program.
        """
        process = self.core.spawn(program, argv, envp)
        self._spawned.append((program, argv, envp))
        self.changed()
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

    def result(self, ended: str) -> Result:
        """Return how things stand; `ended` says why the run stands still, as in `Result.ended`."""
        return result_of(self.core, ended)

    def state(self, *ranges: tuple[int, int, int]) -> State:
        """Return what there is to see now: registers, page tables, TLBs, frames and their owners. It changes nothing.

        `ranges` are (pid, va, size) of memory to read along. Raises ConfigError for pages that there are not.
        """
        world, kernel = self.world, self.kernel
        memory = tuple(Stretch(pid, va, read_memory(world, kernel, pid, va, size)) for pid, va, size in ranges)
        return self._look.state(world, kernel, self.core.events.told, memory)

    def go_on(self, most: int) -> str:
        """Run as `run` does, making no result; return how it ended, as in `Result.ended`.

        It ends with "stop" when one has come that `world.control` asks for, with "ebreak" before the trap of one.
        """
        if self._travel is not None:
            return self._travel.run(most)
        if self._boot is None and self._spawned:
            self._boot = Memento(self.core)
        return self.core.run(most)

    # its time

    @property
    def now(self) -> Now:
        """Where it stands."""
        hart = int(self.world.turns.last)
        record, thread = self.world.hart[hart], self.kernel.time.on(hart)
        process, tid = (0, 0) if thread is None else (thread.process.pid, thread.tid)
        told = self.core.events.told
        return Now(self.core.retired, told, int(record.clock), hart, process, tid, int(record.pc))

    def step(self, n: int = 1) -> Now:
        """Retire `n` more instructions, on whichever harts it is their turn, or fewer where the run ends before.

        Breakpoints (`Control`) stop it, too. Raises ConfigError for less than 1.
        """
        count = as_whole(n, "step", 1, MOST_INSTRUCTIONS)
        self._travelling().run(count)
        return self.now

    def back(self, n: int = 1) -> Now:
        """Go back to where `n` instructions fewer had been retired.

        Between instructions that a machine does not stand still between (`emulator.machine.travel`), it is the last
        place before. Raises ConfigError for less than 1, TravelError beyond the beginning, nothing changed.
        """
        self._travelling().back(as_whole(n, "back", 1, MOST_INSTRUCTIONS))
        return self.now

    def goto(self, *, instruction: int | None = None, event: int | None = None) -> Now:
        """Go to where `instruction` instructions had been retired, or `event` events told: to after the last of these.

        Raises TravelError beyond the end and before the beginning, ConfigError for what is no number or two of them;
        nothing is changed then.
        """
        if (instruction is None) == (event is None):
            raise TravelError("goto: one place is needed, instruction=N or event=N")
        if instruction is not None:
            self._travelling().to_instruction(as_whole(instruction, "instruction", 0, MOST_INSTRUCTIONS))
        else:
            self._travelling().to_event(as_whole(event, "event", 0, MOST_INSTRUCTIONS))
        return self.now

    def next(self, kind: str) -> Now | None:
        """Go on to the next event of `kind`: "fault", "copy", "syscall", "switch", "invalidation", "exit", "event", or
        any of docs/events.md. Return None, nothing changed, where none comes.

        Raises TravelError for another kind.
        """
        asked = wanted(kind)
        return self.now if self._travelling().next(asked) else None

    def previous(self, kind: str) -> Now | None:
        """Go back to the last event of `kind` before this place, as `next` goes on; None where there is none."""
        asked = wanted(kind)
        return self.now if self._travelling().previous(asked) else None

    def previous_stop(self, visits: Callable[[str], bool] = visit_all, begin: Callable[[], None] = nothing) -> bool:
        """Go back to the last place before this one where a run stops that is controlled (`Control`).

        Return whether there is one; if not, the machine is at the beginning of its history. `visits` may say that a
        stop is none, given how the run ended ("stop", "ebreak", "signal"): it is asked for some stops in the order of
        their time, after a call of `begin`.
        """
        return self._travelling().previous_stop(visits, begin)

    def previous_step(self, tid: int) -> bool:
        """Go back to before the last instruction that thread `tid` has retired; as `previous_stop` where there is none.

        Other threads' instructions since then are undone, too.
        """
        return self._travelling().previous_step(tid)

    def changed(self) -> None:
        """Note that somebody has changed the machine by hand: a run from an earlier time would not do so again."""
        if self._travel is not None:
            self._travel.changed()
        elif self._boot is not None:
            self._spawned.clear()

    def _new_core(self) -> Core:
        """Return a machine that has not run yet, all bytes of it as `core`'s were. Raises ConfigError."""
        core = Core(*self._make)
        core.add_files(self._files)
        return core

    def _travelling(self) -> Travel:
        """Return the machine's time, which begins with the first call. Raises TravelError or ConfigError.

        It begins at the first instruction: of a machine that has run already, another one is booted for its bytes.
        """
        if self._travel is None:
            if self._boot is None:
                self._travel = Travel(self.core, self._history)
            elif not self._spawned:
                raise TravelError("history: the machine was changed by hand before anybody walked in its time")
            else:
                twin = self._new_core()
                for spawned in self._spawned:
                    twin.spawn(*spawned)
                place = Place(0, twin.events.told)
                boot = Snapshot(place, Pages(twin.world).keep(), self._boot)
                self._travel = Travel(self.core, self._history, boot)
        return self._travel
