"""Stopping a machine, looking at it, and going on: what debuggers, steppers and timelines are made of.

Looking changes nothing, and neither does stopping: a run that is stopped anywhere, any number of times, has the
counters, costs and events of one that is not.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from emulator.base.errors import ConfigError
from emulator.base.names import Event, Reason
from emulator.config.limits import MOST_INSTRUCTIONS
from emulator.config.numbers import as_whole
from emulator.kernel.doors import entries
from emulator.kernel.doors.writing import put_bytes
from emulator.kernel.processes.process import Thread
from emulator.kernel.service.served import REGISTERS
from emulator.look.memory import MOST_ADDRESS, places_of, read_memory
from emulator.machine.machine import Machine
from emulator.world.control import MAX_BREAKPOINTS


class Stop(NamedTuple):
    """Where a run stands, and why it stopped there.

    `why` is "limit" (as many instructions as asked for), "breakpoint", "event", "ebreak", "exit", "blocked" (every
    thread that is left waits for ever) or "interrupt". `hart` is the one that it happened on; `pid` and `tid` are of
    what runs there, 0 for nothing, and `pc` is its next instruction. `instructions` and `cycle` count from the start:
    those of all harts, and the hart's clock.
    """

    why: str
    hart: int
    pid: int
    tid: int
    pc: int
    instructions: int
    cycle: int


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
        ended = self._machine.go_on(as_whole(most, "most", 1, MOST_INSTRUCTIONS))
        hart = int(self._machine.world.turns.last)
        if ended == "stop":
            ended = Reason(int(self._record.came)).name.lower()
            hart = int(self._record.hart)
            self._record.came = Reason.NONE
        return self._stop(ended, hart)

    def _stop(self, why: str, hart: int) -> Stop:
        thread = self._machine.kernel.time.on(hart)
        record = self._machine.world.hart[hart]
        pid, tid = (thread.process.pid, thread.tid) if thread is not None else (0, 0)
        return Stop(why, hart, pid, tid, int(record.pc), self._machine.core.retired, int(record.clock))

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
        return self._machine.core.stops_at_ebreak

    @ebreak.setter
    def ebreak(self, on: bool) -> None:
        self._machine.core.stops_at_ebreak = bool(on)

    def skip_ebreak(self) -> None:
        """Go on after the EBREAK that the run stopped at, with no signal. Raises ConfigError where there is none."""
        if not self._machine.core.forget_held_back():
            raise ConfigError("skip_ebreak: the run does not stand at an EBREAK that stopped it")
        self._machine.changed()

    # looking

    def registers(self, tid: int) -> tuple[int, npt.NDArray[np.int64]]:
        """Return PC and x0-x31 of a thread, shape (32,), a copy. Raises ConfigError for a thread that there is not."""
        thread = self._thread(tid)
        if self._machine.kernel.time.on(thread.hart) is thread:
            record = self._machine.world.hart[thread.hart]
            return int(record.pc), record.regs[:REGISTERS].copy()
        return thread.pc, thread.regs.copy()

    def set_register(self, tid: int, number: int, value: int) -> None:
        """Let register x`number` (1-31) of a thread be `value`, any 64-bit number. Raises ConfigError for another."""
        thread = self._thread(tid)
        number = as_whole(number, "register", 1, REGISTERS - 1)
        value = as_whole(value, "value", -(1 << 63), MOST_ADDRESS)
        running = self._machine.kernel.time.on(thread.hart) is thread
        registers = self._machine.world.hart[thread.hart].regs if running else thread.regs
        registers[number] = np.array(value & MOST_ADDRESS, np.uint64).astype(np.int64)
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

    def _thread(self, tid: int) -> Thread:
        thread = self._machine.kernel.lives.threads.get(tid)
        if thread is None:
            known = ", ".join(map(str, sorted(self._machine.kernel.lives.threads))) or "none"
            raise ConfigError(f"tid: there is no thread {tid}; those that live: {known}")
        return thread
