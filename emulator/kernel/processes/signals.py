"""Signals: their numbers, and what each does to a process that handles none (Linux, signal(7))."""

from enum import Enum, IntEnum
from typing import NamedTuple


class Signal(IntEnum):
    """Linux signal numbers on riscv64."""

    SIGHUP = 1
    SIGINT = 2
    SIGQUIT = 3
    SIGILL = 4
    SIGTRAP = 5
    SIGABRT = 6
    SIGBUS = 7
    SIGFPE = 8
    SIGKILL = 9
    SIGUSR1 = 10
    SIGSEGV = 11
    SIGUSR2 = 12
    SIGPIPE = 13
    SIGALRM = 14
    SIGTERM = 15
    SIGCHLD = 17
    SIGCONT = 18
    SIGSTOP = 19
    SIGTSTP = 20
    SIGTTIN = 21
    SIGTTOU = 22
    SIGURG = 23
    SIGWINCH = 28


class Action(Enum):
    """What a signal does to a process that handles none."""

    NOTHING = "nothing"
    END = "ends it"
    STOP = "stops it"
    CONTINUE = "lets it go on if it is stopped"


LAST = 64
_ACTIONS = {
    0: Action.NOTHING,
    Signal.SIGCHLD: Action.NOTHING,
    Signal.SIGURG: Action.NOTHING,
    Signal.SIGWINCH: Action.NOTHING,
    Signal.SIGSTOP: Action.STOP,
    Signal.SIGTSTP: Action.STOP,
    Signal.SIGTTIN: Action.STOP,
    Signal.SIGTTOU: Action.STOP,
    Signal.SIGCONT: Action.CONTINUE,
}


def action_of(number: int) -> Action:
    """Return what signal `number` does."""
    return _ACTIONS.get(number, Action.END)


def bit_of(number: int) -> int:
    """Return a set of signals that holds this one; an empty one for 0."""
    return 1 << number >> 1


SIG_DFL, SIG_IGN = 0, 1
SA_NOCLDWAIT = 2
ALWAYS = bit_of(Signal.SIGKILL) | bit_of(Signal.SIGSTOP)  # neither ignored nor put off


class Disposition(NamedTuple):
    """What a process wants of a signal, as rt_sigaction takes and gives it."""

    handler: int = SIG_DFL
    flags: int = 0
    mask: int = 0
