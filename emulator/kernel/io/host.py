"""What a machine sees of the host: files and folders under its root, to be read and never written.

What was looked at once stays as it was for the whole run, also for who goes back in time.
"""

import errno
import os
import stat
from functools import cache
from typing import NamedTuple

from emulator.kernel.io.openfile import FileError


class Seen(NamedTuple):
    """A file or folder of the host: its real path, its size, its mode, which says whether it may be run."""

    path: str
    size: int
    mode: int
    is_folder: bool


class Host:
    """Whatever lies under `root`, with symbolic links followed; None: nothing."""

    def __init__(self, root: str | None) -> None:
        self.root = os.path.realpath(root) if root is not None else None
        self.look, self.read, self.names = cache(self._look), cache(self._read), cache(self._names)

    def _look(self, path: str) -> Seen | None:
        """Return what is at `path`, None for nothing under the root. Raises FileError: EACCES for what is no file."""
        try:
            real = os.path.realpath(path, strict=True)
            if self.root is None or os.path.commonpath([self.root, real]) != self.root:
                return None
            found = os.stat(real)
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.ENAMETOOLONG, errno.EACCES):
                raise FileError(error.errno) from None
            return None
        is_folder = stat.S_ISDIR(found.st_mode)
        if not (is_folder or stat.S_ISREG(found.st_mode)) or not os.access(real, os.R_OK):
            raise FileError(errno.EACCES)
        mode = 0o755 if found.st_mode & 0o111 else 0o644
        return Seen(real, 0 if is_folder else found.st_size, mode, is_folder)

    @staticmethod
    def _read(path: str) -> bytes:
        """Return the bytes of the file at a real path. Raises FileError: EIO."""
        try:
            with open(path, "rb") as file:
                return file.read()
        except OSError:
            raise FileError(errno.EIO) from None

    @staticmethod
    def _names(path: str) -> tuple[str, ...]:
        """Return the names in the folder at a real path, sorted."""
        try:
            return tuple(sorted(os.listdir(path)))
        except OSError:
            return ()
