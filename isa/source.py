"""Source text: its lines, where each of them comes from, and which of them put what at an address."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from isa.errors import AssemblyError, Diagnostic


class Expansion(NamedTuple):
    """What put a line where it is read: `what` (a macro, a repetition), told to by `line`."""

    what: str
    line: SourceLine


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line of a source file; `number` counts from 1, `text` has no line end.

    A line of a macro or of a repetition is `within` that, and its text has the arguments in it.
    """

    file: str
    number: int
    text: str
    within: Expansion | None = None

    def said_in(self, file: str) -> str:
        """`line 3`, as a message about `file` says it: with its own file's name where that is another."""
        return f"line {self.number}" if self.file == file else f"line {self.number} of {self.file}"

    def expansions(self) -> Iterator[Expansion]:
        """What the line is within, innermost first."""
        within = self.within
        while within is not None:
            yield within
            within = within.line.within


NOWHERE = SourceLine("", 0, "")  # of what no line says


class Lines(Protocol):
    """Whatever knows which source line is at an address."""

    def line_at(self, address: int) -> SourceLine | None:
        """The line that the bytes at `address` come from, or None."""


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
        """The addresses where bytes of a line begin, ascending: where a breakpoint on it goes.

        It is line `number` of the program's own source, or of the included `file`.
        """
        wanted = number, self.file if file is None else file
        return tuple(start for start, _, line in self.spans if (line.number, line.file) == wanted)


def decode(content: bytes, name: str) -> str:
    """The text of a source file, without the byte order mark that some editors put before it.

    Raises `AssemblyError`, naming `name` and the place, if it is not UTF-8.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - (before.rfind(b"\n") + 1) + 1
        message = f"byte 0x{content[error.start]:02x} is not UTF-8 text"
        raise AssemblyError([Diagnostic(name, line, column, message)]) from error
