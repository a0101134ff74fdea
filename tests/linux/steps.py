"""Steps for `steps.c`, and random sequences of them: what a program does to its memory and its children."""

import random
import struct
from enum import IntEnum

PAGE = 4096
ARENA, PAGES = 0x20_0000_0000, 16
BUFFER = ARENA - (1 << 20)  # pages that stay mapped
BEYOND = 0xFFFF_FFFF_FFFF_0000 - (1 << 64)
SHARED, PRIVATE, FIXED, ANONYMOUS = 0x01, 0x02, 0x10, 0x20
SIGCHLD = 17


class Op(IntEnum):
    """What a step does."""

    END, CALL, PEEK, POKE, FORK, GROW, RESIDENT, SPAWN, SIGNAL, WAIT, GROUP, FAMILY, WORD = range(13)


class Call(IntEnum):
    """The system call of an `Op.CALL`."""

    MMAP, MUNMAP, MPROTECT, MADVISE, MLOCK, MUNLOCK, MLOCK2, MLOCKALL, MUNLOCKALL, MSYNC = range(10)
    FUTEX, MINCORE, READ, WRITE, KILL, WAIT4, EXECVE = range(10, 17)
    OPENAT, FTRUNCATE, PREAD, PWRITE, LSEEK, MREMAP = range(17, 23)
    READV, WRITEV, VMSPLICE, PIPE2, CLOSE, TEE = range(23, 29)  # the first two of process_vm_


Step = tuple[int, ...]


def packed(steps: list[Step]) -> bytes:
    """The steps as the program reads them."""
    return b"".join(struct.pack("<8q", *step, *[0] * (8 - len(step))) for step in steps)


