"""A program ready to load: what the kernel's `exec` maps, and what people see of it. Addresses are virtual."""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

from isa.errors import Diagnostic, ProgramError
from isa.segment import Segment, check_segments
from isa.source import Lines, SourceLine, SourceMap


@dataclass(frozen=True)
class ProgramHeaders:
    """The program headers of the ELF file that a program is: where they are in memory, 0 for nowhere, and how many."""

    address: int = 0
    number: int = 0


@dataclass(frozen=True)
class Program:
    """Segments in address order, the entry address, and names.

    `symbols` maps labels to addresses, `constants` maps names set by `.equ` to numbers; `warnings` is what an assembler
    took, as GNU as does, though hardly anybody means it.
    Raises `ProgramError` if the segments are misaligned, overlap, or the entry is not executable.

    `Program.load(path)` reads one (`isa/load.py`); `isa` puts it here, because those that read files make programs.
    """

    load: ClassVar[Callable[[str | os.PathLike[str]], Program]]

    segments: tuple[Segment, ...]
    entry: int
    symbols: dict[str, int] = field(default_factory=dict)
    constants: dict[str, int] = field(default_factory=dict)
    source_map: SourceMap = field(default_factory=SourceMap)
    name: str = ""
    path: str | None = None
    warnings: tuple[Diagnostic, ...] = ()
    headers: ProgramHeaders = ProgramHeaders()
    own: tuple[tuple[int, int], ...] = ()  # where its bytes are, without what a file has around them; () for everywhere
    line_table: Lines | None = field(default=None, compare=False, repr=False)

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

    def line_at(self, address: int) -> SourceLine | None:
        """The source line that the bytes at `address` come from, in assembly or as a compiler's `-g` says; or None."""
        line = self.source_map.line_at(address)
        return self.line_table.line_at(address) if line is None and self.line_table is not None else line

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
