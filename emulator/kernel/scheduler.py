"""The scheduler: round robin on one hart, a quantum each."""

from collections import deque

from emulator.kernel.process import Process, State


class Scheduler:
    """The processes that are ready to run, in the order in which they will."""

    def __init__(self) -> None:
        self._ready: deque[Process] = deque()

    def add(self, process: Process) -> None:
        """Let `process` run when those before it have had their turn."""
        process.state = State.READY
        self._ready.append(process)

    def next(self) -> Process | None:
        """Take out and return the process whose turn it is, or None when none is ready."""
        while self._ready:
            process = self._ready.popleft()
            if process.state is State.READY:
                return process
        return None

    @property
    def others_wait(self) -> bool:
        """Whether any process is ready."""
        return any(process.state is State.READY for process in self._ready)
