"""Processes: what the kernel keeps of each while another one has the hart, and after it has ended."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

import numpy as np
import numpy.typing as npt

from emulator.kernel.image import Image


class State(Enum):
    """Where a process is in its life."""

    READY = "ready"
    RUNNING = "running"
    BLOCKED = "blocked"
    ZOMBIE = "zombie"  # ended, not yet waited for: it holds a pid and a status, no memory
    GONE = "gone"


@dataclass(eq=False)
class Process:
    """One process. While it runs, `regs` and `pc` are in the hart."""

    pid: int
    parent: int  # 0: none
    space: int
    image: Image
    regs: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(32, np.int64))
    pc: int = 0
    state: State = State.READY
    status: int | None = None  # exit status 0-255
    signal: int | None = None  # the signal that ended it
    retry: Callable[[], int | None] | None = None  # the system call that it waits in: its result, or None to wait on
    children: list["Process"] = field(default_factory=list)  # those it can still wait for, oldest first
    vfork_parent: int = 0  # the process that waits until this one runs a program or ends

    @property
    def wait_status(self) -> int:
        """The status as wait4 reports it: Linux, wait(2)."""
        return self.signal if self.signal is not None else (self.status or 0) << 8

    @property
    def alive(self) -> bool:
        """Whether it has not ended."""
        return self.state not in (State.ZOMBIE, State.GONE)
