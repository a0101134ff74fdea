"""Timers: threads that are woken at a cycle, whatever else may wake them before it, and alarms of processes."""

from emulator.hardware.turns import FAR
from emulator.kernel.processes.process import Alarm, Thread


class Timers:
    """When each thread that waits for a time is to be woken, each alarm told; of equal times, what was set first."""

    def __init__(self) -> None:
        self._wake_at: dict[Thread | Alarm, int] = {}

    def set(self, sleeper: Thread | Alarm, cycle: int) -> None:
        """Let `sleeper` be due at `cycle`, in the place of an earlier wish; never, at FAR."""
        self.forget(sleeper)
        if cycle < FAR:
            self._wake_at[sleeper] = cycle

    def forget(self, sleeper: Thread | Alarm) -> None:
        """Let `sleeper` not be woken by time."""
        self._wake_at.pop(sleeper, None)

    @property
    def next(self) -> int:
        """The cycle at which the first one is due; FAR where none waits for a time."""
        return min(self._wake_at.values(), default=FAR)

    def take(self) -> tuple[Thread | Alarm, int]:
        """Take out and return the one that is due first, and when."""
        sleeper = min(self._wake_at, key=self._wake_at.__getitem__)
        return sleeper, self._wake_at.pop(sleeper)