class Memory:
    """A random sequence of steps on the pages of an arena, of a program's heap, and of what lies outside."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def steps(self, count: int) -> list[Step]:
        """`count` steps, forks among them, in which a child takes some of its own."""
        found: list[Step] = []
        depth = 0
        for _ in range(count):
            if self.random.random() < 0.04 and depth < 2:
                found.append((Op.FORK,))
                depth += 1
            elif depth and self.random.random() < 0.15:
                found.append((Op.END,))
                depth -= 1
            step = self.step()
            if not depth or step[0] != Op.RESIDENT:  # Linux leaves a child to find again what its parent has only read
                found.append(step)
        return found + [(Op.END,)] * (depth + 1)

    def step(self) -> Step:
        """One step."""
        pick = self.random.choices(
            (
                *(self.peek, self.poke, self.resident, self.grow),
                *(self.mapping, self.change, self.advice, self.lock, self.remap),
            ),
            (20, 20, 4, 5, 16, 16, 16, 6, 16),
        )
        return pick[0]()

    def page(self) -> int:
        """Where a page of the arena begins."""
        return ARENA + PAGE * self.random.randrange(PAGES)

    def start(self) -> int:
        """Mostly such a place."""
        odd = (self.page() + self.random.randrange(PAGE), 0, 1, BEYOND, BEYOND + 1, (1 << 62), ARENA - PAGE)
        return self.random.choice(odd) if self.random.random() < 0.05 else self.page()

    def length(self) -> int:
        """Mostly a few pages."""
        odd = (0, 1, PAGE - 1, PAGE + 1, -1, -PAGE, 1 << 62, 1 << 47, (1 << 63) - 1)
        return self.random.choice(odd) if self.random.random() < 0.07 else PAGE * self.random.randint(1, 5)

    def prot(self) -> int:
        """What pages grant, execution left out: the hosts differ in what that lets a program read."""
        odd = (8, 16, 1 << 32, 1 | 1 << 24, -1)
        return self.random.choice(odd) if self.random.random() < 0.04 else self.random.choice((0, 1, 3, 3, 3))

    def peek(self) -> Step:
        return Op.PEEK, self.page() + self.random.choice((0, 8, PAGE - 1))

    def poke(self) -> Step:
        return Op.POKE, self.page() + self.random.choice((0, 8, PAGE - 1)), self.random.randrange(1, 100)

    def resident(self) -> Step:
        return Op.RESIDENT, self.page(), PAGE * self.random.randint(1, 6)

    def grow(self) -> Step:
        return Op.GROW, self.random.choice((0, 100, PAGE, 3 * PAGE, 5 * PAGE + 8, -PAGE, 1 << 46))

    def mapping(self) -> Step:
        place = self.random.choice((FIXED, FIXED, FIXED, 0x100000))
        more = self.random.choice((0, 0, 0, 0x8000, 0x18000, 0x2000, 0x4000, 0x20000, 0x1000, 0x800))
        kind = self.random.choice((SHARED, PRIVATE, PRIVATE)) if self.random.random() < 0.97 else 0
        flags = place | more | kind | (ANONYMOUS if self.random.random() < 0.97 else 0)
        start, length = self.start() or ARENA, self.length()  # page 0 is for those with capabilities
        if start == 1:
            start = ARENA + 1
        if not 0 <= start < 1 << 46:
            flags |= FIXED  # else the place would be the kernel's choice
        return Op.CALL, Call.MMAP, start, length, self.prot() & ~(1 << 24), flags, -1

    def change(self) -> Step:
        if self.random.random() < 0.4:
            return Op.CALL, Call.MUNMAP, self.page(), PAGE * self.random.randint(1, 3)
        return Op.CALL, Call.MPROTECT, self.start(), self.length(), self.prot()

    def advice(self) -> Step:
        wanted = self.random.choice((4, 4, 4, 4, 10, 11, 18, 19, 22, 23, 24, 0, 1, 2, 3, 16, 17, 20, 7, 99, -1))
        length = self.length()
        if length > 1 << 40:  # up there Linux has pages of its own, which take no advice
            length = PAGE
        return Op.CALL, Call.MADVISE, self.start(), length, wanted

    def remap(self) -> Step:
        """mremap, where the outcome does not depend on which regions Linux has made one: that is its own affair."""
        pick = self.random.choice(
            (self.moved, self.moved, self.moved, self.shrunk, self.grown, self.again, self.wrong_remap)
        )
        return Op.CALL, Call.MREMAP, *pick()

    def moved(self) -> Step:
        """Whole pages, of any regions, to another place."""
        length = PAGE * self.random.choice((1, 1, 2, 3, 5))
        return self.page(), length, length, 3, self.page()

    def shrunk(self) -> Step:
        """The end of a range, unmapped."""
        return (
            self.page(),
            PAGE * self.random.randint(2, 5),
            PAGE * self.random.randint(1, 2),
            self.random.choice((0, 1)),
        )

    def grown(self) -> Step:
        """One page that is to be several, in place or elsewhere: shared memory does not get larger by that."""
        where = self.random.choice(((0,), (3, self.page())))
        return self.page(), PAGE, PAGE * self.random.randint(2, 4), *where

    def again(self) -> Step:
        """A shared page, seen once more, or more than there is of it."""
        return self.page(), 0, PAGE * self.random.randint(1, 2), 3, self.page()

    def wrong_remap(self) -> Step:
        """What is refused, mostly."""
        flags = self.random.choice((0, 2, 3, 3, 4, 6, 8, -1, 1 << 32))
        length = self.random.choice((PAGE, 2 * PAGE, self.length()))
        new = length if flags & 4 else self.random.choice((0, -1, -PAGE, 1 << 62, length, length))
        return self.start(), length, new, flags, self.start() or ARENA  # page 0 is for those with capabilities

    def lock(self) -> Step:
        pick = self.random.random()
        if pick < 0.5:
            call = self.random.choice((Call.MLOCK, Call.MUNLOCK, Call.MUNLOCK))
            return Op.CALL, call, self.start(), self.length()
        if pick < 0.7:
            return Op.CALL, Call.MLOCK2, self.start(), self.length(), self.random.choice((0, 1, 2))
        return Op.CALL, Call.MSYNC, self.start(), self.length(), self.random.choice((0, 1, 2, 4, 5, 8))


class FileMemory(Memory):
    """The same with two files, which calls read, write and make longer and shorter while the arena maps them."""

    FILES = 3, 4, 5  # their descriptors, the first that are free; the last one may only be read
    HERE, READ_WRITE_CREATE, READ = -100, 0o102, 0
    LAYOUT: tuple[Step, ...] = (
        (Op.CALL, Call.MMAP, ARENA, PAGE, 3, PRIVATE | ANONYMOUS | FIXED, -1),
        (Op.CALL, Call.MMAP, BUFFER, 4 * PAGE, 3, PRIVATE | ANONYMOUS | FIXED, -1),
        *((Op.POKE, ARENA, ord("a")), (Op.CALL, Call.OPENAT, HERE, ARENA, READ_WRITE_CREATE, 0o600)),
        *((Op.POKE, ARENA, ord("b")), (Op.CALL, Call.OPENAT, HERE, ARENA, READ_WRITE_CREATE, 0o600)),
        *((Op.CALL, Call.OPENAT, HERE, ARENA, READ, 0),),
        *((Op.CALL, Call.FTRUNCATE, file, 3 * PAGE) for file in (3, 4)),
    )

    def steps(self, count: int) -> list[Step]:
        """The layout and `count` steps."""
        return [*self.LAYOUT, *super().steps(count)]

    def step(self) -> Step:
        mine = (self.mapping, self.resize, self.copy, self.seek)
        picks = (*mine, self.peek, self.poke, self.change, self.advice, self.lock, self.remap)
        return self.random.choices(picks, (16, 8, 16, 4, 20, 24, 8, 8, 3, 8))[0]()

    def file(self) -> int:
        """One of the files, or what is none."""
        odd = (0, 1, 99, -1)
        return self.random.choice(odd) if self.random.random() < 0.06 else self.random.choice(self.FILES)

    def position(self) -> int:
        """Where in a file, at a page's beginning or not, or nowhere."""
        odd = (-1, -PAGE, 1 << 62, (1 << 63) - 1)
        if self.random.random() < 0.03:
            return self.random.choice(odd)
        return PAGE * self.random.randrange(5) + self.random.choice((0, 0, 0, 1, 8, PAGE - 1))

    def mapping(self) -> Step:
        """A file, mostly, or memory."""
        if self.random.random() < 0.2:
            return super().mapping()
        more = self.random.choice((0, 0, 0, 0, 0x8000, 0x18000, 0x2000, 0x20000, 0x100))
        kind = self.random.choice((SHARED, SHARED, PRIVATE, PRIVATE, SHARED | PRIVATE, 0))
        offset = self.random.choice((0, 0, PAGE, 2 * PAGE, 4 * PAGE, 1, 1 << 62, -PAGE, 1 << 40))
        length = PAGE * self.random.randint(1, 4) if self.random.random() < 0.95 else self.length()
        flags, prot = FIXED | kind | more, self.prot() & ~(1 << 24)
        return Op.CALL, Call.MMAP, self.page(), length, prot, flags, self.file(), offset

    def resize(self) -> Step:
        odd = (-1, 100, PAGE + 1)
        size = self.random.choice(odd) if self.random.random() < 0.2 else PAGE * self.random.randrange(5)
        return Op.CALL, Call.FTRUNCATE, self.file(), size

    def copy(self) -> Step:
        """From memory to a file or back; a page or a few bytes.

        A write that fails makes a file longer on Linux where it was to begin beyond its end: so what may not be there
        is written to its beginning alone.
        """
        call, position = self.random.choice((Call.PREAD, Call.PWRITE, Call.PWRITE)), self.position()
        size = self.random.choice((0, 1, 8, 100, PAGE, PAGE + 8, 2 * PAGE))
        page = self.page()
        if self.random.random() < 0.5:
            page = BUFFER + PAGE * self.random.randrange(2)
        elif call == Call.PWRITE and position >= 0:
            position = 0
        return Op.CALL, call, self.file(), page + self.random.choice((0, 0, 8, PAGE - 4)), size, position

    def seek(self) -> Step:
        return Op.CALL, Call.LSEEK, self.file(), self.position(), self.random.choice((0, 1, 2, 7))


