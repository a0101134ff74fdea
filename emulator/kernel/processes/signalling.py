"""Sending signals: what becomes of one depends on what it does, on who handles, puts off or ignores it, and on stops.

A signal that is to do something at once, ends or stops its process when it is sent. One that a handler waits for, or
that is put off, is pending; the thread that is to take it is *alerted*, and `deliver` is called before that goes on as
a program.
"""

from typing import Protocol

from emulator.kernel.processes import handling
from emulator.kernel.processes.futex import Futexes
from emulator.kernel.processes.hart_time import HartTime
from emulator.kernel.processes.jobs import Jobs
from emulator.kernel.processes.process import RESTART, Process, State, Thread, Wait
from emulator.kernel.processes.siginfo import CLD_CONTINUED, CLD_STOPPED, Info, from_child
from emulator.kernel.processes.signals import (
    SA_NOCLDSTOP,
    SA_RESTART,
    STOPS,
    Action,
    Disposition,
    Signal,
    action_of,
    bit_of,
)
from emulator.kernel.service.served import ServedHart
from emulator.kernel.service.usercopy import UserMemory


class Recipients(Protocol):
    """What signals need of `Lives`: to whom they may go, the harts' time, and how a process ends."""

    processes: dict[int, Process]
    jobs: Jobs
    hart: ServedHart
    user: UserMemory
    time: HartTime
    futexes: Futexes

    def end(self, process: Process, status: int | None, signal: int | None = None, va: int = 0) -> None:
        """End `process` with an exit status or a signal."""


def send(lives: Recipients, process: Process, info: Info, thread: Thread | None = None) -> None:
    """Send a signal to `process`, or to a `thread` of it alone; 0 is none (F74, F98)."""
    signal = info.signal
    if not process.alive or not signal:
        return
    if action_of(signal) is Action.STOP:
        _forget(process, (Signal.SIGCONT,))
    elif signal == Signal.SIGCONT:
        _forget(process, STOPS)
        _continue(lives, process)
    if process.drops(signal) and not (thread or process.threads[0]).blocked & bit_of(signal):
        return
    among = [thread] if thread is not None else process.threads
    taker = None if process.stopped and signal != Signal.SIGKILL else _taker(among, signal)
    if taker is not None and not process.wish(signal).handles and not _awaits(taker, signal):
        act(lives, process, info)
        return
    (process.pending if thread is None else thread.pending).add(info)
    if taker is not None:
        _tell(lives, taker, signal)


def force(lives: Recipients, thread: Thread, info: Info, for_good: bool = False) -> None:
    """Send the running `thread` what its own instruction led to: who puts that off or ignores it, ends by it (F54).

    So does everybody, with `for_good`.
    """
    wish, bit = thread.process.wish(info.signal), bit_of(info.signal)
    if for_good or thread.blocked & bit or not wish.handles:
        thread.process.dispositions[info.signal] = Disposition()
        thread.blocked &= ~bit
    thread.pending.add(info)
    lives.time.alert(thread)


def look_again(lives: Recipients, thread: Thread) -> None:
    """Have signals taken that may be now: `thread` puts off others than before, or ends and takes none."""
    process = thread.process
    if (thread.pending.mask | process.pending.mask) & ~thread.blocked:
        lives.time.alert(thread)
    for info in process.pending:
        if thread.state is State.ENDED or thread.blocked & bit_of(info.signal):
            taker = _taker(process.threads, info.signal)
            if taker is not None:
                _tell(lives, taker, info.signal)


def deliver(lives: Recipients, thread: Thread) -> None:
    """Let what has come for the running `thread` take effect, in Linux's order, before it goes on as a program.

    A system call that it waits in goes on waiting unless a handler is to run.
    """
    process = thread.process
    while not process.stopped:
        info = take(lives, thread, thread.blocked)
        if info is None:
            break
        wish = process.wish(info.signal)
        if not wish.handles:
            act(lives, process, info)
            if not process.alive:
                return
            continue
        if thread.retry is not None:
            _interrupt(lives, thread, wish)
        if not handling.begin(lives, thread, info, wish):
            force(lives, thread, Info(Signal.SIGSEGV), for_good=info.signal == Signal.SIGSEGV)
    lives.time.quiet(thread)
    if process.stopped:
        if (thread.pending.mask | process.pending.mask) & ~thread.blocked:
            lives.time.alert(thread)
        lives.time.preempt()
    elif thread.retry is not None:
        lives.time.wait_on(thread)


