"""Steps for `threads.c`, and random sequences of them: what threads do to the memory and files that they share."""

from enum import IntEnum

from tests.linux.steps import ANONYMOUS, ARENA, BUFFER, FIXED, PAGE, PAGES, PRIVATE, SHARED, Call, FileMemory, Step

THREADS = 3
WHO = 256  # the number of the thread, in the first number of a step


class Op(IntEnum):
    """What a step does; those of memory as in `steps.py`."""

    END, CALL, PEEK, POKE, FORK, GROW, START, LEAVE, JOIN, CROWD = range(10)


CROWDS = 6  # ways in which a process of two threads ends


NONBLOCK, PIPES = 0o4000, ((6, 7), (8, 9))  # the ends of two pipes, after the files


class Threads(FileMemory):
    """A random sequence of steps of three threads, two of which end and begin again; the first one is always there."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.there = [0]

    def steps(self, count: int) -> list[Step]:
        """The layout and `count` steps, forks among them, in which a child takes some of its own."""
        halves = ((ARENA, PRIVATE), (ARENA + PAGE * PAGES // 2, SHARED))
        found: list[Step] = [
            *self.LAYOUT,
            *((Op.CALL, Call.MMAP, at, PAGE * PAGES // 2, 3, kind | ANONYMOUS | FIXED, -1) for at, kind in halves),
            *((Op.CALL, Call.PIPE2, BUFFER + 3 * PAGE, NONBLOCK) for _ in range(2)),
            *((Op.START, 1), (Op.START, 2)),
        ]
        self.there = [0, 1, 2]
        depth = 0
        for _ in range(count):
            if self.random.random() < 0.05 and depth < 2:
                found.append(self.by((Op.FORK,)))
                depth += 1
            elif depth and self.random.random() < 0.2:
                found.append((Op.END,))
                depth -= 1
            if not depth and self.random.random() < 0.08:
                found += self.change_threads()
            step = self.step()
            found.append(self.by(step))
        return found + [(Op.END,)] * (depth + 1)

    def by(self, step: Step) -> Step:
        """The same step, of some thread."""
        return step[0] + WHO * self.random.choice(self.there), *step[1:]

    def change_threads(self) -> list[Step]:
        """A thread ends and is waited for by another one, or begins; or a child of two threads ends."""
        pick = self.random.random()
        if pick < 0.3:
            kind, first, other = (self.random.randrange(most) for most in (CROWDS, 256, 256))
            return [self.by((Op.CROWD, kind, first, other))]
        if len(self.there) > 1 and pick < 0.65:
            number = self.there.pop(self.random.randrange(1, len(self.there)))
            return [(Op.LEAVE + WHO * number,), self.by((Op.JOIN, number))]
        absent = [number for number in range(THREADS) if number not in self.there]
        if not absent:
            return []
        begun = self.by((Op.START, absent[0]))
        self.there.append(absent[0])
        return [begun]

    def step(self) -> Step:
        """One step: half of them on files."""
        if self.random.random() < 0.5:
            return super().step()
        picks = (
            self.peek,
            self.poke,
            self.change,
            self.advice,
            self.remap,
            self.grow,
            self.pass_on,
            self.double,
            self.close,
        )
        return self.random.choices(picks, (20, 30, 12, 8, 6, 2, 30, 8, 1))[0]()

    def pass_on(self) -> Step:
        """Into a pipe, or out of it; memory is there or not, or half of it."""
        call = self.random.choice((Call.READ, Call.WRITE, Call.WRITE))
        size = self.random.choice((0, 1, 100, 3000, PAGE, PAGE + 8, 2 * PAGE, 5 * PAGE))
        place = self.random.choice((BUFFER, self.page())) + self.random.choice((0, 0, 8, PAGE - 100))
        return Op.CALL, call, self.random.choice(PIPES)[call == Call.WRITE], place, size

    def double(self) -> Step:
        """From one pipe to the other, or wrong."""
        source, target = self.random.choice((6, 6, 8)), self.random.choice((7, 9, 9))
        if self.random.random() < 0.1:
            source, target = self.file(), self.file()
        size = self.random.choice((0, 1, 100, PAGE, PAGE + 8, 1 << 20, -1))
        return Op.CALL, Call.TEE, source, target, size, self.random.choice((0, 0, 0, 2, 15, 16, 1 << 32))

    def close(self) -> Step:
        return Op.CALL, Call.CLOSE, self.random.choice((6, 7, 8, 9, 5, 99))
