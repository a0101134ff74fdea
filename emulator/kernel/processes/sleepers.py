"""Who waits for an open file: to read what is not there yet, or to write where there is no room."""

from emulator.kernel.io.openfile import OpenFile
from emulator.kernel.processes.hart_time import HartTime
from emulator.kernel.processes.process import State, Thread


class Sleepers:
    """Threads that wait for open files, by the file's channel."""

    def __init__(self, time: HartTime) -> None:
        self._time = time
        self._waiting: dict[object, list[Thread]] = {}

    def wait_for(self, file: OpenFile) -> None:
        """Let the running thread be among those that are woken when there is more to read of `file`, or more room."""
        self._waiting.setdefault(file.channel, []).append(self._time.running)

    def wake(self, file: OpenFile) -> None:
        """Let the threads that wait for `file` to change look again."""
        for thread in self._waiting.pop(file.channel, []):
            if thread.state is State.BLOCKED:
                self._time.make_ready(thread)
