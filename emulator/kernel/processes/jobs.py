"""Process groups and sessions: who is reached by a signal to many, and whom the terminal's stop signals spare.

Linux, kernel/sys.c and kernel/exit.c; credentials(7).
"""

from collections.abc import Iterable

from emulator.kernel.processes.process import Life, Process

FIRST = 1  # the pid of the first process, which orphans go to


class Jobs:
    """The groups and sessions among `processes`, by pid."""

    def __init__(self, processes: dict[int, Process]) -> None:
        self._processes = processes

    def present(self) -> Iterable[Process]:
        """Yield the processes that have not been waited for, ended ones among them."""
        return (process for process in self._processes.values() if process.life is not Life.GONE)

    def group(self, number: int) -> list[Process]:
        """Return the processes of group `number`."""
        return [process for process in self.present() if process.group == number]

    def reached(self, sender: Process, pid: int) -> list[Process]:
        """Return whom kill(2) reaches with `pid`, the sender last: it must not end before it has told the others."""
        if pid > 0:
            found = [process for process in self.present() if process.pid == pid]
        elif pid == -1:
            found = [process for process in self.present() if process.pid != FIRST and process is not sender]
        else:
            found = self.group(-pid or sender.group)
        return sorted(found, key=lambda process: process is sender)

    def is_orphaned(self, number: int) -> bool:
        """Return whether no process of group `number` has a parent in another group of its session.

        Nobody could let such a group go on, so the terminal's stop signals spare it. The first process counts as
        started by a shell.
        """
        for process in self.group(number):
            parent = self._processes.get(process.parent)
            if parent is None or (parent.session == process.session and parent.group != number):
                return False
        return True
