"""Stopping a machine, looking at it, and going on: what debuggers, steppers and timelines are made of.

Looking changes nothing, and neither does stopping: a run that is stopped anywhere, any number of times, has the
counters, costs and events of one that is not.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from emulator.base.errors import ConfigError
from emulator.base.names import Counter, Event, Reason, Trap
from emulator.config.limits import MOST_INSTRUCTIONS
from emulator.config.numbers import as_whole
from emulator.kernel.doors import entries
from emulator.kernel.doors.writing import put_bytes
from emulator.kernel.processes.process import Thread
from emulator.kernel.processes.signals import Signal
from emulator.kernel.service.served import REGISTERS
from emulator.kernel.service.usercopy import BadAddress
from emulator.look.memory import MOST_ADDRESS, places_of, process_of, read_memory
from emulator.machine.machine import Machine
from emulator.machine.travel import nothing
from emulator.machine.watch import Watch, check_watch, read_watch, write_watch
from emulator.world.control import MAX_BREAKPOINTS, MAX_WATCHES
from isa import Program


class Stop(NamedTuple):
    """Where a run stands, and why it stopped there.

    `why` is "limit" (as many instructions as asked for), "breakpoint", "watch" (the next instruction accesses memory
    that is watched), "step", "event", "stale", "ebreak", "signal" (one is about to be sent), "exit", "blocked"
    (every thread that is left waits for ever) or "interrupt". `hart` is the one that it happened on; `pid` and `tid`
    are of what runs there, 0 for nothing, and `pc` is its next instruction. `instructions` and `cycle` count from the
    start: those of all harts, and the hart's clock. `watch` is what will be accessed, first at `va`.
    """

    why: str
    hart: int
    pid: int
    tid: int
    pc: int
    instructions: int
    cycle: int
    watch: Watch | None = None
    va: int = 0


class Control:
    """Runs `machine` piece by piece. Any number of these may be made of one machine."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._record = machine.world.control

    # going on

    def step(self, count: int = 1) -> Stop:
        """Retire `count` more instructions, on whichever harts it is their turn. Raises ConfigError for less than 1."""
        return self.run(count)

    def run(self, most: int = MOST_INSTRUCTIONS) -> Stop:
        """Go on until something stops the run, after `most` more instructions at the latest.

        Raises ConfigError for a limit below 1.
        """
        return self._stop(self._machine.go_on(as_whole(most, "most", 1, MOST_INSTRUCTIONS)))

    def step_thread(self, tid: int, most: int = MOST_INSTRUCTIONS) -> Stop:
        """Go on until thread `tid` is about to run the instruction after its next one; `why` is "step" then.

        All threads run, each when it is its turn, and whatever stops a run may stop this one before. Raises ConfigError
        for a thread that there is not.
        """
        thread = self._thread(tid)
        runs = self._machine.kernel.time.on(thread.hart) is thread
        if runs:
            self._pass(thread.hart)
        self._record.stepping = tid
        try:
            stop = self.run(most)
            if stop.why == "step" and not runs:  # it has come to a hart
                self._pass(stop.hart)
                stop = self.run(most)
            return stop
        finally:
            self._record.stepping = 0

    def _pass(self, hart: int) -> None:
        """Let the hart not stop before its next instruction."""
        retired = int(self._machine.world.hart[hart].count[Counter.INSTRUCTIONS])
        self._machine.world.task[hart].looked = retired + 1

    def back(self, visits: Callable[[Stop], bool] = bool, begin: Callable[[], None] = nothing) -> Stop | None:
        """Go back to the last stop before this place that `visits` says is one; None, at the beginning, if none is.

        `visits` is asked for some stops in the order of their time, after a call of `begin`.
        """
        found: list[Stop] = []

        def visited(ended: str) -> bool:
            found[:] = [self._stop(ended)]
            return visits(found[0])

        return found[0] if self._machine.previous_stop(visited, begin) else None

    def _stop(self, ended: str) -> Stop:
        """Return the stop that a run that `ended` so stands at; it has been told then."""
        control, hart = self._record, int(self._machine.world.turns.last)
        watch, va = None, 0
        if ended == "stop":
            reason, hart = Reason(int(control.came)), int(control.hart)
            ended = reason.name.lower()
            if reason == Reason.WATCH:
                watch, va = self.watches[int(control.met) - 1], int(control.met_va)
            control.came = Reason.NONE
        thread = self._machine.kernel.time.on(hart)
        record = self._machine.world.hart[hart]
        pid, tid = (thread.process.pid, thread.tid) if thread is not None else (0, 0)
        return Stop(
            *(ended, hart, pid, tid, int(record.pc), self._machine.core.retired, int(record.clock)), watch=watch, va=va
        )

    # what stops a run

    @property
    def breakpoints(self) -> tuple[int, ...]:
        """The addresses of instructions before which every process stops."""
        return tuple(int(va) for va in self._record.breakpoint[: int(self._record.breakpoints)])

    @breakpoints.setter
    def breakpoints(self, addresses: Iterable[int]) -> None:
        found = sorted({as_whole(va, "breakpoint", 0, MOST_ADDRESS) for va in addresses})
        if len(found) > MAX_BREAKPOINTS:
            raise ConfigError(f"breakpoints: {len(found)} of them; {MAX_BREAKPOINTS} are the most")
        odd = [va for va in found if va % 4]
        if odd:
            raise ConfigError(f"breakpoint: {odd[0]:#x} is in the middle of an instruction; a multiple of 4 is right")
        self._record.breakpoint[: len(found)] = np.array(found, np.uint64).astype(np.int64)
        self._record.breakpoints = len(found)

    @property
    def watches(self) -> tuple[Watch, ...]:
        """The memory of processes before whose access by an instruction the run stops."""
        return tuple(read_watch(watch) for watch in self._record.watch[: int(self._record.watches)])

    @watches.setter
    def watches(self, watches: Iterable[Watch]) -> None:
        found = list(watches)
        if len(found) > MAX_WATCHES:
            raise ConfigError(f"watches: {len(found)} of them; {MAX_WATCHES} are the most")
        for watch in found:
            check_watch(watch)
        if not set(found) <= set(self.watches):
            self._machine.world.tasks["watched"] = 0  # the next instruction may access what is new
        for place, watch in zip(self._record.watch, found, strict=False):
            write_watch(place, watch)
        self._record.watches = len(found)

    @property
    def stale(self) -> bool:
        """Whether the run stops after the use of a stale TLB entry, where the machine's checker is on."""
        return bool(self._record.stale)

    @stale.setter
    def stale(self, on: bool) -> None:
        self._record.stale = int(on)

    @property
    def events(self) -> tuple[Event, ...]:
        """The kinds of events after which the run stops: a fault's once the instruction has run again."""
        return tuple(kind for kind in Event if int(self._record.kinds) >> kind & 1)

    @events.setter
    def events(self, kinds: Iterable[Event]) -> None:
        self._record.kinds = sum({1 << Event(kind) for kind in kinds})

    def stop_after(self, events: int) -> None:
        """Stop the run once so many more events have come, of whatever kind. Raises ConfigError for less than 1."""
        self._record.countdown = as_whole(events, "events", 1, MOST_INSTRUCTIONS)

    @property
    def ebreak(self) -> bool:
        """Whether EBREAK stops the run; if not, and when it goes on, its process gets SIGTRAP."""
        return Trap.BREAKPOINT in self._machine.core.holds_back

    @ebreak.setter
    def ebreak(self, on: bool) -> None:
        self._hold_back({Trap.BREAKPOINT}, on)

    @property
    def signals(self) -> bool:
        """Whether the run stops before an instruction's fault ends its process in a signal; it does when it goes on."""
        return Trap.FAULT in self._machine.core.holds_back

    @signals.setter
    def signals(self, on: bool) -> None:
        self._hold_back({Trap.FAULT, Trap.ILLEGAL, Trap.MISALIGNED_FETCH}, on)

    def _hold_back(self, these: set[Trap], on: bool) -> None:
        core = self._machine.core
        core.holds_back = core.holds_back | these if on else core.holds_back - these

    @property
    def signal(self) -> Signal | None:
        """The signal that the run stands before ("ebreak", "signal"); None where it does not."""
        return self._machine.core.signal

    def forget_signal(self) -> None:
        """Let there be no such signal: an EBREAK is passed over, another instruction runs again.

        Raises ConfigError where there is none.
        """
        if not self._machine.core.forget_held_back():
            raise ConfigError("forget_signal: the run does not stand before a signal")
        self._machine.changed()

    def skip_ebreak(self) -> None:
        """Go on after the EBREAK that the run stopped at, with no signal. Raises ConfigError where there is none."""
        if self.signal != Signal.SIGTRAP:
            raise ConfigError("skip_ebreak: the run does not stand at an EBREAK that stopped it")
        self.forget_signal()

    # looking

    def registers(self, tid: int) -> tuple[int, npt.NDArray[np.int64]]:
        """Return PC and x0-x31 of a thread, shape (32,), a copy. Raises ConfigError for a thread that there is not."""
        thread = self._thread(tid)
        if self._machine.kernel.time.on(thread.hart) is thread:
            record = self._machine.world.hart[thread.hart]
            return int(record.pc), record.regs[:REGISTERS].copy()
        return thread.pc, thread.regs.copy()

    def process_of(self, tid: int) -> int:
        """Return the pid of a thread's process. Raises ConfigError for a thread that there is not."""
        return self._thread(tid).process.pid

    def program_of(self, tid: int) -> Program:
        """Return what a thread's process runs. Raises ConfigError for a thread that there is not."""
        return self._thread(tid).process.image.program

    def set_register(self, tid: int, number: int, value: int) -> None:
        """Let register x`number` (1-31) of a thread be `value`, any 64-bit number. Raises ConfigError for another."""
        thread = self._thread(tid)
        number = as_whole(number, "register", 1, REGISTERS - 1)
        value = as_whole(value, "value", -(1 << 63), MOST_ADDRESS)
        running = self._machine.kernel.time.on(thread.hart) is thread
        registers = self._machine.world.hart[thread.hart].regs if running else thread.regs
        registers[number] = np.array(value & MOST_ADDRESS, np.uint64).astype(np.int64)
        self._machine.changed()

    def set_pc(self, tid: int, va: int) -> None:
        """Let the next instruction of a thread be the one at `va`. Raises ConfigError where there is no such thread."""
        thread = self._thread(tid)
        pc = int(np.array(as_whole(va, "pc", 0, MOST_ADDRESS), np.uint64).astype(np.int64))
        if self._machine.kernel.time.on(thread.hart) is thread:
            self._machine.world.hart[thread.hart].pc = pc
            self._machine.world.task[thread.hart].looked = 0
            entries.forget_code(self._machine.world)
        else:
            thread.pc = pc
        self._machine.changed()

    def read(self, pid: int, va: int, size: int) -> bytes:
        """Return `size` bytes of a process's memory. Raises ConfigError for a process or pages that there are not."""
        return read_memory(self._machine.world, self._machine.kernel, pid, va, size)

    def write(self, pid: int, va: int, data: bytes) -> None:
        """Change a process's memory where it stands, whoever shares it, as a poke of the hardware would: no fault.

        Instructions that were decoded are decoded anew. Raises ConfigError as `read`, nothing written.
        """
        done = 0
        world = self._machine.world
        for place, length in list(places_of(world, self._machine.kernel, pid, va, len(data))):
            put_bytes(world, 0, place, data[done : done + length])
            done += length
        entries.forget_code(world)
        self._machine.changed()

    def force(self, pid: int, va: int, data: bytes) -> None:
        """Change a process's memory as a debugger does: for it alone, and where it may not write itself, too (F65).

        A page that it shares is copied first, and one that is read-only stays so. What that takes is booked on a hart.
        Raises ConfigError for a process that there is not, and for memory that it has not, or shares and may not write.
        """
        kernel = self._machine.kernel
        process = process_of(kernel, pid)
        kernel.hart.begin_work()
        try:
            with kernel.user.of(process.space):
                kernel.user.force(va, data)
        except BadAddress:
            raise ConfigError(f"va: process {pid} has no memory of its own at {va:#x}") from None
        finally:
            kernel.hart.note(Event.FORCED, pages=len(data), va=va)
        entries.forget_code(self._machine.world)
        self._machine.changed()

    def kill(self, pid: int) -> None:
        """End a process by SIGKILL. Raises ConfigError for a process that there is not."""
        lives = self._machine.kernel.lives
        lives.end(process_of(self._machine.kernel, pid), None, Signal.SIGKILL)
        self._machine.changed()

    def _thread(self, tid: int) -> Thread:
        thread = self._machine.kernel.lives.threads.get(tid)
        if thread is None:
            known = ", ".join(map(str, sorted(self._machine.kernel.lives.threads))) or "none"
            raise ConfigError(f"tid: there is no thread {tid}; those that live: {known}")
        return thread
