"""What can go wrong between a source text and a `Program`.

IsaError                     anything below; `.message` is one clear line or more
|-- EncodingError            a value that no instruction word can hold
|-- AssemblyError            one or more `Diagnostic`s, each with its place in the source
|-- ProgramError             segments or an entry that make no loadable program, a file that cannot be read
`-- ElfError                 a file that is no static RV64 ELF executable
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


class IsaError(Exception):
    """The root of every error this package raises on purpose."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class EncodingError(IsaError):
    """A field value does not fit, or a word is no instruction of this ISA."""


class ProgramError(IsaError):
    """A program cannot be read or laid out."""


class ElfError(IsaError):
    """An ELF file is damaged, or made for something else than a static RV64 program."""


@dataclass(frozen=True, order=True)
class Diagnostic:
    """One mistake in a source: where it is (`line` and `column` count from 1) and what would be right."""

    file: str
    line: int
    column: int
    message: str
    source: str = ""
    width: int = 1

    def __str__(self) -> str:
        text = f"{self.file}:{self.line}:{self.column}: error: {self.message}"
        if not self.source.strip():
            return text
        # Tabs stay tabs under the source line, or the caret would point elsewhere than the eye looks.
        lead = "".join("\t" if c == "\t" else " " for c in self.source[: self.column - 1])
        return f"{text}\n    {self.source}\n    {lead}^{'~' * (self.width - 1)}"


class AssemblyError(IsaError):
    """Every mistake found in one source; `diagnostics` is ordered by place and never empty."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(sorted(set(diagnostics)))
        super().__init__("\n".join(map(str, self.diagnostics)))


def nearest(name: str, names: list[str]) -> str:
    """`; did you mean 'x'?` for the closest of `names`, or nothing if none is close."""
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    return f"; did you mean '{close[0]}'?" if close else ""
