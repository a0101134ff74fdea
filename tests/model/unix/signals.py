"""Signals that come, are put off, pend, and are handled: lists and sets (F98, F150 to F153; signal(7))."""

from dataclasses import dataclass, field

USER, SEGV, SECOND, PIPE, REAL = 10, 11, 12, 13, 34  # SIGUSR1, SIGSEGV, SIGUSR2, SIGPIPE, the first real-time one
KILL = 9
SI_USER, SI_TKILL, MAPERR, ACCERR = 0, -6, 1, 2
DEFAULT, IGNORE, HANDLE = 0, 1, 2
SENT = (USER, SECOND, REAL)
NODEFER, RESETHAND, SIGINFO = 0x40000000, 0x80000000, 4


def bit(signal):
    return 1 << signal - 1


@dataclass(frozen=True)
class Action:
    """What a process wants of a signal."""

    how: int = DEFAULT
    flags: int = 0
    mask: int = 0


@dataclass(frozen=True)
class Signal:
    """One that has come: its number, why, and who sent it or which address led to it."""

    number: int
    code: int
    value: int


@dataclass
class Pending:
    """Those that have come and may not yet be taken."""

    signals: list[Signal] = field(default_factory=list)

    def add(self, signal):
        """Of a standard one the first is kept, of a real-time one all (F150)."""
        if signal.number >= REAL or all(other.number != signal.number for other in self.signals):
            self.signals.append(signal)

    def mask(self):
        found = 0
        for signal in self.signals:
            found |= bit(signal.number)
        return found

    def take(self, blocked):
        """Take out the next: what instructions led to, then the lowest, then the oldest (F150)."""
        free = [signal for signal in self.signals if not bit(signal.number) & blocked]
        if not free:
            return None
        taken = min(free, key=lambda signal: (signal.number != SEGV, signal.number))
        self.signals.remove(taken)
        return taken

    def drop(self, number):
        self.signals = [signal for signal in self.signals if signal.number != number]


def handled(thread):
    """Let what may be taken be taken. Yield (signal, mask before, mask meanwhile) as handlers run.

    A handler begins above those that have begun and done nothing yet (F150): so the last one runs first. Its signal and
    those that it asks for are put off until it returns (F153). Yield the signal alone if the process ends by it.
    """
    process, frames = thread.process, []
    while True:
        signal = thread.pending.take(thread.blocked) or process.pending.take(thread.blocked)
        if signal is not None:
            action = process.action(signal.number)
            if action.how == DEFAULT:
                yield signal, None, None
                return
            if action.how == IGNORE:
                continue
            before = thread.blocked
            thread.blocked |= action.mask | (0 if action.flags & NODEFER else bit(signal.number))
            frames.append((signal, before, thread.blocked))
            if action.flags & RESETHAND:
                process.actions[signal.number] = Action()
        elif frames:
            frame = frames.pop()
            yield frame
            thread.blocked = frame[1]
        else:
            return
