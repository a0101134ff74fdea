"""The harts' time: which thread has which hart, who runs next, who waits for what, and until when.

Python serves one hart at a time, `hart`; `current` is the thread that runs there.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from emulator.base.names import Counter, Event
from emulator.base.world import World
from emulator.config import Config
from emulator.hardware.turns import FAR, NOBODY
from emulator.kernel.accounts.intervals import Holder, Intervals
from emulator.kernel.accounts.own_costs import OwnCosts, Sums
from emulator.kernel.doors import address_spaces, entries
from emulator.kernel.processes.process import Alarm, Process, State, Thread, Wait, restarts
from emulator.kernel.processes.scheduler import Scheduler
from emulator.kernel.processes.timers import Timers
from emulator.kernel.processes.usage import Meter, Usage
from emulator.kernel.programs.stack import TICKS
from emulator.kernel.service.served import ServedHart
from emulator.kernel.service.usercopy import BadAddress, UserMemory

NANOSECONDS = 10**9  # in a second


class HartTime:
    """The harts of a machine and the threads that share them."""

    def __init__(self, world: World, config: Config, hart: ServedHart, user: UserMemory) -> None:
        self._world, self._hart, self._user = world, hart, user
        self._harts, self._quantum = config.harts, config.quantum
        self._tick = config.profile.clock_ghz * NANOSECONDS / TICKS
        self._scheduler = Scheduler()
        self._timers = Timers()
        self._meter = Meter(world)
        self._own = OwnCosts(world)
        self.intervals = Intervals(config.harts)
        self._busy = world.harts["busy"]
        self._running: list[Thread | None] = [None] * config.harts
        self._last: list[Thread | None] = [None] * config.harts
        self._alerted: list[Thread] = []
        self._moment: int | None = None
        self.rung: list[tuple[Alarm, int]] = []  # alarms whose processes have yet to be sent their signals, and when

    @property
    def current(self) -> Thread | None:
        """The thread that has the hart."""
        return self._running[self._hart.number]

    def on(self, hart: int) -> Thread | None:
        """Return the thread that runs on hart number `hart`, if any; -1 is the number of none."""
        return self._running[hart] if hart >= 0 else None

    @property
    def running(self) -> Thread:
        """The thread that has the hart, where one must."""
        thread = self.current
        assert thread is not None
        return thread

    def dispatch(self) -> bool:
        """Give free harts to ready threads; return whether any hart has a thread to run."""
        while True:
            free = [hart for hart, thread in enumerate(self._running) if thread is None]
            found = self._scheduler.next(free)
            if found is None:
                if self._wake_sleeper(free):
                    continue
                if self.rung:
                    return True
                self._world.turns.wake_at = self._timers.next
                return len(free) < self._harts
            thread, hart = found
            self._hart.at(hart)
            self._switch_to(thread)
            if thread.retry is not None:
                self._try_again(thread)

    def _wake_sleeper(self, free: Sequence[int]) -> bool:
        """Make the first thread ready that a time has come for; return whether there is one.

        A time has come when no busy hart is behind it, or when no hart is busy. A turn that was cut goes on first, so
        that where a run is cut makes no difference to who wakes when.
        """
        if self._timers.next == FAR:
            return False
        busy = [int(self._world.harts["clock"][hart]) for hart in range(self._harts) if hart not in free]
        if busy and (self._world.turns.turn != NOBODY or self._timers.next > min(busy)):
            return False
        sleeper, cycle = self._timers.take()
        if isinstance(sleeper, Alarm):
            sleeper.at, sleeper.last = FAR, cycle
            self.rung.append((sleeper, cycle))
            return False
        self._scheduler.add(sleeper, cycle)
        return True

    def set_alarm(self, alarm: Alarm, cycle: int) -> None:
        """Let `alarm` ring at `cycle`, and no more at another; never, at FAR."""
        alarm.at = cycle
        self._timers.set(alarm, cycle)

    def repeat_alarm(self, alarm: Alarm) -> None:
        """Let `alarm`, whose signal has been taken, ring again if it is to: at the next of its times."""
        if alarm.at == FAR and alarm.interval:
            missed = (self.now - alarm.last) // alarm.interval
            self.set_alarm(alarm, alarm.last + (missed + 1) * alarm.interval)

    @contextmanager
    def at(self, hart: int, cycle: int) -> Iterator[None]:
        """Let it be `cycle`, and hart number `hart` be served, while something comes that no thread does.

        A hart without a thread has been idle until then.
        """
        self._hart.at(hart)
        if self.current is None:
            entries.idle_until(self._world, hart, cycle)
        self._moment = cycle
        yield
        self._moment = None

    @property
    def now(self) -> int:
        """The time of what is being done: the hart's clock, or that of `at`."""
        return self._hart.clock if self._moment is None else self._moment

    def give_way(self) -> None:
        """Take the hart from the running thread, if another one could have it; it runs again after those."""
        if self.current is not None and self._scheduler.others_wait(self._hart.number):
            self.preempt()
        self._hart.slice_ends = self._hart.clock + self._quantum

    def end_slice(self) -> None:
        """Let the running thread's turn be over, for others that are ready (sched_yield)."""
        self._hart.slice_ends = self._hart.clock

    def preempt(self) -> None:
        """Take the hart from the running thread, which stays ready."""
        thread = self.running
        self._hart.begin_work()
        self._save(thread)
        self.free(self._hart.number)
        self.make_ready(thread)

    def move(self, thread: Thread) -> None:
        """Take `thread` from a hart that its affinity no longer allows, the one being served apart."""
        if thread.state is State.RUNNING and thread.hart != self._hart.number and not thread.may_run_on(thread.hart):
            self.take_away(thread)

    def take_away(self, thread: Thread) -> None:
        """Let `thread`, which runs on another hart than the one being served, be ready instead."""
        here = self._hart.number
        self._hart.at(thread.hart)
        self.preempt()
        self._hart.at(here)

    def block(
        self,
        thread: Thread,
        retry: Callable[[], int | None],
        wait: Wait = Wait.CHILD,
        until: int = FAR,
        give_up: Callable[[], int] = restarts,
    ) -> None:
        """Let the running `thread` wait: `retry` is asked for the system call's result whenever it is woken.

        It is woken at cycle `until` at the latest. The hart's clock tells `retry` whether that time has come.
        `give_up` is asked instead, once, where a handler interrupts the call.
        """
        thread.retry, thread.wait, thread.until, thread.give_up = retry, wait, until, give_up
        self.wait_on(thread)

    def wait_on(self, thread: Thread) -> None:
        """Let the running `thread` wait, or go on waiting, as `block` has been told."""
        self._hart.note(Event.WAIT, pages=self._hart.call_number)
        self._timers.set(thread, thread.until)
        self._save(thread)
        self.free(self._hart.number)
        thread.state = State.BLOCKED
        if thread.alerted and thread.wait is not Wait.PROGRAM:
            self.make_ready(thread)

    def stop_waiting(self, thread: Thread) -> None:
        """Let the running `thread` be in no call any more that waits."""
        self._timers.forget(thread)
        thread.retry = None

    def alert(self, thread: Thread) -> None:
        """Have signals delivered to `thread` before it goes on as a program; elsewhere, once its hart is as late."""
        if thread.alerted or thread.state is State.ENDED:
            return
        thread.alerted, thread.alerted_at = True, self.now
        self._alerted.append(thread)
        if thread.state is State.RUNNING and thread.hart != self._hart.number:
            task = self._world.task[thread.hart]
            task.slice_ends = min(int(task.slice_ends), thread.alerted_at)

    def quiet(self, thread: Thread) -> None:
        """Let `thread` be alerted no more."""
        if thread.alerted:
            thread.alerted = False
            self._alerted.remove(thread)

    def next_alerted(self) -> Thread | None:
        """Return a running thread to which signals are to be delivered now, if any."""
        for thread in self._alerted:
            if thread.state is State.RUNNING and self._world.harts["clock"][thread.hart] >= thread.alerted_at:
                return thread
        return None

    def make_ready(self, thread: Thread) -> None:
        """Let `thread` run when those before it have had their turn."""
        self._timers.forget(thread)
        self._scheduler.add(thread, self.now)

    def wake_parent(self, process: Process) -> None:
        """Let the threads of `process` that wait for a child look again."""
        for thread in process.threads:
            if thread.state is State.BLOCKED and thread.wait in (Wait.CHILD, Wait.PROGRAM):
                self.make_ready(thread)

    def own_costs(self) -> Sums:
        """Return what no event tells (`OwnCosts.read`)."""
        return self._own.read([0 if thread is None else thread.process.pid for thread in self._running])

    def used_by(self, process: Process) -> Usage:
        """Return what the threads of `process` have used so far, those that have ended among them."""
        used = process.used
        for thread in process.threads:
            used = used.plus(self.used_by_thread(thread))
        return used

    def used_by_thread(self, thread: Thread) -> Usage:
        """Return what `thread` has used so far."""
        if thread.state is not State.RUNNING:
            return thread.used
        return thread.used.plus(self._meter.lately(thread.hart))

    def ticks(self, used: Usage) -> tuple[int, int]:
        """Return the time in the program and in the kernel, in hundredths of a second."""
        return int(used.user / self._tick), int(used.system / self._tick)

    def free(self, hart: int) -> None:
        """Take hart number `hart` from the thread that it runs."""
        thread = self._running[hart]
        assert thread is not None
        thread.used = thread.used.plus(self._meter.lately(hart))
        if hart != self._hart.number:
            entries.begin_work(self._world, hart)
        self._own.close(hart, thread.process.pid)
        self.intervals.end(hart, int(self._world.hart[hart].clock))
        self._give(hart, None)

    def _try_again(self, thread: Thread) -> None:
        assert thread.retry is not None
        result = thread.retry()
        if self.current is not thread:
            return
        if result is None:
            if not thread.alerted or thread.wait is Wait.PROGRAM:
                self.wait_on(thread)
        else:
            thread.retry = None
            self._hart.leave_call(self._hart.call_number, result)

    def _save(self, thread: Thread) -> None:
        thread.regs[:] = self._hart.registers
        thread.pc = self._hart.pc

    def _give(self, hart: int, thread: Thread | None) -> None:
        """Let `thread` have hart number `hart`, or nobody; tell compiled code which harts are busy."""
        self._running[hart] = thread
        self._busy[hart] = thread is not None
        busy = [hart for hart, thread in enumerate(self._running) if thread is not None]
        if busy:
            self._world.turns.order[: len(busy)] = busy
        self._world.turns.busy = len(busy)

    def _switch_to(self, thread: Thread) -> None:
        last = self._last[self._hart.number]
        entries.switch(self._world, self._hart.number, thread.ready_at, last is not None and last is not thread)
        self._own.close(self._hart.number)
        if thread.hart not in (self._hart.number, -1):
            self._hart.count(Counter.MIGRATIONS)
        self._hart.start(thread.pc, thread.regs)
        self.identify(thread)
        thread.state, thread.hart = State.RUNNING, self._hart.number
        self._meter.begin(self._hart.number)
        self.note_holder(thread)
        self._last[self._hart.number] = thread
        self._give(self._hart.number, thread)
        address_spaces.enter_space(self._world, self._hart.number, thread.process.space)
        self._hart.slice_ends = self._hart.clock + self._quantum
        if thread.set_tid:
            address, thread.set_tid = thread.set_tid, 0
            try:
                self._user.write(address, thread.tid.to_bytes(4, "little"))
            except BadAddress:
                pass  # Linux ignores it, too
        self._hart.note(Event.SWITCH)

    def note_holder(self, thread: Thread) -> None:
        """Let the hart being served be that of `thread` from now on, under the numbers that it has now."""
        holder = Holder(thread.process.pid, thread.tid, thread.process.image.number, self._hart.clock)
        self.intervals.begin(self._hart.number, holder)

    def identify(self, thread: Thread) -> None:
        """Let events of the hart being served name `thread` and its process."""
        self._hart.identify(thread.process.pid, thread.tid, thread.process.image.number)

    def forget(self, thread: Thread) -> None:
        """Let `thread`, which ends, neither run nor be woken any more."""
        self._timers.forget(thread)
        self.quiet(thread)
        if thread.state is State.RUNNING:
            self.free(thread.hart)
