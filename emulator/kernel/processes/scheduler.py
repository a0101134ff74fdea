"""The scheduler: threads that are ready, in order; a free hart takes the first one that may run there."""

from collections import deque
from collections.abc import Sequence

from emulator.kernel.processes.process import State, Thread


class Scheduler:
    """The threads that are ready to run, in the order in which they will."""

    def __init__(self) -> None:
        self._ready: deque[Thread] = deque()

    def add(self, thread: Thread, cycle: int) -> None:
        """Let `thread` run, from `cycle` on, when those before it have had their turn."""
        thread.state = State.READY
        thread.ready_at = cycle
        self._ready.append(thread)

    def next(self, free: Sequence[int]) -> tuple[Thread, int] | None:
        """Take out and return the first thread that may run on a free hart, and that hart: its last one if it can be.

        Return None when no ready thread may run on one of the `free` harts (ascending).
        """
        mask = sum(1 << hart for hart in free)
        for thread in self._ready if mask else ():
            allowed = thread.affinity & mask
            if allowed and thread.state is State.READY and not thread.process.stopped:
                self._ready.remove(thread)
                last = thread.hart
                return thread, last if last in free and thread.may_run_on(last) else _lowest(allowed)
        return None

    def others_wait(self, hart: int) -> bool:
        """Whether any ready thread may run on hart number `hart`."""
        while self._ready and self._ready[0].state is not State.READY:
            self._ready.popleft()
        return any(
            thread.state is State.READY and not thread.process.stopped and thread.may_run_on(hart)
            for thread in self._ready
        )


def _lowest(mask: int) -> int:
    """Return the number of the lowest bit of `mask` that is set."""
    return (mask & -mask).bit_length() - 1
