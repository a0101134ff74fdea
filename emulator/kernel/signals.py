"""Signals: their numbers, and what each does to a process that handles none (Linux, signal(7))."""

from enum import IntEnum


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
    SIGURG = 23
    SIGWINCH = 28


IGNORED = frozenset({0, Signal.SIGCHLD, Signal.SIGCONT, Signal.SIGURG, Signal.SIGWINCH})
LAST = 64


def ends(number: int) -> bool:
    """Return whether signal `number` ends a process that handles no signal."""
    return number not in IGNORED