class HugeMemory(Memory):
    """The same on some 2 MiB, with advice on huge pages: what memory holds must not depend on the size of pages."""

    def step(self) -> Step:
        picks = (self.peek, self.poke, self.mapping, self.change, self.advice, self.remap)
        return self.random.choices(picks, (20, 24, 10, 14, 14, 10))[0]()

    def page(self) -> int:
        """A page at an end of 2 MiB, or within."""
        return ARENA + PAGE * self.random.choice((0, 1, 200, 511, 512, 513, 800, 1023, 1024, 1500))

    def length(self) -> int:
        """A few pages, or about 2 MiB."""
        return PAGE * self.random.choice((1, 2, 3, 311, 511, 512, 512, 513, 1024, 1336))

    def moved(self) -> Step:
        """Whole pages to another place, often where 2 MiB fall on 2 MiB."""
        length, page = self.length(), self.page()
        to = self.random.choice((self.page(), page + PAGE * 512, page - PAGE * 1024, page + PAGE * 1536))
        return page, length, length, 3, to

    def advice(self) -> Step:
        """MADV_DONTNEED, (NO)HUGEPAGE, DONTFORK, DOFORK, POPULATE_READ, _WRITE."""
        return Op.CALL, Call.MADVISE, self.page(), self.length(), self.random.choice((4, 4, 4, 14, 15, 10, 11, 22, 23))


