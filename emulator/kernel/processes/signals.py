"""Signals: their numbers, what each does to a process that handles none, and what one may wish (Linux, signal(7))."""

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
    SIGXCPU = 24
    SIGXFSZ = 25
    SIGVTALRM = 26
    SIGPROF = 27
    SIGWINCH = 28
    SIGIO = 29
    SIGPWR = 30
    SIGSYS = 31


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


FIRST_REAL_TIME = 32  # from here on each one that is sent comes, in the order of sending
SYNCHRONOUS = frozenset(
    (Signal.SIGILL, Signal.SIGTRAP, Signal.SIGBUS, Signal.SIGFPE, Signal.SIGSEGV, Signal.SIGSYS)
)  # those of a program's own instructions come before all others
STOPS = frozenset(number for number, action in _ACTIONS.items() if action is Action.STOP)

SIG_DFL, SIG_IGN = 0, 1
SA_NOCLDSTOP, SA_NOCLDWAIT, SA_SIGINFO = 1, 2, 4
SA_ONSTACK, SA_RESTART, SA_NODEFER, SA_RESETHAND = 0x08000000, 0x10000000, 0x40000000, 0x80000000
SA_EXPOSE_TAGBITS = 0x800
FLAGS = (  # Linux forgets all others
    SA_NOCLDSTOP | SA_NOCLDWAIT | SA_SIGINFO | SA_EXPOSE_TAGBITS | SA_ONSTACK | SA_RESTART | SA_NODEFER | SA_RESETHAND
)
ALWAYS = bit_of(Signal.SIGKILL) | bit_of(Signal.SIGSTOP)  # neither ignored nor put off nor handled


class Disposition(NamedTuple):
    """What a process wants of a signal, as rt_sigaction takes and gives it."""

    handler: int = SIG_DFL
    flags: int = 0
    mask: int = 0

    @property
    def handles(self) -> bool:
        """Whether a function of the program is to be called."""
        return self.handler not in (SIG_DFL, SIG_IGN)
