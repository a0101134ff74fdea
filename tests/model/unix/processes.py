"""Processes and their threads: who has what together, and what becomes of it when they end."""

from dataclasses import dataclass, field

from tests.model.unix.files import Descriptors
from tests.model.unix.memory import Memory
from tests.model.unix.signals import Action, Pending


@dataclass(eq=False)
class Process:
    """Memory, descriptors and wishes that its threads share."""

    pid: int
    memory: Memory = field(default_factory=Memory)
    files: Descriptors = field(default_factory=Descriptors)
    actions: dict[int, Action] = field(default_factory=dict)
    pending: Pending = field(default_factory=Pending)
    threads: list["Thread"] = field(default_factory=list)  # those that have not ended
    children: dict[int, int | None] = field(default_factory=dict)  # by pid: None, or the status of one that has ended
    parent: "Process | None" = None

    def action(self, signal):
        return self.actions.get(signal, Action())

    def end(self, status):
        """Let its parent wait for it; it leaves its own children to the first process, which asks for none of them."""
        self.threads.clear()
        if self.parent is not None and self.pid in self.parent.children:
            self.parent.children[self.pid] = status

    @property
    def alive(self):
        return bool(self.threads)


@dataclass(eq=False)
class Thread:
    """What one thread has to itself: a number in the script, an id, the signals that it puts off."""

    number: int
    tid: int
    process: Process
    blocked: int = 0
    pending: Pending = field(default_factory=Pending)

    def copy(self, number, tid, process):
        """One that this one starts, in its process or in a child (F98): it puts off the same, and nothing pends."""
        thread = Thread(number, tid, process, self.blocked)
        process.threads.append(thread)
        return thread
