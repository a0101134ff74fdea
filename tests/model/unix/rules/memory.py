"""Rules of memory: map, unmap, protect, advise, store, load, and let the kernel store (F2, F3, F6, F60, F66, F67)."""

import struct
from itertools import takewhile

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.model.unix.memory import Memory, Page
from tests.model.unix.rules.machine import EFAULT, Scripted, pages, ranges, rights, whose
from tests.model.unix.script import LOAD, STORE
from tests.model.unix.signals import ACCERR, HANDLE, MAPERR, SEGV, Signal, bit
from tests.running import ANONYMOUS, FIXED, PAGE, PRIVATE, PROT_WRITE, READ_WRITE, SHARED

ENOMEM, EACCES, EINVAL = 12, 13, 22
DONTNEED, DONTFORK, DOFORK, WIPEONFORK, KEEPONFORK = 4, 10, 11, 18, 19

values = st.integers(1, 1 << 40)
offsets = st.sampled_from([0, 0, 8, 2048, PAGE - 8])


class MemoryRules(Scripted):
    """Stores that memory does not grant are tried where a handler of SIGSEGV mends them (F152)."""

    @rule(where=ranges, prot=rights, sharing=st.sampled_from([PRIVATE, PRIVATE, SHARED]), whose=whose)
    def map(self, where, prot, sharing, whose):
        thread, process = self.one(whose)
        process.memory |= {page: Page(prot, sharing == SHARED) for page in range(*where)}
        at, size = Memory.address(where[0]), (where[1] - where[0]) * PAGE
        self.call(thread, "mmap", at, size, prot, sharing | FIXED | ANONYMOUS, -1, 0, result=at)

    @rule(where=ranges, whose=whose)
    def unmap(self, where, whose):
        thread, process = self.one(whose)
        for page in range(*where):
            process.memory.pop(page, None)
        self.call(thread, "munmap", Memory.address(where[0]), (where[1] - where[0]) * PAGE, result=0)

    @rule(where=ranges, prot=rights, whose=whose)
    def protect(self, where, prot, whose):
        """F67, F70, F136: what lies before the first hole is changed, or before a file that may not be written."""
        thread, process = self.one(whose)
        memory = process.memory
        before = list(takewhile(lambda page: page in memory and self.allows(memory[page], prot), range(*where)))
        for page in before:
            memory[page].prot = prot
        stop = where[0] + len(before)
        result = 0 if stop == where[1] else -EACCES if stop in memory else -ENOMEM
        self.call(thread, "mprotect", Memory.address(where[0]), (where[1] - where[0]) * PAGE, prot, result=result)

    @staticmethod
    def allows(page, prot):
        return page.may_write or not prot & PROT_WRITE

    @rule(page=pages, advice=st.sampled_from([DONTNEED, DONTFORK, DOFORK, WIPEONFORK, KEEPONFORK]), whose=whose)
    def advise(self, page, advice, whose):
        """madvise(2): MADV_WIPEONFORK is for private anonymous memory."""
        thread, process = self.one(whose)
        found, result = process.memory.get(page), 0
        if found is None:
            result = -ENOMEM
        elif advice == WIPEONFORK and (found.shared or found.file is not None):
            result = -EINVAL
        elif advice == DONTNEED:
            found.dropped()
        else:
            found.forked = {DONTFORK: False, DOFORK: True}.get(advice, found.forked)
            found.wiped = {WIPEONFORK: True, KEEPONFORK: False}.get(advice, found.wiped)
        self.call(thread, "madvise", Memory.address(page), PAGE, advice, result=result)

    @rule(page=pages, offset=offsets, value=values, whose=whose)
    def store_word(self, page, offset, value, whose):
        thread, process = self.one(whose)
        memory, address = process.memory, Memory.address(page, offset)
        if not memory.reaches(page, offset, 8):
            return
        if memory.granting(page, PROT_WRITE):
            memory.store(page, offset, struct.pack("<q", value))
            self.script.command(thread.number, STORE, address, value, result=0)
        elif self.mends(thread, page, offset):
            fatal = self.taken(thread)
            memory.store(page, offset, struct.pack("<q", value))
            self.script.command(thread.number, STORE, address, value, result=0)
            self.told(thread, fatal)

    @rule(page=pages, offset=offsets, whose=whose)
    def load_word(self, page, offset, whose):
        thread, process = self.one(whose)
        memory, address = process.memory, Memory.address(page, offset)
        if memory.granting(page, READ_WRITE):
            (value,) = struct.unpack("<q", memory.load(page, offset, 8))
            self.script.command(thread.number, LOAD, address, result=value)

    def mends(self, thread, page, offset):
        """Whether a handler will let a store to `page` run again and take effect; if so, its signal has come."""
        found, process = thread.process.memory.get(page), thread.process
        if found is not None and (found.cell is None or not found.may_write):
            return False
        if process.action(SEGV).how != HANDLE or thread.blocked & bit(SEGV):
            return False
        code = MAPERR if found is None else ACCERR
        thread.pending.add(Signal(SEGV, code, Memory.address(page, offset)))
        return True

    @rule(page=pages, value=values, whose=whose)
    def read_input(self, page, value, whose):
        """F66: the kernel writes to user memory, as a store would, or says that it cannot."""
        thread, process = self.one(whose)
        if not process.memory.reaches(page, 0, 8):
            return
        data = struct.pack("<q", value)
        stored = process.memory.store(page, 0, data)
        self.script.input += data if stored else b""
        self.call(thread, "read", 0, Memory.address(page), 8, result=8 if stored else -EFAULT)
