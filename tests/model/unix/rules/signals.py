"""Rules of signals: handlers, masks, what pends, sending (F98, F150 to F153)."""

import struct

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.model.unix.memory import Memory
from tests.model.unix.rules.machine import EFAULT, MOST, pages, whose
from tests.model.unix.rules.processes import ProcessRules
from tests.model.unix.rules.threads import ThreadRules
from tests.model.unix.script import interpreter
from tests.model.unix.signals import (
    DEFAULT,
    HANDLE,
    IGNORE,
    KILL,
    NODEFER,
    PIPE,
    RESETHAND,
    SEGV,
    SENT,
    SI_TKILL,
    SI_USER,
    SIGINFO,
    Action,
    Signal,
    bit,
)

EINVAL = 22
BLOCK, UNBLOCK, SET = 0, 1, 2
ALL = (*SENT, PIPE, SEGV)

masks = st.sets(st.sampled_from(ALL)).map(lambda signals: sum(map(bit, signals)))
signals = st.sampled_from(SENT)
flags = st.sampled_from([0, 0, NODEFER, RESETHAND])
ways = st.lists(st.tuples(signals, st.booleans()), min_size=2, max_size=5)  # of sending: which, whether to one thread


class SignalRules(ProcessRules, ThreadRules):
    """The first process handles all that may come, so that nothing ends it; others are free."""

    @initialize()
    def handle_all(self):
        for signal in ALL:
            self.act(0, signal, HANDLE, 0, 0, 0)

    @rule(
        whose=whose,
        signal=st.sampled_from((*ALL, KILL)),
        how=st.sampled_from([DEFAULT, IGNORE, HANDLE, HANDLE]),
        flags=flags,
        mask=masks,
        page=pages,
    )
    def act(self, whose, signal, how, flags, mask, page):
        """rt_sigaction(2): what is ignored from now on pends no more; the old wish is told once the new one holds."""
        thread, process = self.one(whose)
        if process is self.processes[0] and (how == DEFAULT or flags == RESETHAND):
            return
        memory, handler = process.memory, interpreter().symbols["handler"]
        if not memory.reaches(page, 0, 24):
            return
        result = 0
        if signal == KILL:
            result = -EINVAL
        else:
            old = process.action(signal)
            process.actions[signal] = Action(how, flags | SIGINFO, mask)
            if how == IGNORE:
                for pending in (process.pending, *(each.pending for each in process.threads)):
                    pending.drop(signal)
            words = (handler if old.how == HANDLE else old.how), old.flags, old.mask
            result = 0 if memory.store(page, 0, struct.pack("<3Q", *words)) == 24 else -EFAULT
        data = struct.pack("<3Q", handler if how == HANDLE else how, flags | SIGINFO, mask)
        self.call(thread, "rt_sigaction", signal, self.script.data(), Memory.address(page), 8, result=result, data=data)

    @rule(whose=whose, how=st.sampled_from([BLOCK, UNBLOCK, SET]), mask=masks, page=pages)
    def mask(self, whose, how, mask, page):
        """rt_sigprocmask(2): what is let in comes before the call has returned (F150)."""
        thread, process = self.one(whose)
        if not process.memory.reaches(page, 8, 8):
            return
        old = thread.blocked
        thread.blocked = {BLOCK: old | mask, UNBLOCK: old & ~mask, SET: mask}[how]
        result = 0 if process.memory.store(page, 8, struct.pack("<Q", old)) else -EFAULT
        arguments = how, self.script.data(), Memory.address(page, 8), 8
        self.call(thread, "rt_sigprocmask", *arguments, result=result, data=struct.pack("<Q", mask), signals=True)

    @rule(whose=whose, page=pages)
    def ask(self, whose, page):
        """sigpending(2): what pends for the thread or its process, and is put off."""
        thread, process = self.one(whose)
        if not process.memory.reaches(page, 24, 8):
            return
        pending = (thread.pending.mask() | process.pending.mask()) & thread.blocked
        stored = process.memory.store(page, 24, struct.pack("<Q", pending))
        self.call(thread, "rt_sigpending", Memory.address(page, 24), 8, result=0 if stored else -EFAULT)

    @rule(whose=whose, to=whose, signal=signals)
    def send_to_thread(self, whose, to, signal):
        thread, _ = self.one(whose)
        taker, process = self.one(to)
        self.send(thread, process, [taker], Signal(signal, SI_TKILL, thread.process.pid), taker)

    @rule(whose=whose, to=whose, signal=signals)
    def send_to_process(self, whose, to, signal):
        """F150: the first thread takes it, if it does not put it off; of others, one, where no other could."""
        thread, _ = self.one(whose)
        _, process = self.one(to)
        first = process.threads[0]
        able = [each for each in process.threads if not each.blocked & bit(signal)]
        if first.tid != process.pid or (first not in able and len(able) > 1):
            return
        self.send(thread, process, process.threads, Signal(signal, SI_USER, thread.process.pid))

    @rule(whose=whose, to=whose, ways=ways, ignored=st.none() | signals, page=pages)
    def send_several(self, whose, to, ways, ignored, page):
        """Signals that are put off pend, to one thread or all; let in, they come in order, over each other (F150).

        What is ignored meanwhile has never come (F98).
        """
        everybody = [place for place in range(len(self.threads)) if self.one(place)[1] is self.one(to)[1]]
        for place in everybody:
            self.mask(place, BLOCK, sum({bit(signal) for signal, _ in ways}), page)
        for signal, alone in ways:
            (self.send_to_thread if alone else self.send_to_process)(whose, to, signal)
        self.ask(to, page)
        if ignored is not None:
            self.act(to, ignored, IGNORE, 0, 0, page)
            self.act(to, ignored, HANDLE, 0, 0, page)
        self.mask(to, UNBLOCK, sum({bit(signal) for signal, _ in ways}), page)

    @precondition(lambda self: len(self.threads) < MOST)
    @rule(whose=whose, start=st.sampled_from(["fork", "start"]), mask=masks, signal=signals, page=pages)
    def inherit(self, whose, start, mask, signal, page):
        """Who is started puts off what its starter does; a child copies wishes, threads share them (F98, F153)."""
        place = sorted(self.threads).index(self.one(whose)[0].number)
        self.mask(place, SET, mask, page)
        getattr(self, start)(place)
        started = len(self.threads) - 1
        self.mask(started, BLOCK, 0, page)
        self.act(started, signal, IGNORE, 0, mask, page)
        self.act(place, signal, HANDLE, 0, 0, page)

    def send(self, thread, process, among, signal, to=None):
        """Let `thread` send a signal, to `to` or else to `process`, which one of `among` takes."""
        call = ("tgkill", process.pid, to.tid) if to else ("kill", process.pid)
        action = process.action(signal.number)
        able = [each for each in among if not each.blocked & bit(signal.number)]
        if action.how == IGNORE and among[0] in able:
            self.call(thread, *call, signal.number, result=0)  # F98
        elif action.how == DEFAULT and able:
            self.finish(thread, process, call, signal.number)
        else:
            (to or process).pending.add(signal)
            if not able:
                self.call(thread, *call, signal.number, result=0)
            elif able[0] is thread:
                self.call(thread, *call, signal.number, result=0, signals=True)
            else:
                self.call(thread, *call, signal.number, result=0)
                self.told(able[0], self.taken(able[0]))

    @rule(whose=whose, to=whose)
    def kill(self, whose, to):
        """SIGKILL: nothing puts it off."""
        thread, _ = self.one(whose)
        _, process = self.one(to)
        if process is not self.processes[0]:
            self.finish(thread, process, ("kill", process.pid), KILL)

    def finish(self, thread, process, call, signal):
        """Send a signal that ends a process."""
        self.script.call(thread.number, *call, signal, result=None if thread.process is process else 0)
        self.ended(process, signal)
