"""A program ready to load: what the kernel's `exec` maps, and what people see of it.

Addresses are virtual. Each `Segment` starts on a page boundary and shares no page with another
one, so every page has one set of permissions; bytes from `len(data)` up to `memory_size` read as
zero and cost nothing here (`.bss`).
"""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from isa.errors import AssemblyError, Diagnostic, ProgramError

PAGE_SIZE = 4096
ADDRESS_LIMIT = 1 << 63  # user addresses beyond Sv57's lower half exist nowhere; the kernel checks its own limit
ELF_MAGIC = b"\x7fELF"


@dataclass(frozen=True)
class Segment:
    """One run of pages with the same permissions; `memory_size` in bytes is at least `len(data)`."""

    address: int
    data: bytes
    memory_size: int
    readable: bool = True
    writable: bool = False
    executable: bool = False
    name: str = ""

    @property
    def end(self) -> int:
        """The first address after the segment's bytes (not rounded to a page)."""
        return self.address + self.memory_size

    @property
    def permissions(self) -> str:
        """`r-x`, `rw-` and the like."""
        flags = zip("rwx", (self.readable, self.writable, self.executable), strict=True)
        return "".join(letter if on else "-" for letter, on in flags)

    def __str__(self) -> str:
        return f"{self.name or 'segment'} {self.permissions} {self.address:#x}..{self.end:#x}"


@dataclass(frozen=True)
class SourceLine:
    """One line of a source file; `number` counts from 1, `text` has no line end."""

    file: str
    number: int
    text: str

    def said_in(self, file: str) -> str:
        """`line 3`, as a message about `file` says it: with its own file's name where that is another."""
        return f"line {self.number}" if self.file == file else f"line {self.number} of {self.file}"


@dataclass(frozen=True)
class SourceMap:
    """Which source line put what at an address.

    `file` and `lines` are the program's own source. `spans` are `(address, size, line)`, ascending; their lines may be
    those of included files.
    """

    file: str = ""
    lines: tuple[str, ...] = ()
    spans: tuple[tuple[int, int, SourceLine], ...] = ()

    def line_at(self, address: int) -> SourceLine | None:
        """The line whose bytes include `address`, or None."""
        index = bisect_right(self.spans, address, key=lambda span: span[0]) - 1
        if index < 0:
            return None
        start, size, line = self.spans[index]
        return line if address < start + size else None

    def addresses_of(self, number: int, file: str | None = None) -> tuple[int, ...]:
        """The addresses that a line put bytes at, ascending: where a breakpoint on it goes.

        It is line `number` of the program's own source, or of the included `file`.
        """
        wanted = number, self.file if file is None else file
        return tuple(start for start, _, line in self.spans if (line.number, line.file) == wanted)


@dataclass(frozen=True)
class Program:
    """Segments in address order, the entry address, and names.

    `symbols` maps labels to addresses, `constants` maps names set by `.equ` to numbers.
    Raises `ProgramError` if the segments are misaligned, overlap, or the entry is not executable.
    """

    segments: tuple[Segment, ...]
    entry: int
    symbols: dict[str, int] = field(default_factory=dict)
    constants: dict[str, int] = field(default_factory=dict)
    source_map: SourceMap = field(default_factory=SourceMap)
    name: str = ""
    path: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "segments", tuple(sorted(self.segments, key=lambda segment: segment.address)))
        check_segments(self.segments)
        home = self.segment_at(self.entry)
        if home is None or not home.executable:
            raise ProgramError(f"{self.name or 'program'}: entry {self.entry:#x} is in no executable segment")

    def segment_at(self, address: int) -> Segment | None:
        """The segment whose bytes include `address`, or None."""
        for segment in self.segments:
            if segment.address <= address < segment.end:
                return segment
        return None

    def read(self, address: int, size: int) -> bytes:
        """`size` initial bytes at `address`, within one segment; raises `ProgramError` elsewhere."""
        segment = self.segment_at(address)
        if segment is None or address + size > segment.end:
            raise ProgramError(f"{self.name or 'program'}: no {size} bytes at {address:#x}")
        offset = address - segment.address
        return segment.data[offset : offset + size].ljust(size, b"\0")

    def symbol_at(self, address: int) -> tuple[str, int] | None:
        """The nearest label at or below `address` in its segment, and the distance from it in bytes."""
        segment = self.segment_at(address)
        index = bisect_right(self._places, address) - 1
        if segment is None or index < 0 or self._places[index] < segment.address:
            return None
        value = self._places[index]
        return self.labels[value], address - value

    @cached_property
    def labels(self) -> dict[int, str]:
        """The name of each labelled address, ascending; of several names the alphabetically first."""
        by_address: dict[int, str] = {}
        for name, value in sorted(self.symbols.items(), key=lambda item: (item[1], item[0])):
            by_address.setdefault(value, name)
        return by_address

    @cached_property
    def _places(self) -> list[int]:
        return list(self.labels)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Program:
        """Read a program from `path`: an ELF executable (known by its magic) or an assembly source.

        Raises `ProgramError` (unreadable, or neither), `AssemblyError` or `ElfError`.
        """
        path = Path(path)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ProgramError(f"{path}: cannot be read: {error.strerror or error}") from error
        if content.startswith(ELF_MAGIC):
            from isa.elf import read_elf

            program = read_elf(content, name=str(path))
        elif path.suffix in (".s", ".S"):
            from isa.assembler import assemble

            program = assemble(decode(content, str(path)), name=str(path))
        else:
            raise ProgramError(f"{path}: neither an ELF executable nor a source named .s or .S")
        object.__setattr__(program, "path", str(path))
        return program


def decode(content: bytes, name: str) -> str:
    """The text of a source file; raises `AssemblyError`, naming `name` and the place, if it is not UTF-8."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - (before.rfind(b"\n") + 1) + 1
        message = f"byte 0x{content[error.start]:02x} is not UTF-8 text"
        raise AssemblyError([Diagnostic(name, line, column, message)]) from error


def check_segments(segments: Iterable[Segment]) -> None:
    """Raise `ProgramError` unless the segments, in address order, are page-aligned and share no page."""
    previous: Segment | None = None
    for segment in segments:
        if segment.address % PAGE_SIZE:
            raise ProgramError(f"{segment}: does not start on a {PAGE_SIZE}-byte page")
        if segment.memory_size < len(segment.data):
            raise ProgramError(f"{segment}: {len(segment.data)} bytes of data in {segment.memory_size} of memory")
        if segment.address < 0 or segment.end > ADDRESS_LIMIT:
            raise ProgramError(f"{segment}: beyond the address space")
        if previous is not None and segment.address // PAGE_SIZE <= (previous.end - 1) // PAGE_SIZE:
            raise ProgramError(f"{segment} overlaps a page of {previous}")
        previous = segment
