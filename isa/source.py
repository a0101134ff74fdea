"""Source text: its lines, and which of them put what at an address."""

from bisect import bisect_right
from dataclasses import dataclass

from isa.errors import AssemblyError, Diagnostic


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