class Family:
    """A random sequence of steps on children: what is sent to them, what waits tell, what groups they are in.

    A wait blocks where something is to come, and asks without blocking only where nothing is: what Linux does at its
    leisure does not decide what is seen.
    """

    NOHANG, UNTRACED, CONTINUED, ALL, CLONE = 1, 2, 8, 0x40000000, 0x80000000

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.exit_signal: dict[int, int] = {}
        self.stopped: set[int] = set()
        self.leads: set[int] = set()

    def steps(self, count: int) -> list[Step]:
        """About `count` steps, after which no child is left."""
        found: list[Step] = []
        while len(found) < count:
            found += self.some()
        for slot in list(self.exit_signal):
            found += self.end(slot, 9)
        return [*found, (Op.END,)]

    def some(self) -> list[Step]:
        """A few steps that belong together."""
        free = [slot for slot in range(6) if slot not in self.exit_signal]
        if free and (len(free) > 4 or self.random.random() < 0.25):
            return self.spawn(self.random.choice(free))
        slot = self.random.choice(list(self.exit_signal))
        pick = self.random.choice((self.stop, self.go_on, self.ask, self.ask, self.group, self.send, self.wrong))
        return pick(slot)

    def spawn(self, slot: int) -> list[Step]:
        signal = self.random.choice((17, 17, 17, 0, 23))
        if self.random.random() < 0.3:
            status = self.random.randrange(256)
            spawned = (Op.SPAWN, slot, signal, 0, status)
            return [spawned, (Op.WAIT, slot, self.kind(signal))]
        self.exit_signal[slot] = signal
        return [(Op.SPAWN, slot, signal, 1, 0)]

    def kind(self, signal: int) -> int:
        """Options with which a wait takes a child of this exit signal."""
        return self.random.choice((self.ALL, self.CLONE if signal != SIGCHLD else 0))

    def stop(self, slot: int) -> list[Step]:
        signal = self.random.choice((19, 20, 21, 22) if slot in self.leads else (19,))
        sent = (Op.SIGNAL, slot, signal)
        if slot in self.stopped:
            return [sent, (Op.WAIT, slot, self.NOHANG | self.UNTRACED | self.ALL)]
        self.stopped.add(slot)
        return [sent, (Op.WAIT, slot, self.UNTRACED | self.kind(self.exit_signal[slot]))]

    def go_on(self, slot: int) -> list[Step]:
        if slot not in self.stopped:
            return [(Op.SIGNAL, slot, 18), (Op.WAIT, slot, self.NOHANG | self.CONTINUED | self.ALL)]
        self.stopped.remove(slot)
        return [(Op.SIGNAL, slot, 18), (Op.WAIT, slot, self.CONTINUED | self.kind(self.exit_signal[slot]))]

    def ask(self, slot: int) -> list[Step]:
        options = self.random.choice((0, self.UNTRACED, self.CONTINUED, self.ALL, self.CLONE, self.ALL | self.CLONE))
        return [(Op.WAIT, slot, self.NOHANG | options, self.random.choice((0, 0, 1)))]

    def group(self, slot: int) -> list[Step]:
        other = self.random.choice(list(self.exit_signal))
        if other in self.leads or other == slot:
            self.leads.add(slot)
        return [(Op.GROUP, slot, other), (Op.FAMILY, slot), (Op.GROUP, slot, -1)]

    def send(self, slot: int) -> list[Step]:
        return self.end(slot, self.random.choice((9, 15, 1, 10, 14)))

    def end(self, slot: int, signal: int) -> list[Step]:
        wait = (Op.WAIT, slot, self.kind(self.exit_signal.pop(slot)))
        sent: list[Step] = [(Op.SIGNAL, slot, signal)]
        if slot in self.stopped and signal != 9:
            sent += [(Op.WAIT, slot, self.NOHANG | self.ALL), (Op.SIGNAL, slot, 18)]
        self.stopped.discard(slot)
        self.leads.discard(slot)
        return [*sent, wait, (Op.SIGNAL, slot, 0)]

    def wrong(self, slot: int) -> list[Step]:
        return [
            (Op.SIGNAL, slot, self.random.choice((0, 65, -1, 17, 23, 28))),
            (Op.CALL, Call.WAIT4, -1, 0, self.random.choice((4, 16, 1 << 31 | 1, 1 << 33 | 1))),
            (Op.CALL, Call.KILL, 0x7FFFFFFF, self.random.choice((0, 9, 65))),
        ]


