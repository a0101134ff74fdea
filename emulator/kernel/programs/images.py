"""What `execve` finds: programs by path under one read-only folder, and those that the machine was given itself."""

import errno
import os
import stat
from functools import cache
from pathlib import Path

from emulator.kernel.programs.image import Image
from isa import Program

ENDINGS = ("", ".s", ".elf")  # what may be left out of a program's name


class CannotRun(Exception):
    """No program can be run from there: `errno` is what execve gives for it."""

    def __init__(self, number: int) -> None:
        super().__init__(os.strerror(number))
        self.errno = number


class Images:
    """Programs by path, each read once; `all` lists them in the order in which they were first run."""

    def __init__(self) -> None:
        self.root: Path | None = None
        self._by_path: dict[str, Image] = {}
        self.all: list[Image] = []
        self._load = cache(Program.load)  # read once, also by who goes back in time to before that

    def add(self, program: Program) -> Image:
        """Return the image of `program`, which need not be a file."""
        path = os.path.realpath(program.path) if program.path else None
        if path is not None and path in self._by_path:
            return self._by_path[path]
        image = Image(program, len(self.all))
        self.all.append(image)
        if path is not None:
            self._by_path[path] = image
        return image

    def find(self, name: bytes) -> str:
        """Return the path of the file at `name` under the root, `.s` and `.elf` understood; nothing is read yet.

        Raises CannotRun with what Linux gives: ENOENT, also for what lies outside the root; ENOTDIR, ELOOP,
        ENAMETOOLONG; EACCES for a folder, a pipe or a device, and for what may not be read.
        """
        if self.root is None or not name:
            raise CannotRun(errno.ENOENT)
        root, wanted = os.path.realpath(self.root), os.fsdecode(name.lstrip(b"/"))
        failed = errno.ENOENT
        for ending in ENDINGS:
            try:
                return _file_at(root, os.path.join(root, wanted + ending))
            except OSError as error:
                if failed == errno.ENOENT:
                    failed = error.errno or errno.ENOENT
        raise CannotRun(failed)

    def read(self, path: str) -> Image:
        """Return the image of the program in the file `path`, which `find` returned. Raises CannotRun: ENOEXEC.

        Whatever is in the file is the affair of the process that runs it: nothing in it may end the machine.
        """
        if path in self._by_path:
            return self._by_path[path]
        try:
            return self.add(self._load(path))
        except Exception as error:
            raise CannotRun(errno.ENOEXEC) from error


def _file_at(root: str, path: str) -> str:
    """Return the real path of the regular file at `path`. Raises OSError where there is none under `root`."""
    real = os.path.realpath(path, strict=True)
    if os.path.commonpath([root, real]) != root:
        raise FileNotFoundError(errno.ENOENT, "outside the root", path)
    if not stat.S_ISREG(os.stat(real).st_mode) or not os.access(real, os.R_OK):
        raise PermissionError(errno.EACCES, "no file to read", path)
    if path.endswith("/"):
        raise NotADirectoryError(errno.ENOTDIR, "no folder", path)
    return real
