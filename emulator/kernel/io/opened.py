"""Open files that have a position: files, and folders, of which names are read."""

import errno

from emulator.kernel.io.file import MOST_BYTES, File, Folder
from emulator.kernel.io.openfile import O_RDONLY, FileError, OpenFile, Stat


class OpenedFile(OpenFile):
    """`file`, opened for `access`: reads and writes go from `position` on, writes to the end if it `appends`."""

    waits = False

    def __init__(self, file: File, access: int, appends: bool = False) -> None:
        super().__init__(access, file.number)
        self.file, self.appends = file, appends
        self.position = 0
        file.opens += 1

    @property
    def stat(self) -> Stat:
        """What fstat tells."""
        return self.file.stat

    def peek(self, size: int) -> bytes:
        """Return up to `size` bytes that come next, none at the end."""
        return self.file.read(self.position, size)

    def consume(self, size: int) -> None:
        """Move on by `size` bytes."""
        self.position += size

    def put(self, data: bytes) -> int:
        """Write as much of `data` as there is room for; return how much. Raises FileError: EFBIG, ENOSPC.

        Nothing makes no file longer and moves no position (Linux, mm/filemap.c, generic_write_checks).
        """
        if not data:
            return 0
        if self.appends:
            self.position = self.file.size
        done = self.file.write(self.position, data)
        self.position += done
        return done

    def refusal(self, size: int) -> int:
        """Return EFBIG where no file is so long, else 0."""
        return errno.EFBIG if size and not self.appends and self.position >= MOST_BYTES else 0

    def at(self, position: int) -> "OpenedFile":
        """Return the same with a position of its own, for one call."""
        other = OpenedFile(self.file, self.access, self.appends)
        self.file.opens -= 1
        other.position = position
        return other

    def close(self) -> None:
        """Note that no descriptor stands for it any more."""
        self.file.opens -= 1
        self.file.close()


class OpenedFolder(OpenFile):
    """`folder`, opened: `position` counts the names that were read, and `listed` are those that there were at first."""

    waits = False

    def __init__(self, folder: Folder) -> None:
        super().__init__(O_RDONLY, folder.number)
        self.folder = folder
        self.position = 0
        self.listed: list[tuple[str, int, int]] = []  # name, number, mode

    @property
    def stat(self) -> Stat:
        """What fstat tells."""
        return self.folder.stat

    def peek(self, size: int) -> bytes:
        """A folder is not read so. Raises FileError: EISDIR."""
        raise FileError(errno.EISDIR)

    def consume(self, size: int) -> None:
        """There is nothing to take."""

    def put(self, data: bytes) -> int:
        """It is not opened for writing."""
        raise FileError(errno.EISDIR)

    def at(self, position: int) -> "OpenedFolder":
        """Return itself, which cannot be read."""
        return self
