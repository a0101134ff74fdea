"""Several processes at once, their memory, and what system calls answer, against a dictionary of pages each.

A state machine makes up a script, command by command, of processes that fork, exit, run another program, map, unmap and
protect memory, and store to it, themselves or through the kernel (F66). The model knows no frames: a private page is a
number of its process's own, a shared one a cell that several have. Then one machine runs the whole script
(`interpreter.s`), standing still now and then for its frames to be counted (F61, F68: `tests/balance.py`).
"""

import struct
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import takewhile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from emulator import Machine
from emulator.base.shipped import PROGRAMS
from isa import Program
from tests.running import ANONYMOUS, FIXED, NUMBERS, PAGE, PRIVATE, PROT_READ, PROT_WRITE, READ_WRITE, SHARED, check

BASE, PAGES, MOST = 0x40000000, 8, 5  # processes at a time
CONTROL, RESULTS, COMMAND, PATH = 0x60000000, 0x10000, 128, 72
OTHER_PROGRAM = b"/wrong/fresh\0"  # one that writes nothing
LOAD, STORE, FORK = -1, -2, -3
EFAULT, ENOMEM, ECHILD, SEGV = 14, 12, 10, 11
DONTNEED, DONTFORK, DOFORK, WIPEONFORK, KEEPONFORK = 4, 10, 11, 18, 19
NOHANG = 1
STRETCH = 3_000  # instructions between two looks at the frames

MACHINES = [
    {},
    {"fork": "shared-tables"},
    {"fork": "eager"},
    {"fork": "cow-stack"},
    {"harts": 2},
    {"paging": "x86-64"},
    {"tlb": "adversarial"},
]


@dataclass
class Cell:
    """The first word of a page."""

    value: int = 0


@dataclass
class Page:
    """A page as one process has it; of shared memory several have the same cell."""

    prot: int
    shared: bool
    cell: Cell = field(default_factory=Cell)
    forked: bool = True
    wiped: bool = False

    def for_child(self):
        cell = self.cell if self.shared else Cell(0 if self.wiped else self.cell.value)
        return replace(self, cell=cell)


@dataclass
class Process:
    pid: int
    pages: dict[int, Page] = field(default_factory=dict)
    children: dict[int, bool] = field(default_factory=dict)  # by pid: whether it has ended
    parent: "Process | None" = None

    def end(self):
        """Let its parent wait for it; it leaves its own children to the first process, which asks for none of them."""
        if self.parent is not None and self.pid in self.parent.children:
            self.parent.children[self.pid] = True

    def word(self, page, prot):
        """The cell of a page that grants `prot`, or None."""
        found = self.pages.get(page)
        return found.cell if found is not None and found.prot & prot else None


def address(page):
    return BASE + page * PAGE


ranges = st.tuples(st.integers(0, PAGES - 1), st.integers(1, 4)).map(lambda pair: (pair[0], min(sum(pair), PAGES)))
pages = st.integers(0, PAGES - 1)
rights = st.sampled_from([0, PROT_READ, READ_WRITE, READ_WRITE, READ_WRITE])
values = st.integers(1, 1 << 40)
whose = st.integers(0, MOST - 1)


