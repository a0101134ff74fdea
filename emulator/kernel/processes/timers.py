"""Timers: threads that are woken at a cycle, whatever else may wake them before it."""

from emulator.hardware.turns import FAR
from emulator.kernel.processes.process import Thread


class Timers:
    """When each thread that waits for a time is to be woken; of equal times, the one that was set first."""

    def __init__(self) -> None:
        self._wake_at: dict[Thread, int] = {}

    def set(self, thread: Thread, cycle: int) -> None:
        """Let `thread` be due at `cycle`, in the place of an earlier wish; never, at FAR."""
        self.forget(thread)
        if cycle < FAR:
            self._wake_at[thread] = cycle

    def forget(self, thread: Thread) -> None:
        """Let `thread` not be woken by time."""
        self._wake_at.pop(thread, None)

    @property
    def next(self) -> int:
        """The cycle at which the first thread is due; FAR where none waits for a time."""
        return min(self._wake_at.values(), default=FAR)

    def take(self) -> tuple[Thread, int]:
        """Take out and return the thread that is due first, and when."""
        thread = min(self._wake_at, key=self._wake_at.__getitem__)
        return thread, self._wake_at.pop(thread)
