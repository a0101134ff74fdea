"""Threads: what the kernel keeps of each while another one has the hart."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

import numpy as np
import numpy.typing as npt

from emulator.hardware.turns import FAR
from emulator.kernel.descriptors import Descriptors
from emulator.kernel.process import Process
from emulator.kernel.usage import Usage

NO_HART = -1
NAME_BYTES = 16  # of a thread's name, a zero byte among them
EVERYWHERE = -1  # an affinity mask of all ones


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


@dataclass(eq=False)
class Thread:
    """One thread of a process. While it runs, `regs` and `pc` are in the hart."""

    tid: int  # that of a process's first thread is its pid
    process: Process
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
    set_tid: int = 0  # where its id is to be written when it first runs (CLONE_CHILD_SETTID of a fork); 0: nowhere
    name: bytes = b""  # prctl(PR_SET_NAME)
    blocked: int = 0  # the signals that it puts off, a bit each
    pending: set[int] = field(default_factory=set)  # those sent to it alone that it has put off
    robust_list: int = 0  # where it keeps a list of locks that it may own when it ends (set_robust_list(2)); 0: nowhere
    used: Usage = field(default_factory=Usage)  # up to when it had a hart last
    clear_tid: int = 0  # where its end is announced: a zero, and a futex woken (set_tid_address(2)); 0: nowhere

    def may_run_on(self, hart: int) -> bool:
        """Return whether its affinity allows hart number `hart`."""
        return bool(self.affinity >> hart & 1)
