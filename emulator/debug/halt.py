"""Where a debugged run stands still, and why."""

from enum import Enum
from typing import NamedTuple

from emulator.machine import Watch


class Why(Enum):
    """Why a debugged run stands still."""

    BREAKPOINT = "breakpoint"
    WATCH = "watch"  # the next instruction accesses watched memory
    STEP = "step"
    WISH = "wish"  # something has come that `Wishes` are about
    SIGNAL = "signal"  # one is about to end the process
    FORKED = "forked"  # a process has begun another
    RUNS = "runs"  # a process has begun another program
    ENDED = "ended"  # a process has ended
    INTERRUPTED = "interrupted"  # whoever debugs it wanted it
    BEGINNING = "beginning"  # of its history: there is nothing before
    BLOCKED = "blocked"  # every thread that is left waits for ever
    OVER = "over"  # every process has ended


class Halt(NamedTuple):
    """Why a run stands still, and at which thread; `words` say more of it.

    `value` is the number of a signal, the pid of a new process, or the exit status of one that has ended, of which
    `signal` is the number of what ended it. `watch` is what will be accessed, first at `va`.
    """

    why: Why
    pid: int
    tid: int
    words: str = ""
    value: int = 0
    signal: int | None = None
    watch: Watch | None = None
    va: int = 0
