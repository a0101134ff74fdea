"""Programs that processes run: files of the host by path, files in memory, and those that the machine was given."""

import errno
import os
from functools import cache
from pathlib import Path

from emulator.kernel.programs.image import Image
from isa import Program
from isa.elf import read_elf

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
        self._by_content: dict[bytes, Image] = {}  # those of files in memory
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

    def read(self, path: str) -> Image:
        """Return the image of the program in the file `path`, a real path. Raises CannotRun: ENOEXEC.

        Whatever is in the file is the affair of the process that runs it: nothing in it may end the machine.
        """
        if path in self._by_path:
            return self._by_path[path]
        try:
            return self.add(self._load(path))
        except Exception as error:
            raise CannotRun(errno.ENOEXEC) from error

    def made_of(self, content: bytes) -> Image:
        """Return the image of the ELF file whose bytes these are. Raises CannotRun: ENOEXEC."""
        if content not in self._by_content:
            try:
                program = read_elf(content, name="a file in memory")
            except Exception as error:
                raise CannotRun(errno.ENOEXEC) from error
            self._by_content[content] = self.add(program)
        return self._by_content[content]
