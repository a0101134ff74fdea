"""Parents and children: who is told of an end, who takes over whose children (F78), who waits for a vfork's child."""

from emulator.kernel.processes import signalling
from emulator.kernel.processes.jobs import FIRST
from emulator.kernel.processes.process import Life, Process
from emulator.kernel.processes.siginfo import CLD_EXITED, CLD_KILLED, Info, from_child
from emulator.kernel.processes.signalling import Recipients
from emulator.kernel.processes.signals import LAST, Signal


def be_siblings(lives: Recipients, process: Process, child: Process) -> None:
    """Let `child`, a new one of `process`, be one of its parent instead (CLONE_PARENT)."""
    process.children.remove(child)
    child.parent, child.exit_signal = process.parent, process.exit_signal
    parent = lives.processes[process.parent]
    if process in parent.children:
        parent.children.append(child)


def leave(lives: Recipients, process: Process) -> None:
    """Leave the children of `process`, which has ended, to the first process; tell its parent (F78)."""
    for child in process.children:
        child.parent, child.exit_signal = FIRST, Signal.SIGCHLD
        if child.life is Life.ZOMBIE:
            child.life = Life.GONE
    process.children.clear()
    parent = lives.processes.get(process.parent)
    if parent is None or process not in parent.children:
        process.life = Life.GONE
        return
    process.life = Life.ZOMBIE
    if parent.keeps_no_children and process.exit_signal == Signal.SIGCHLD:
        process.life = Life.GONE
        parent.children.remove(process)
    lives.time.wake_parent(parent)
    if process.exit_signal <= LAST:
        signalling.send(lives, parent, _end_of(lives, process))


def _end_of(lives: Recipients, process: Process) -> Info:
    """Return what the parent of `process`, which has ended, is told."""
    code = CLD_EXITED if process.signal is None else CLD_KILLED
    status = process.signal if process.signal is not None else process.status or 0
    return from_child(process.exit_signal, code, process.pid, status, lives.time.ticks(process.used))


def reap(process: Process, child: Process) -> None:
    """Let the ended `child` go: `process` has been told its status."""
    child.life = Life.GONE
    process.children.remove(child)
    process.used_by_children = process.used_by_children.plus(child.used).plus(child.used_by_children)


def end_vfork(lives: Recipients, process: Process) -> None:
    """Let the parent that waits for `process`, its child by vfork, go on."""
    if process.vfork_parent:
        lives.time.wake_parent(lives.processes[process.vfork_parent])
        process.vfork_parent = 0
