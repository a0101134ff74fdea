"""Processes: an address space, a program, threads; and what is left of them until a parent has asked."""

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from emulator.kernel.image import Image
from emulator.kernel.signals import SA_NOCLDWAIT, SIG_IGN, Disposition, Signal
from emulator.kernel.usage import Usage

if TYPE_CHECKING:
    from emulator.kernel.thread import Thread


class Life(Enum):
    """Where a process is in its life."""

    ALIVE = "alive"
    ZOMBIE = "zombie"  # ended, not yet waited for: it holds a pid and a status, no memory
    GONE = "gone"


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
    threads: list["Thread"] = field(default_factory=list)  # those that have not ended, oldest first
    life: Life = Life.ALIVE
    status: int | None = None  # exit status 0-255
    signal: int | None = None  # the signal that ended it
    first_status: int | None = None  # that of its first thread, once that has ended
    children: list["Process"] = field(default_factory=list)  # those it can still wait for, oldest first
    barriers: bool = False  # whether it has registered for membarrier's expedited commands
    began_program: bool = False  # whether it has called execve
    stopped: bool = False
    stop_told: int = 0  # the signal that stopped it, until its parent has been told (WUNTRACED)
    continue_told: bool = False  # whether it was continued and its parent has yet to be told (WCONTINUED)
    pending: list[int] = field(default_factory=list)  # signals that came while it was stopped or put them off
    dispositions: dict[int, Disposition] = field(default_factory=dict)  # by signal, where it has said something of it
    used: Usage = field(default_factory=Usage)  # by threads that have ended
    used_by_children: Usage = field(default_factory=Usage)  # by those it has waited for
    vfork_parent: int = 0  # the process that waits until this one runs a program or ends

    @property
    def wait_status(self) -> int:
        """The status as wait4 reports it: Linux, wait(2)."""
        return self.signal if self.signal is not None else (self.status or 0) << 8

    def ignores(self, signal: int) -> bool:
        """Return whether it has said that `signal` is to do nothing."""
        return signal in self.dispositions and self.dispositions[signal].handler == SIG_IGN

    @property
    def keeps_no_children(self) -> bool:
        """Whether its children leave nothing behind to wait for: it ignores SIGCHLD, or has said so."""
        wish = self.dispositions.get(Signal.SIGCHLD, Disposition())
        return wish.handler == SIG_IGN or bool(wish.flags & SA_NOCLDWAIT)

    @property
    def alive(self) -> bool:
        """Whether it has not ended."""
        return self.life is Life.ALIVE
