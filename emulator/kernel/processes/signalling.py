"""Sending signals: what becomes of one depends on what it does, on who puts it off or ignores it, and on stops."""

from typing import Protocol

from emulator.kernel.processes.hart_time import HartTime
from emulator.kernel.processes.jobs import Jobs
from emulator.kernel.processes.process import Process, State, Thread
from emulator.kernel.processes.signals import Action, Signal, action_of, bit_of
from emulator.kernel.service.served import ServedHart


class Recipients(Protocol):
    """What signals need of `Lives`: to whom they may go, the harts' time, and how a process ends."""

    processes: dict[int, Process]
    jobs: Jobs
    hart: ServedHart
    time: HartTime

    def end(self, process: Process, status: int | None, signal: int | None = None) -> None:
        """End `process` with an exit status or a signal."""


def send(lives: Recipients, process: Process, signal: int) -> None:
    """Send a signal to `process`, which handles none (F74); who puts it off or ignores it goes on (F98)."""
    if not process.alive or not signal:
        return
    if action_of(signal) is Action.CONTINUE:
        _continue(lives, process)
    elif all(thread.blocked & bit_of(signal) for thread in process.threads):
        if signal not in process.pending:
            process.pending.append(signal)
    else:
        _act(lives, process, signal)


def send_to_thread(lives: Recipients, thread: Thread, signal: int) -> None:
    """Send a signal to `thread`: what it does, it does to the process."""
    if signal and thread.blocked & bit_of(signal) and action_of(signal) is not Action.CONTINUE:
        thread.pending.add(signal)
    elif action_of(signal) is Action.CONTINUE:
        _continue(lives, thread.process)
    elif signal:
        _act(lives, thread.process, signal)


def deliver(lives: Recipients, thread: Thread) -> None:
    """Let signals take effect that `thread` no longer puts off."""
    process = thread.process
    for signal in sorted(thread.pending | set(process.pending)):
        if process.alive and not thread.blocked & bit_of(signal):
            thread.pending.discard(signal)
            process.pending = [other for other in process.pending if other != signal]
            _act(lives, process, signal)


def forget_ignored(process: Process) -> None:
    """Drop the signals that `process` has put off and ignores now."""
    process.pending = [signal for signal in process.pending if not process.ignores(signal)]
    for thread in process.threads:
        thread.pending = {signal for signal in thread.pending if not process.ignores(signal)}


def _act(lives: Recipients, process: Process, signal: int) -> None:
    action = action_of(signal)
    if action is Action.NOTHING or process.ignores(signal):
        return
    if action is Action.STOP:
        if signal == Signal.SIGSTOP or not lives.jobs.is_orphaned(process.group):
            _stop(lives, process, signal)
    elif process.stopped and signal != Signal.SIGKILL:
        process.pending.append(signal)
    else:
        lives.end(process, None, signal)


def _stop(lives: Recipients, process: Process, signal: int) -> None:
    """Let no thread of `process` run until it is continued; the one being served stops when its call is over."""
    if process.stopped:
        return
    process.stopped, process.stop_told, process.continue_told = True, signal, False
    for thread in process.threads:
        if thread.state is State.RUNNING and thread.hart != lives.hart.number:
            lives.time.take_away(thread)
    _wake_parent(lives, process)


def _continue(lives: Recipients, process: Process) -> None:
    if not process.stopped:
        return
    process.stopped, process.stop_told, process.continue_told = False, 0, True
    for thread in process.threads:
        thread.ready_at = max(thread.ready_at, lives.hart.clock)
    _wake_parent(lives, process)
    for thread in list(process.threads):
        deliver(lives, thread)


def _wake_parent(lives: Recipients, process: Process) -> None:
    parent = lives.processes.get(process.parent)
    if parent is not None:
        lives.time.wake_parent(parent)