def take(lives: Recipients, thread: Thread, blocked: int) -> Info | None:
    """Take out and return the next signal of `thread` that is not `blocked`, what its instructions led to first."""
    own, shared, alarm = thread.pending, thread.process.pending, thread.process.alarm
    info = own.take(blocked, forced=True) or own.take(blocked) or shared.take(blocked)
    if alarm is not None and info is not None and info.signal == Signal.SIGALRM:
        lives.time.repeat_alarm(alarm)
    return info


def act(lives: Recipients, process: Process, info: Info) -> None:
    """Let a signal do what it does to a process that does not handle it."""
    action = action_of(info.signal)
    if process.drops(info.signal):
        return
    if action is not Action.STOP:
        lives.end(process, None, info.signal, info.va)
    elif info.signal == Signal.SIGSTOP or not lives.jobs.is_orphaned(process.group):
        _stop(lives, process, info.signal)


def forget_ignored(process: Process, signal: int) -> None:
    """Drop `signal` where it is pending, if `process` ignores it now."""
    if process.drops(signal):
        _forget(process, (signal,))


def _forget(process: Process, signals: tuple[int, ...] | frozenset[int]) -> None:
    for pending in (process.pending, *(thread.pending for thread in process.threads)):
        pending.forget(signals)


def _taker(threads: list[Thread], signal: int) -> Thread | None:
    """Return which of `threads` is to take `signal`: the first that can, and has not been alerted for another one."""
    able = [thread for thread in threads if _awaits(thread, signal) or not thread.blocked & bit_of(signal)]
    return next((each for each in able if not each.alerted or each.state is State.RUNNING), able[0] if able else None)


def _awaits(thread: Thread, signal: int) -> bool:
    return bool(thread.awaited & bit_of(signal))


def _tell(lives: Recipients, thread: Thread, signal: int) -> None:
    """Let `thread` know that there is a signal for it, which wakes it from most waits."""
    if not _awaits(thread, signal):
        lives.time.alert(thread)
    if thread.state is State.BLOCKED and thread.wait is not Wait.PROGRAM:
        lives.time.make_ready(thread)


def _interrupt(lives: Recipients, thread: Thread, wish: Disposition) -> None:
    """End the system call that the running `thread` waits in, for a handler: with EINTR, or to be made again."""
    result = thread.give_up()
    lives.futexes.forget(thread)
    lives.time.stop_waiting(thread)
    lives.hart.interrupt_call(result, again=result == RESTART and bool(wish.flags & SA_RESTART))


def _stop(lives: Recipients, process: Process, signal: int) -> None:
    """Let no thread of `process` run until it is continued; the one being served stops when its call is over."""
    if process.stopped:
        return
    process.stopped, process.stop_told, process.continue_told = True, signal, False
    for thread in process.threads:
        if thread.state is State.RUNNING and thread.hart != lives.hart.number:
            lives.time.take_away(thread)
    _tell_parent(lives, process, CLD_STOPPED, signal)


def _continue(lives: Recipients, process: Process) -> None:
    if not process.stopped:
        return
    process.stopped, process.stop_told, process.continue_told = False, 0, True
    for thread in process.threads:
        thread.ready_at = max(thread.ready_at, lives.hart.clock)
    _tell_parent(lives, process, CLD_CONTINUED, Signal.SIGCONT)
    for thread in list(process.threads):
        look_again(lives, thread)
        if thread.alerted and thread.state is State.BLOCKED and thread.wait is not Wait.PROGRAM:
            lives.time.make_ready(thread)


def _tell_parent(lives: Recipients, process: Process, code: int, signal: int) -> None:
    """Tell the parent that `process` has stopped or goes on."""
    parent = lives.processes.get(process.parent)
    if parent is None:
        return
    lives.time.wake_parent(parent)
    if not parent.wish(Signal.SIGCHLD).flags & SA_NOCLDSTOP:
        send(lives, parent, from_child(Signal.SIGCHLD, code, process.pid, signal))
