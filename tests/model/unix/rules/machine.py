"""What all rules stand on: who there is, what becomes of signals, and the run of the script that they made up."""

import random

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from tests.model.unix.files import File
from tests.model.unix.memory import Memory, Page
from tests.model.unix.processes import Process, Thread
from tests.model.unix.script import BUFFER, CONTROL, LOGGED_ALL, PROCESS_GONE, Script
from tests.model.unix.signals import ACCERR, SEGV, handled
from tests.running import ANONYMOUS, FIXED, PAGE, PRIVATE, READ_WRITE

MOST = 5  # threads at a time
EFAULT = 14
SETTINGS = [
    {},
    {"fork": "shared-tables"},
    {"fork": "eager"},
    {"fork": "cow-stack"},
    {"harts": 2},
    {"paging": "x86-64"},
    {"tlb": "adversarial"},
]

whose = st.integers(0, MOST - 1)
pages = st.integers(0, Memory.PAGES - 1)
ranges = st.tuples(pages, st.integers(1, 4)).map(lambda pair: (pair[0], min(sum(pair), Memory.PAGES)))
rights = st.sampled_from([0, 1, READ_WRITE, READ_WRITE, READ_WRITE])


class Scripted(RuleBasedStateMachine):
    """Threads by their number in the script. The first one, of process 1, is there to the end."""

    def __init__(self):
        super().__init__()
        first = Process(1)
        first.threads.append(Thread(0, 1, first))
        self.processes, self.threads = [first], {0: first.threads[0]}
        self.names: dict[bytes, File] = {}
        self.script, self.settings = Script(), {}
        self.next_pid, self.next_number = 2, 1
        self.awaited = 0  # records of handlers

    @initialize(settings=st.sampled_from(SETTINGS))
    def boot(self, settings):
        """Pages of which half are untouched."""
        self.settings = settings
        self.processes[0].memory |= {page: Page(READ_WRITE, False) for page in range(Memory.PAGES)}
        flags = PRIVATE | FIXED | ANONYMOUS
        arguments = Memory.BASE, Memory.PAGES * PAGE, READ_WRITE, flags, -1, 0
        self.script.call(0, "mmap", *arguments, result=Memory.BASE)
        half = random.Random(1).randbytes(Memory.PAGES // 2 * PAGE)
        self.script.input += half
        self.processes[0].memory.store(0, 0, half)
        self.script.call(0, "read", 0, Memory.BASE, len(half), result=len(half))

    def one(self, whose):
        """The thread meant, of those that there are, and its process."""
        thread = self.threads[sorted(self.threads)[whose % len(self.threads)]]
        return thread, thread.process

    def new(self, thread, process):
        """Return a copy of `thread` in `process`, with the next number and id."""
        started = thread.copy(self.next_number, self.next_pid, process)
        self.threads[started.number] = started
        self.next_number, self.next_pid = self.next_number + 1, self.next_pid + 1
        return started

    def ended(self, process, status):
        """A process has ended: wait until it has. Its first thread may have ended before; exec gives its id again."""
        last = process.threads[0].tid
        for thread in process.threads:
            del self.threads[thread.number]
        self.processes.remove(process)
        process.end(status)
        for tid in sorted({last, process.pid}, reverse=True):
            self.script.command(0, PROCESS_GONE, tid, result=0)

    def call(self, thread, name, *arguments, result, data=b"", signals=False):
        """Add a system call of `thread`; with `signals` it takes them before it goes on, and may end by one."""
        fatal = self.taken(thread) if signals else None
        self.script.call(thread.number, name, *arguments, result=None if fatal else result, data=data)
        self.told(thread, fatal)

    def taken(self, thread):
        """Let a thread take its signals; return the one that ends its process, or None."""
        for signal, before, meanwhile in handled(thread):
            if before is None:
                return signal.number
            mended = self.mended(thread.process.memory, signal) if signal.number == SEGV else 0
            record = signal.number, signal.code, signal.value, before, meanwhile, mended
            self.script.log.append((thread.number, *record))
        return None

    def told(self, thread, fatal=None):
        """Wait for what `taken` has found."""
        if fatal:
            self.ended(thread.process, fatal)
        elif self.awaited < len(self.script.log):
            self.awaited = len(self.script.log)
            self.script.command(thread.number, LOGGED_ALL, self.awaited, result=0)

    @staticmethod
    def mended(memory, signal):
        """What the handler of SIGSEGV does to the page; what its call returns."""
        page = (signal.value - Memory.BASE) // PAGE
        if signal.code == ACCERR:
            memory[page].prot = READ_WRITE
            return 0
        memory[page] = Page(READ_WRITE, False)
        return Memory.address(page)

    def teardown(self):
        if not self.script.commands:
            return
        for process in self.processes:
            thread = process.threads[0]
            for page in range(Memory.PAGES):
                found = process.memory.load(page, 0, PAGE)
                self.script.show(thread.number, Memory.address(page), PAGE, found or None)
            for number, opened in process.files.open.items():
                if isinstance(opened.what, File) and opened.reads:
                    size, place = opened.what.size, CONTROL + BUFFER
                    self.script.call(thread.number, "pread64", number, place, 1 << 15, 0, result=size)
                    self.script.show(thread.number, place, size, opened.what.load(0, size))
        self.script.run(**self.settings)
