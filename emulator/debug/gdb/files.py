"""Programs as files that gdb may open (`vFile`): those that processes run, made into ELF files, and no others."""

import os
import struct
from collections.abc import Callable

from emulator.debug.gdb.packets import escaped
from emulator.machine import Machine
from isa import Program
from isa.elf import write_elf

NO_ENTRY, BAD_DESCRIPTOR, READ_ONLY, NO_CALL = 2, 9, 30, 88  # errno, as the protocol numbers it
REGULAR = 0o100444  # the mode of a file that anybody may read
WRITING = 0o3  # open flags
MOST_OPEN = 64


class Files:
    """The files of one connection."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._open: dict[int, bytes] = {}
        self._calls: dict[bytes, Callable[..., bytes]] = {
            b"setfs": lambda pid: b"F0",
            b"open": self._open_file,
            b"fstat": self._stat,
            b"pread": self._read,
            b"close": self._close,
        }

    def answer(self, packet: bytes) -> bytes:
        """Return the answer to `vFile:` and what follows it."""
        name, _, rest = packet.partition(b":")
        call = self._calls.get(name)
        if call is None:
            return b""
        try:
            return call(*rest.split(b","))
        except (TypeError, ValueError):
            return failed(NO_CALL)

    def _open_file(self, name: bytes, flags: bytes, mode: bytes) -> bytes:
        path = bytes.fromhex(name.decode()).decode("utf-8", "surrogateescape")
        program = next(
            (image.program for image in self._machine.core.images.all if path_of(image.program) == path), None
        )
        if int(flags, 16) & WRITING:
            return failed(READ_ONLY)
        if program is None or len(self._open) >= MOST_OPEN:
            return failed(NO_ENTRY)
        number = next(number for number in range(MOST_OPEN) if number not in self._open)
        self._open[number] = content_of(program)
        return b"F%x" % number

    def _stat(self, number: bytes) -> bytes:
        content = self._open.get(int(number, 16))
        if content is None:
            return failed(BAD_DESCRIPTOR)
        # device, inode, mode, links, user, group, device, size, block size, blocks, times: GDB manual, "struct stat"
        stat = struct.pack(">7I3Q3I", 0, 0, REGULAR, 1, 0, 0, 0, len(content), 512, -(-len(content) // 512), 0, 0, 0)
        return b"F%x;" % len(stat) + escaped(stat)

    def _read(self, number: bytes, count: bytes, offset: bytes) -> bytes:
        content = self._open.get(int(number, 16))
        if content is None:
            return failed(BAD_DESCRIPTOR)
        start = int(offset, 16)
        part = content[start : start + min(int(count, 16), 0x1000)]
        return b"F%x;" % len(part) + escaped(part)

    def _close(self, number: bytes) -> bytes:
        return b"F0" if self._open.pop(int(number, 16), None) is not None else failed(BAD_DESCRIPTOR)


def failed(number: int) -> bytes:
    """Return the answer that says why not."""
    return b"F-1,%x" % number


def path_of(program: Program) -> str:
    """Return the path by which gdb knows a program: a whole one, or gdb would look for it among its own files."""
    return os.path.abspath(program.path) if program.path else f"/{program.name or 'program'}"


def content_of(program: Program) -> bytes:
    """Return a program as an ELF file: the one that it was read from, or one made of it."""
    if program.line_table is not None and program.path:
        try:
            with open(program.path, "rb") as file:
                return file.read()
        except OSError:
            pass
    return write_elf(program)
