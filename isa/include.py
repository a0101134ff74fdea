"""`.include "file"`: the lines of another file stand in place of the directive, as in GNU as.

A file is looked for in the folder of the file that includes it. GNU as looks in the current directory and in the
folders given with `-I`, so that `-I` with each including file's folder makes it read the same. Names, sections and
numeric labels know no files.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from isa.errors import AssemblyError, Mistake, shortened
from isa.file import read_bytes
from isa.source import decode
from isa.statements import Statement

INCLUDE = ".include"
DEEPEST = 100  # files, each included by the one before it; GNU as ends where the system lets it open no more
MOST_FILES = 500  # included by one source, however they are nested
MOST_BYTES = 1 << 26


@dataclass
class Included:
    """What one source has included so far."""

    files: int = 0
    size: int = 0
    _reals: dict[str, str] = field(default_factory=dict)

    def _real(self, path: str) -> str:
        """`path` without links in it."""
        if path not in self._reals:
            self._reals[path] = os.path.realpath(path)
        return self._reals[path]

    @property
    def full(self) -> bool:
        """Is it more than one source may?"""
        return self.files > MOST_FILES or self.size > MOST_BYTES

    def read(self, statement: Statement, road: tuple[str, ...]) -> tuple[str, str]:
        """The name and the text of the file that `statement` names; `road` is the files that led here.

        Raises `Mistake` at the name.
        """
        operands = statement.operands
        operand = operands[0] if len(operands) == 1 else None
        if operand is None or operand.text is None:
            raise statement.mistake('takes the name of one file, such as "lib.inc"', operand)
        where = operand.at, operand.width
        path = Path(statement.line.file).parent / os.fsdecode(operand.text)
        shown = shortened(str(path), 200)
        content = _content(path, shown, where)
        if self._real(str(path)) in map(self._real, road):
            chain = " -> ".join([*road, str(path)])
            raise Mistake(f"'{shown}' would include itself ({chain}); take one of these out", *where)
        if len(road) > DEEPEST:
            raise Mistake(f"'{shown}' lies {len(road)} includes deep; {DEEPEST} is the most", *where)
        self.files += 1
        self.size += len(content)
        if self.full:
            most = f"{MOST_FILES} files" if self.files > MOST_FILES else f"{MOST_BYTES >> 20} MiB"
            raise Mistake(f"'{shown}' is included too often: {most} in all is the most", *where)
        try:
            return str(path), decode(content, str(path))
        except AssemblyError as error:
            (wrong,) = error.diagnostics
            message = f"'{shown}' is no source text: {wrong.message}, on line {wrong.line} of it, column {wrong.column}"
            raise Mistake(message, *where) from error


def _content(path: Path, shown: str, where: tuple[int, int]) -> bytes:
    try:
        return read_bytes(path, MOST_BYTES)
    except FileNotFoundError as error:
        message = f"there is no file '{shown}'; a name is relative to the folder of the file that includes it"
        raise Mistake(message, *where) from error
    except OSError as error:
        raise Mistake(f"'{shown}' cannot be read: {error.strerror}; '{INCLUDE}' takes a source text", *where) from error
