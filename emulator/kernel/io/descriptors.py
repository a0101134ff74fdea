"""Descriptors: the small numbers by which a thread names open files."""

from collections.abc import Iterator
from typing import NamedTuple

from emulator.kernel.io.openfile import OpenFile

MOST = 1024  # Linux, RLIMIT_NOFILE


class Descriptor(NamedTuple):
    """What one number stands for, and whether a program that is run next loses it (O_CLOEXEC)."""

    file: OpenFile
    close_on_exec: bool = False


class Descriptors:
    """A table of descriptors, which the threads of a process share, and processes may (CLONE_FILES).

    `closed` gets each file that no descriptor stands for any more: who waits for it has to be woken.
    """

    def __init__(self, closed: list[OpenFile]) -> None:
        self._rows: dict[int, Descriptor] = {}
        self._closed = closed
        self._users = 1

    def __iter__(self) -> Iterator[tuple[int, Descriptor]]:
        return iter(self._rows.items())

    def get(self, number: int) -> Descriptor | None:
        """Return what `number` stands for, None for nothing."""
        return self._rows.get(number)

    @property
    def is_full(self) -> bool:
        """Whether no number is free."""
        return len(self._rows) >= MOST

    def add(self, file: OpenFile, lowest: int = 0, close_on_exec: bool = False) -> int | None:
        """Let the first free number from `lowest` on stand for `file`; return it, None where there is none."""
        number = next((number for number in range(lowest, MOST) if number not in self._rows), None)
        if number is not None:
            self.put(number, file, close_on_exec)
        return number

    def put(self, number: int, file: OpenFile, close_on_exec: bool = False) -> None:
        """Let `number` stand for `file`, and no more for what it did before."""
        file.references += 1
        self.remove(number)
        self._rows[number] = Descriptor(file, close_on_exec)

    def set_close_on_exec(self, number: int, close_on_exec: bool) -> None:
        """Say whether `number`, which stands for a file, is lost when another program is run."""
        self._rows[number] = self._rows[number]._replace(close_on_exec=close_on_exec)

    def remove(self, number: int) -> bool:
        """Let `number` stand for nothing; return whether it stood for a file."""
        row = self._rows.pop(number, None)
        if row is None:
            return False
        row.file.references -= 1
        if row.file.references == 0:
            row.file.close()
            self._closed.append(row.file)
        return True

    def share(self) -> "Descriptors":
        """Return the table itself, for one more thread."""
        self._users += 1
        return self

    def copy(self) -> "Descriptors":
        """Return a table of its own with the same files: what fork gives."""
        table = Descriptors(self._closed)
        for number, row in self._rows.items():
            table.put(number, *row)
        return table

    def leave(self) -> None:
        """Note that one thread uses it no more; with the last one every descriptor is closed."""
        self._users -= 1
        if self._users == 0:
            for number in list(self._rows):
                self.remove(number)

    def at_exec(self) -> "Descriptors":
        """Return the table that the thread has once it runs another program: its own, without what that loses."""
        table = self
        if self._users > 1:
            table = self.copy()
            self.leave()
        for number in [number for number, row in table if row.close_on_exec]:
            table.remove(number)
        return table
