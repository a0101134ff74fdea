"""Rules of processes: fork, end in one way or another, wait (F1, F4, F72, F78)."""

import struct

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.model.unix.files import Descriptors
from tests.model.unix.memory import Memory
from tests.model.unix.processes import Process
from tests.model.unix.rules.machine import EFAULT, MOST, Scripted, pages, whose
from tests.model.unix.script import CLONE, NUMBERS, STORE
from tests.model.unix.signals import DEFAULT, SEGV
from tests.running import PROT_WRITE

ECHILD, NOHANG = 10, 1
FORK = 17 | 0x100000 | 0x200000  # SIGCHLD, CLONE_PARENT_SETTID, CLONE_CHILD_CLEARTID
OTHER_PROGRAM = b"/wrong/fresh\0"  # one that writes nothing and exits with 0


class ProcessRules(Scripted):
    """The first process ends last."""

    @precondition(lambda self: len(self.threads) < MOST)
    @rule(whose=whose)
    def fork(self, whose):
        """F1, F131, F153: memory is copied or shared, open files are shared, wishes copied; nothing pends."""
        thread, process = self.one(whose)
        memory, files = process.memory.for_child(), Descriptors(dict(process.files.open))
        child = Process(self.next_pid, memory, files, dict(process.actions), parent=process)
        self.processes.append(child)
        process.children[child.pid] = None
        started = self.new(thread, child)
        self.script.command(thread.number, CLONE, started.number, FORK, result=child.pid)

    @precondition(lambda self: len(self.processes) > 1)
    @rule(whose=whose, how=st.sampled_from(["exit", "run", "store"]), page=pages, status=st.integers(0, 255))
    def end(self, whose, how, page, status):
        """All threads end: by an exit of all, by another program, or by a store that memory does not grant (F2)."""
        thread, process = self.one(whose)
        if process is self.processes[0]:
            return
        if how == "store" and process.action(SEGV).how == DEFAULT and not self.may_store(process, page):
            self.script.command(thread.number, STORE, Memory.address(page), 1)
            self.ended(process, SEGV)
        elif how == "run":
            self.script.call(thread.number, "execve", self.script.data(), 0, 0, result=None, data=OTHER_PROGRAM)
            self.ended(process, 0)
        else:
            self.script.command(thread.number, NUMBERS["exit_group"], status)
            self.ended(process, status << 8)

    @staticmethod
    def may_store(process, page):
        """Whether a store there does not end in SIGSEGV; behind the end of a file it ends in SIGBUS."""
        return page in process.memory and bool(process.memory[page].prot & PROT_WRITE)

    @rule(whose=whose, child=st.integers(0, 10), page=pages)
    def wait(self, whose, child, page):
        """F72: the child is gone, even if its status cannot be told."""
        thread, process = self.one(whose)
        address = Memory.address(page, 16)
        if not process.children:
            self.call(thread, "wait4", self.next_pid + 5, address, NOHANG, 0, result=-ECHILD)
            return
        pid = sorted(process.children)[child % len(process.children)]
        status, memory = process.children[pid], process.memory
        if status is None:
            self.call(thread, "wait4", pid, address, NOHANG, 0, result=0)
        elif memory.reaches(page, 16, 4):
            del process.children[pid]
            stored = memory.store(page, 16, struct.pack("<i", status))
            self.call(thread, "wait4", pid, address, 0, 0, result=pid if stored else -EFAULT)
