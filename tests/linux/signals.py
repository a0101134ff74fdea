"""Steps for `signals.c`, and random sequences of them: what a program wants of signals, what comes, what is put off."""

import random
from enum import IntEnum

from tests.linux.steps import Step

SEGV, LOW, USER, SECOND, CHILD, REAL, OTHER = 11, 1, 10, 12, 17, 34, 40
SIGNALS = (LOW, USER, SECOND, CHILD, REAL, OTHER)
DEFAULT, IGNORE, HANDLE = 0, 1, 2
RESTART, ONSTACK, NODEFER, RESETHAND = 0x10000000, 0x08000000, 0x40000000, 0x80000000
DISABLE, AUTODISARM = 2, 1 << 31
STACK = 65536


class Op(IntEnum):
    """What a step does."""

    END, ACTION, MASK, RAISE, RAISE_THREAD, QUEUE, PENDING, SUSPEND, TIMEDWAIT, ALTSTACK, STORE, INNER = range(12)


class Signals:
    """A random sequence of steps. Every signal has a handler at first; some lose it, and may end the program."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def steps(self, count: int) -> list[Step]:
        """`count` steps, and those before and after them."""
        found: list[Step] = [(Op.ALTSTACK, 0, STACK)]
        found += [self.action(signal, HANDLE) for signal in (*SIGNALS, SEGV)]
        for _ in range(count):
            found += self.step()
        return [*found, (Op.MASK, 2, 0), (Op.PENDING,), (Op.END,)]

    def set(self) -> int:
        """Some of the signals."""
        return sum(1 << signal - 1 for signal in SIGNALS if self.random.random() < 0.4)

    def action(self, signal: int, handler: int) -> Step:
        flags = sum(flag for flag in (RESTART, ONSTACK, NODEFER) if self.random.random() < 0.4)
        flags |= RESETHAND if self.random.random() < 0.1 else 0
        return Op.ACTION, signal, handler | flags, self.set()

    def step(self) -> list[Step]:
        """One step, or a few that belong together."""
        pick = self.random.choices(
            (self.change, self.mask, self.send, self.nest, self.wait, self.store, self.stack, lambda: [(Op.PENDING,)]),
            (12, 26, 40, 12, 10, 8, 5, 3),
        )
        return pick[0]()

    def change(self) -> list[Step]:
        handler = self.random.choices((HANDLE, IGNORE, DEFAULT), (16, 3, 1))[0]
        return [self.action(self.random.choice(SIGNALS), handler)]

    def mask(self) -> list[Step]:
        how = self.random.choice((0, 0, 1, 1, 2, 3))
        return [(Op.MASK, how, self.set())]

    def send(self) -> list[Step]:
        signal = self.random.choice(SIGNALS)
        op = self.random.choice((Op.RAISE, Op.RAISE_THREAD, Op.QUEUE))
        return [(op, signal, self.random.randrange(100))]

    def nest(self) -> list[Step]:
        first, second = self.random.choice((*SIGNALS, SEGV)), self.random.choice(SIGNALS)
        return [(Op.INNER, first, second), *([] if first == SEGV else [(Op.RAISE, first)])]

    def wait(self) -> list[Step]:
        """Wait without time, or for a signal that is there for sure: it is sent while it is put off."""
        if self.random.random() < 0.6:
            return [(Op.TIMEDWAIT, 0, self.set())]
        signal = self.random.choice(SIGNALS)
        put_off = (Op.MASK, 0, 1 << signal - 1)
        return [(Op.ACTION, signal, HANDLE, self.set()), put_off, (Op.RAISE, signal), (Op.SUSPEND, 0, 0)]

    def store(self) -> list[Step]:
        return [(Op.STORE, int(self.random.random() < 0.7), self.random.randrange(4096))]

    def stack(self) -> list[Step]:
        flags = self.random.choice((0, 0, 1, DISABLE, AUTODISARM, 4, AUTODISARM | DISABLE))
        return [(Op.ALTSTACK, flags, self.random.choice((STACK, STACK, 100)))]
