"""Rules of threads: they have one memory, one table of descriptors, one set of wishes (F73, F95, F98)."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.model.unix.rules.machine import MOST, Scripted, whose
from tests.model.unix.script import CLONE, NUMBERS, THREAD_GONE
from tests.threads import THREAD


class ThreadRules(Scripted):
    """The first thread of the first process ends last."""

    @precondition(lambda self: len(self.threads) < MOST)
    @rule(whose=whose)
    def start(self, whose):
        thread, process = self.one(whose)
        started = self.new(thread, process)
        self.script.command(thread.number, CLONE, started.number, THREAD, result=started.tid)

    @precondition(lambda self: len(self.threads) > 1)
    @rule(whose=whose, status=st.integers(0, 255))
    def leave(self, whose, status):
        """With the last thread the process ends, with that one's status (F73)."""
        thread, process = self.one(whose)
        if thread.number == 0:
            return
        self.script.command(thread.number, NUMBERS["exit"], status)
        if process.threads == [thread]:
            self.ended(process, status << 8)
            return
        process.threads.remove(thread)
        del self.threads[thread.number]
        self.script.command(0, THREAD_GONE, thread.number, result=0)
