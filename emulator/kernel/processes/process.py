"""Processes (an address space, a program, threads) and what is left of them until a parent has asked; and threads.

Each knows the other, so they stand together. A thread's part is what the kernel keeps of it while others have the hart.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

import numpy as np
import numpy.typing as npt

from emulator.hardware.turns import FAR
from emulator.kernel.io.descriptors import Descriptors
from emulator.kernel.io.file import Folder
from emulator.kernel.processes.altstack import NO_STACK, AltStack
from emulator.kernel.processes.pending import Pending
from emulator.kernel.processes.signals import SA_NOCLDWAIT, SIG_DFL, SIG_IGN, Action, Disposition, Signal, action_of
from emulator.kernel.processes.usage import Usage
from emulator.kernel.programs.image import Image

NO_HART = -1
NAME_BYTES = 16  # of a thread's name, a zero byte among them
EVERYWHERE = -1  # an affinity mask of all ones
RESTART = -512  # Linux, ERESTARTSYS: a call that a handler interrupts is made again, or gives EINTR, as SA_RESTART says


class Life(Enum):
    """Where a process is in its life."""

    ALIVE = "alive"
    ZOMBIE = "zombie"  # ended, not yet waited for: it holds a pid and a status, no memory
    GONE = "gone"


class State(Enum):
    """Where a thread is in its life."""

    READY = "ready"
    RUNNING = "running"
    BLOCKED = "blocked"
    ENDED = "ended"


class Wait(Enum):
    """What a blocked thread waits for."""

    CHILD = "a child that ends, or starts a program"
    FUTEX = "a futex"
    TIME = "a time"
    FILE = "a pipe that has something to read, or room"
    SIGNAL = "a signal"
    PROGRAM = "a child that borrows its memory"


DEFAULT = Disposition()


def restarts() -> int:
    """Return what most calls give that a handler interrupts."""
    return RESTART


@dataclass(eq=False)
class Thread:
    """One thread of a process. While it runs, `regs` and `pc` are in the hart."""

    tid: int  # that of a process's first thread is its pid
    process: "Process"
    descriptors: Descriptors
    regs: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(32, np.int64))
    pc: int = 0
    state: State = State.READY
    hart: int = NO_HART  # where it runs, or ran last
    affinity: int = EVERYWHERE  # the harts that it may run on, a bit each
    ready_at: int = 0  # the cycle since which it could run
    wait: Wait = Wait.CHILD
    until: int = FAR  # the cycle at which it waits no longer
    retry: Callable[[], int | None] | None = None  # the system call that it waits in: its result, or None to wait on
    give_up: Callable[[], int] = restarts  # what that call gives if a handler interrupts it
    set_tid: int = 0  # where its id is to be written when it first runs (CLONE_CHILD_SETTID of a fork); 0: nowhere
    name: bytes = b""  # prctl(PR_SET_NAME)
    blocked: int = 0  # the signals that it puts off, a bit each
    saved_mask: int | None = None  # those that it will again after the handler that it waits for (rt_sigsuspend(2))
    awaited: int = 0  # the signals that it waits for to take them without a handler (rt_sigtimedwait(2))
    pending: Pending = field(default_factory=Pending)  # those sent to it alone
    alerted: bool = False  # whether there may be signals to take before it goes on as a program
    alerted_at: int = 0  # the cycle at which it was told so
    stack: AltStack = NO_STACK  # where handlers run that ask for it
    robust_list: int = 0  # where it keeps a list of locks that it may own when it ends (set_robust_list(2)); 0: nowhere
    used: Usage = field(default_factory=Usage)  # up to when it had a hart last
    clear_tid: int = 0  # where its end is announced: a zero, and a futex woken (set_tid_address(2)); 0: nowhere

    def may_run_on(self, hart: int) -> bool:
        """Return whether its affinity allows hart number `hart`."""
        return bool(self.affinity >> hart & 1)


@dataclass(eq=False)
class Alarm:
    """When a process gets SIGALRM; FAR for never (setitimer(2), ITIMER_REAL)."""

    process: "Process"
    at: int = FAR
    last: int = 0  # when it rang
    interval: int = 0  # cycles from one to the next, which is set when the signal is taken; 0: it does not come again


@dataclass(eq=False)
class Process:
    """One process."""

    pid: int
    parent: int  # 0: none; that of an orphan is the first process
    space: int
    image: Image
    group: int  # its process group, by the pid of the process that began it
    session: int
    exit_signal: int = Signal.SIGCHLD  # what its parent gets when it ends; others than SIGCHLD hide it from plain waits
    threads: list[Thread] = field(default_factory=list)  # those that have not ended, oldest first
    life: Life = Life.ALIVE
    status: int | None = None  # exit status 0-255
    signal: int | None = None  # the signal that ended it
    children: list["Process"] = field(default_factory=list)  # those it can still wait for, oldest first
    barriers: bool = False  # whether it has registered for membarrier's expedited commands
    began_program: bool = False  # whether it has called execve
    stopped: bool = False
    stop_told: int = 0  # the signal that stopped it, until its parent has been told (WUNTRACED)
    continue_told: bool = False  # whether it was continued and its parent has yet to be told (WCONTINUED)
    pending: Pending = field(default_factory=Pending)  # signals that no thread of it has taken yet
    dispositions: dict[int, Disposition] = field(default_factory=dict)  # by signal, where it has said something of it
    alarm: Alarm | None = None  # the one that it has ever set
    trampoline: int = 0  # where handlers return to; 0 until it has one
    used: Usage = field(default_factory=Usage)  # by threads that have ended
    used_by_children: Usage = field(default_factory=Usage)  # by those it has waited for
    folder: Folder | None = None  # where it looks for names that begin with none; None: the root
    vfork_parent: int = 0  # the process that waits until this one runs a program or ends

    @property
    def wait_status(self) -> int:
        """The status as wait4 reports it: Linux, wait(2)."""
        return self.signal if self.signal is not None else (self.status or 0) << 8

    def wish(self, signal: int) -> Disposition:
        """Return what it wants of `signal`."""
        return self.dispositions.get(signal, DEFAULT)

    def drops(self, signal: int) -> bool:
        """Return whether `signal` does nothing: it has said so, or that is what the signal does by itself."""
        handler = self.wish(signal).handler
        return handler == SIG_IGN or (handler == SIG_DFL and action_of(signal) in (Action.NOTHING, Action.CONTINUE))

    @property
    def wishes_at_exec(self) -> dict[int, Disposition]:
        """What is left of its dispositions when it runs another program: what it ignores."""
        ignored = (signal for signal, wish in self.dispositions.items() if wish.handler == SIG_IGN)
        return {signal: Disposition(SIG_IGN) for signal in ignored}

    @property
    def keeps_no_children(self) -> bool:
        """Whether its children leave nothing behind to wait for: it ignores SIGCHLD, or has said so."""
        wish = self.wish(Signal.SIGCHLD)
        return wish.handler == SIG_IGN or bool(wish.flags & SA_NOCLDWAIT)

    @property
    def alive(self) -> bool:
        """Whether it has not ended."""
        return self.life is Life.ALIVE
