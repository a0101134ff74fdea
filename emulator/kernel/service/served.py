"""The hart that Python serves: its clock, its registers, and what the kernel books and notes there."""

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

from emulator.base.names import Access, Cost, Counter, Event, Price, Trap
from emulator.base.world import World
from emulator.hardware.access import NOTHING
from emulator.kernel.doors import entries
from emulator.kernel.service.call import argument
from emulator.world.hart import NO_LINE
from emulator.world.log import EVENT_CAPACITY

SP, A0, A7, REGISTERS = 2, 10, 17, 32
CALL_BYTES = 4  # an ECALL


class ServedHart:
    """Hart number `number` of `world`; `at` serves another. `drain` is called when the event buffer is full."""

    def __init__(self, world: World, drain: Callable[[], None]) -> None:
        self.world = world
        self._drain = drain
        self._registers: dict[int, npt.NDArray[np.int64]] = {}
        self.at(0)

    def at(self, number: int) -> None:
        """Serve hart number `number` from now on."""
        self.number = number
        self._hart, self._task = self.world.hart[number], self.world.task[number]
        if number not in self._registers:
            self._registers[number] = self._hart.regs[:REGISTERS]

    @property
    def clock(self) -> int:
        """Cycles of the hart so far."""
        return int(self._hart.clock)

    @property
    def slice_ends(self) -> int:
        """When the thread that it runs gives way to others."""
        return int(self._task.slice_ends)

    @slice_ends.setter
    def slice_ends(self, cycle: int) -> None:
        self._task.slice_ends = cycle

    @property
    def pc(self) -> int:
        """Where it stands."""
        return int(self._hart.pc)

    @property
    def fault_va(self) -> int:
        """The address whose access was refused last."""
        return int(self._hart.fault_va)

    @property
    def last_event(self) -> Any:
        """The event recorded last, on any hart: an `EVENT` record."""
        log = self.world.log
        return log.event[int(log.events) - 1]

    def prepare(self, va: int, access: Access) -> None:
        """Let it be about to make `access` at `va`, for `drive` to see to."""
        self._hart.fault_va, self._hart.fault_access = va, access

    @property
    def registers(self) -> npt.NDArray[np.int64]:
        """The integer registers, shape (32,): a view."""
        return self._registers[self.number]

    def register(self, number: int) -> int:
        """Return register x`number`."""
        return int(self.registers[number])

    @property
    def call_number(self) -> int:
        """The number of the system call that it asks for: a7."""
        return self.register(A7)

    def arguments(self, kinds: str) -> list[int]:
        """Return the arguments of that call, a0, a1, ..., of the `kinds` that its row names."""
        given = self.registers[A0 : A0 + len(kinds)].tolist()
        return [argument(kind, number) for kind, number in zip(kinds, given, strict=True)]

    def set_result(self, value: int) -> None:
        """Set a0."""
        self.registers[A0] = value

    def leave_call(self, number: int, result: int | None, told: int = 0, pc: int | None = None) -> None:
        """Return from system call `number` with `result`; None: its registers are no longer those of the caller.

        The event says `told` then. It stands at `pc` unless that is where the hart does.
        """
        self._have_room()
        value = told if result is None else result
        entries.leave_call(self.world, self.number, number, value, self.pc if pc is None else pc)
        if result is not None:
            self.set_result(result)

    def start(self, pc: int, registers: npt.NDArray[np.int64]) -> None:
        """Let it go on at `pc` with these registers, shape (32,)."""
        self._hart.pc, self._task.trap = pc, Trap.NONE
        self._task.looked = self._task.watched = 0
        self.registers[:] = registers

    def redirect(self, pc: int) -> None:
        """Let it go on at `pc`, the lowest bits of which no hart without compressed instructions has."""
        self._hart.pc, self._task.trap = pc & ~3, Trap.NONE
        self._task.looked = self._task.watched = 0
        self._hart.fetch_line, self._hart.reservation = NO_LINE, NOTHING

    def interrupt_call(self, result: int, again: bool) -> None:
        """Return from the system call under way with `result`, or EINTR; or let it be made again, later."""
        number = self.call_number
        if again:
            self.leave_call(number, None, told=result)
            self._hart.pc -= CALL_BYTES
        else:
            self.leave_call(number, result if result >= 0 else -errno.EINTR)

    def skip_call(self) -> None:
        """Go on after the ECALL that it stands at."""
        self._hart.pc += CALL_BYTES

    def identify(self, pid: int, tid: int, image: int) -> None:
        """Let its events name process `pid`, thread `tid` and program `image`."""
        self._task.pid, self._task.tid, self._hart.image = pid, tid, image

    def count(self, counter: Counter, amount: int = 1) -> None:
        """Add to one of its counters."""
        self._hart.count[counter] += amount

    def pay(self, cost: Cost, price: Price) -> None:
        """Book the profile's `price` under `cost`."""
        entries.pay(self.world, self.number, cost, price)

    def begin_work(self) -> None:
        """Let the kernel take over: what it does from here on is told by the next event that it notes."""
        entries.begin_work(self.world, self.number)

    @contextmanager
    def apart(self) -> Iterator[None]:
        """Let the events of what is done meanwhile tell that alone, not what the system call around it did before."""
        own, first = self._task.own.copy(), self._task.first
        self.begin_work()
        yield
        self._task.own, self._task.first = own, first

    def note(self, kind: Event, pages: int = 0, value: int = 0, va: int = 0, pc: int | None = None) -> None:
        """Record an event, at `pc` unless that is where it stands; a wait or a switch only if it took any time."""
        self._have_room()
        entries.note(self.world, self.number, kind, self.pc if pc is None else pc, va, pages, value)

    def _have_room(self) -> None:
        """Let the event buffer have room for one more."""
        if self.world.log.events >= EVENT_CAPACITY - 1:
            self._drain()