class Errors:
    """A random sequence of system calls with arguments that are mostly wrong: which error comes first.

    The arena has a shared page, a private one, one that may be read only, a hole, and one that grants nothing.
    """

    LAYOUT: tuple[Step, ...] = (
        (Op.CALL, Call.MMAP, ARENA, PAGE, 3, SHARED | ANONYMOUS | FIXED, -1),
        (Op.CALL, Call.MMAP, ARENA + PAGE, PAGE, 3, PRIVATE | ANONYMOUS | FIXED, -1),
        (Op.CALL, Call.MMAP, ARENA + 2 * PAGE, PAGE, 1, SHARED | ANONYMOUS | FIXED, -1),
        (Op.CALL, Call.MMAP, ARENA + 4 * PAGE, PAGE, 0, PRIVATE | ANONYMOUS | FIXED, -1),
        (Op.POKE, ARENA + PAGE, 1),  # a word that is not 0
    )

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def steps(self, count: int) -> list[Step]:
        """The layout and `count` calls."""
        picks = (self.futex, self.futex, self.write, self.read, self.kill, self.wait, self.execve, self.lock)
        return [*self.LAYOUT, *(self.random.choice(picks)() for _ in range(count)), (Op.END,)]

    def place(self) -> int:
        """Somewhere in the arena, at its ends, or far from it."""
        near = ARENA + PAGE * self.random.randrange(6) + self.random.choice((0, 0, 0, 4, 8, 2, 4092, 4090))
        return self.random.choice((near, near, near, near, 0, 8, 1, BEYOND, -1, ARENA - 4))

    def futex(self) -> Step:
        command = self.random.choice((0, 1, 3, 4, 9, 10, 2, 99, -1))
        operation = command | self.random.choice((0, 128, 256, 128 | 256))
        value = self.random.choice((0, 1, 5, -1, 1 << 32, 0x7FFFFFFF))
        if command in (0, 9):
            value, third = 7, self.random.choice((0, 1, BEYOND))  # no word is 7: nobody waits
        else:
            third = self.random.choice((0, 1, -1, 1 << 32))
        return Op.CALL, Call.FUTEX, self.place(), operation, value, third, self.place()

    def descriptor(self) -> int:
        return self.random.choice((-1, 99, 1 << 31, (1 << 32) + 99))

    def write(self) -> Step:
        """To standard error, whose output nobody compares, or to what is not open."""
        number = self.random.choice((2, 2, (1 << 32) + 2, self.descriptor()))
        return Op.CALL, Call.WRITE, number, self.place(), self.random.choice((0, 1, 8, 100, -1, 1 << 62, PAGE))

    def read(self) -> Step:
        """From standard input, which is at its end, or from what is not open."""
        return Op.CALL, Call.READ, self.descriptor(), self.place(), self.random.choice((0, 1, 8, -1, 1 << 62))

    def kill(self) -> Step:
        return (
            Op.CALL,
            Call.KILL,
            self.random.choice((0x7FFFFFF0, -0x7FFFFFF0, -(1 << 31))),
            self.random.choice((0, 9, 65, -1)),
        )

    def wait(self) -> Step:
        options = self.random.choice((0, 1, 2, 8, 4, 16, 1 << 24, 1 << 31, 1 << 30, 1 << 29, 1 << 33))
        return (
            Op.CALL,
            Call.WAIT4,
            self.random.choice((-1, 0, 5, -5, -(1 << 31), 1 << 32)),
            self.place(),
            options,
            self.place(),
        )

    def execve(self) -> Step:
        return Op.CALL, Call.EXECVE, self.place(), self.random.choice((0, 0, self.place())), 0

    def lock(self) -> Step:
        if self.random.random() < 0.5:
            return Op.CALL, Call.MLOCKALL, self.random.choice((0, 4, 8, -1, 1 << 32))
        return Op.CALL, Call.MINCORE, self.place(), self.random.choice((0, 1, PAGE, -1)), self.place()
