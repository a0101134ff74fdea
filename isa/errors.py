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


class Mistake(Exception):
    """An error inside one statement: `at` is the column it starts at, `width` how far it goes."""

    def __init__(self, message: str, at: int, width: int = 1) -> None:
        super().__init__(message)
        self.message, self.at, self.width = message, at, width


SHOWN = 200  # characters of a source line: a longer one is shown around its mistake


@dataclass(frozen=True, order=True)
class Diagnostic:
    """One mistake in a source: where it is (`line` and `column` count from 1) and what would be right.

    `kind` is `error`, or `warning` for what GNU as assembles but hardly anybody means.
    """

    file: str
    line: int
    column: int
    message: str
    source: str = ""
    width: int = 1
    kind: str = "error"

    def __str__(self) -> str:
        text = f"{self.file}:{self.line}:{self.column}: {self.kind}: {self.message}"
        start = self.column - SHOWN // 2 if len(self.source) > SHOWN and self.column > SHOWN // 2 else 0
        shown = self.source[start : start + SHOWN]
        if not shown.strip():
            return text
        # Tabs stay tabs under the source line, or the caret would point elsewhere than the eye looks.
        lead = "".join("\t" if c == "\t" else " " for c in shown[: self.column - 1 - start])
        width = min(self.width, len(shown) - len(lead))
        return f"{text}\n    {shown}\n    {lead}^{'~' * (width - 1)}"


class AssemblyError(IsaError):
    """Every mistake found in one source; `diagnostics` is ordered by place and never empty."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(sorted(set(diagnostics)))
        super().__init__("\n".join(map(str, self.diagnostics)))


def shortened(text: str, most: int = 40) -> str:
    """`text` as a message quotes it: in one line, and of what is longer than `most` only the beginning."""
    begin = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text[:most])
    return begin if len(text) <= most else f"{begin}..."


def nearest(name: str, names: list[str]) -> str:
    """`; did you mean 'x'?` for the closest of `names`, or nothing if none is close."""
    if len(name) > 40:  # the search would take minutes, and find nothing
        return ""
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    return f"; did you mean '{close[0]}'?" if close else ""