class ProcessesAtOnce(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.processes = {0: Process(1)}  # by their number in the script
        self.script, self.expected, self.input, self.output = [], [], [], b""
        self.next_pid, self.next_number = 2, 1
        self.machine = {}

    @initialize(machine=st.sampled_from(MACHINES))
    def boot(self, machine):
        self.machine = machine
        self.map((0, PAGES), READ_WRITE, PRIVATE, 0)

    # commands

    def command(self, number, what, *arguments, result=None, first=False):
        """Add a command, with the result that it must have; None: it has none, for its process ends."""
        words = struct.pack("<9q", number, what, first, *arguments, *[0] * (6 - len(arguments)))
        self.script.append((words + OTHER_PROGRAM).ljust(COMMAND, b"\0"))  # its name stands after each command
        self.expected.append(result)

    def one(self, whose):
        """The process meant: of those that there are, by number."""
        number = sorted(self.processes)[whose % len(self.processes)]
        return number, self.processes[number]

    def call(self, number, name, *arguments, result):
        self.command(number, NUMBERS[name], *arguments, result=result)

    @precondition(lambda self: len(self.processes) < MOST)
    @rule(whose=whose)
    def fork(self, whose):
        number, process = self.one(whose)
        pages = {place: page.for_child() for place, page in process.pages.items() if page.forked}
        self.processes[self.next_number] = Process(self.next_pid, pages, parent=process)
        process.children[self.next_pid] = False
        self.command(number, FORK, self.next_number, result=self.next_pid)
        self.next_pid, self.next_number = self.next_pid + 1, self.next_number + 1

    @precondition(lambda self: len(self.processes) > 1)
    @rule(whose=whose, how=st.sampled_from(["exit", "run", "kill"]), page=pages)
    def end(self, whose, how, page):
        """A process ends: by itself, by running another program, or by a store that its memory does not grant (F2)."""
        number, process = self.one(whose)
        if number == 0:
            return
        if how == "kill" and process.word(page, PROT_WRITE) is None:
            self.command(number, STORE, address(page), 1, first=True)
        elif how == "run":
            self.command(number, NUMBERS["execve"], CONTROL + PATH, 0, 0, first=True)
        else:
            self.command(number, NUMBERS["exit"], 0, first=True)
        del self.processes[number]
        process.end()

    @rule(whose=whose, child=st.integers(0, 10))
    def wait(self, whose, child):
        number, process = self.one(whose)
        if not process.children:
            self.call(number, "wait4", self.next_pid + 5, 0, NOHANG, 0, result=-ECHILD)
            return
        pid = sorted(process.children)[child % len(process.children)]
        if process.children[pid]:
            del process.children[pid]
            self.call(number, "wait4", pid, 0, 0, 0, result=pid)
        else:
            self.call(number, "wait4", pid, 0, NOHANG, 0, result=0)

    @rule(where=ranges, prot=rights, sharing=st.sampled_from([PRIVATE, PRIVATE, SHARED]), whose=whose)
    def map(self, where, prot, sharing, whose):
        number, process = self.one(whose)
        first, end = where
        process.pages |= {page: Page(prot, sharing == SHARED) for page in range(first, end)}
        flags = sharing | FIXED | ANONYMOUS
        at, size = address(first), (end - first) * PAGE
        self.call(number, "mmap", at, size, prot, flags, -1, 0, result=at)

    @rule(where=ranges, whose=whose)
    def unmap(self, where, whose):
        number, process = self.one(whose)
        for page in range(*where):
            process.pages.pop(page, None)
        self.call(number, "munmap", address(where[0]), (where[1] - where[0]) * PAGE, result=0)

    @rule(where=ranges, prot=rights, whose=whose)
    def protect(self, where, prot, whose):
        """F67, F70: what lies before the first hole is changed."""
        number, process = self.one(whose)
        before = list(takewhile(process.pages.__contains__, range(*where)))
        for page in before:
            process.pages[page].prot = prot
        result = 0 if len(before) == where[1] - where[0] else -ENOMEM
        self.call(number, "mprotect", address(where[0]), (where[1] - where[0]) * PAGE, prot, result=result)

    @rule(page=pages, advice=st.sampled_from([DONTNEED, DONTFORK, DOFORK, WIPEONFORK, KEEPONFORK]), whose=whose)
    def advise(self, page, advice, whose):
        number, process = self.one(whose)
        found = process.pages.get(page)
        if found is not None and found.shared and advice == WIPEONFORK:
            return  # EINVAL, on Linux; tested by itself
        if found is not None:
            if advice == DONTNEED and not found.shared:
                found.cell.value = 0
            found.forked = {DONTFORK: False, DOFORK: True}.get(advice, found.forked)
            found.wiped = {WIPEONFORK: True, KEEPONFORK: False}.get(advice, found.wiped)
        self.call(number, "madvise", address(page), PAGE, advice, result=-ENOMEM if found is None else 0)

    @rule(page=pages, value=values, whose=whose)
    def store(self, page, value, whose):
        number, process = self.one(whose)
        cell = process.word(page, PROT_WRITE)
        if cell is not None:
            cell.value = value
            self.command(number, STORE, address(page), value, result=0)

    @rule(page=pages, whose=whose)
    def load(self, page, whose):
        number, process = self.one(whose)
        cell = process.word(page, READ_WRITE)
        if cell is not None:
            self.command(number, LOAD, address(page), result=cell.value)

    @rule(page=pages, value=values, whose=whose)
    def read(self, page, value, whose):
        """F66: the kernel writes to user memory, as a store would, or says that it cannot."""
        number, process = self.one(whose)
        cell = process.word(page, PROT_WRITE)
        if cell is not None:
            cell.value = value
            self.input.append(struct.pack("<q", value))
        self.call(number, "read", 0, address(page), 8, result=-EFAULT if cell is None else 8)

    def write(self, number, process, page):
        cell = process.word(page, READ_WRITE)
        if cell is not None:
            self.output += struct.pack("<q", cell.value)
        self.call(number, "write", 1, address(page), 8, result=-EFAULT if cell is None else 8)

    # the run

    def teardown(self):
        if not self.script:
            return
        for number, process in self.processes.items():
            for page in range(PAGES):
                self.write(number, process, page)
        self.call(0, "write", 1, CONTROL + RESULTS, 8 * len(self.expected), result=8 * len(self.expected))
        self.command(-1, 0)
        script = b"".join(self.script)
        given = (
            struct.pack("<q", len(script)) + script + b"".join(self.input) + bytes(8)
        )  # never at its end: a read would be 0
        result, out = self.run(given + bytes(8))  # at its end a read would be 0, not EFAULT
        assert result.exit_status == 0
        told = struct.unpack(f"<{len(self.expected) - 2}q", out[len(self.output) :])
        wrong = [
            (place, self.script[place][:72], got, wanted)
            for place, (got, wanted) in enumerate(zip(told, self.expected, strict=False))
            if wanted not in (None, got)
        ]
        assert [(place, struct.unpack("<9q", command), got, wanted) for place, command, got, wanted in wrong] == []
        assert out[: len(self.output)] == self.output

    def run(self, given):
        """Run the script, standing still now and then; return the result and what was written."""
        machine = Machine(memory="8MiB", stdin=given, check_stale=True, ledger=True, root=PROGRAMS, **self.machine)
        machine.spawn(interpreter())
        result = machine.run(STRETCH)
        while result.ended == "limit":
            result = machine.run(STRETCH)
        assert result.ended == "exit"
        return check(result), bytes(machine.core.streams.out)


@cache
def interpreter():
    return Program.load(Path(__file__).parent / "interpreter.s")


ProcessesAtOnce.TestCase.settings = settings(max_examples=12, stateful_step_count=30)
TestProcessesAtOnce = ProcessesAtOnce.TestCase
