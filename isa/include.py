"""`.include "file"`: the lines of another file stand in place of the directive, as in GNU as.

A file is looked for in the folder of the file that includes it. GNU as looks in the current directory and in the
folders given with `-I`, so that `-I` with each including file's folder makes it read the same. Names, sections and
numeric labels know no files.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from pathlib import Path

from isa.errors import AssemblyError, Diagnostic
from isa.source import decode
from isa.syntax import Mistake, Source, Statement, diagnostic, parse

INCLUDE = ".include"
DEEPEST = 100  # files, each included by the one before it; GNU as ends where the system lets it open no more


def with_included(source: Source) -> Source:
    """Return `source` with the statements of every included file in place of its `.include`.

    Raises `AssemblyError` if one cannot be read: what it would have defined shall not be called undefined.
    """
    whole = _Whole()
    whole.take(source, (source.file,))
    if whole.incomplete:
        raise AssemblyError(whole.errors)
    return Source(source.file, source.lines, whole.statements, whole.errors)


@dataclass
class _Whole:
    """The statements and mistakes of a source and of all that it includes, as they come."""

    statements: list[Statement] = field(default_factory=list)
    errors: list[Diagnostic] = field(default_factory=list)
    incomplete: bool = False  # a file could not be read

    def take(self, source: Source, road: tuple[str, ...]) -> None:
        """Add `source`; `road` is the files that led here, with its own at the end."""
        self.errors += source.errors
        for statement in source.statements:
            if statement.name == INCLUDE and statement.value is None:
                self._include(statement, road)
            else:
                self.statements.append(statement)

    def _include(self, statement: Statement, road: tuple[str, ...]) -> None:
        if statement.labels:
            self.statements.append(replace(statement, name="", operands=()))
        try:
            included = _read(statement, road)
        except Mistake as mistake:
            self.errors.append(diagnostic(statement.line, mistake.at, mistake.message, mistake.width))
            self.incomplete = True
        else:
            self.take(included, (*road, included.file))


def _read(statement: Statement, road: tuple[str, ...]) -> Source:
    """Return the file that `statement` names; raises `Mistake` at the name."""
    operand = statement.operands[0] if len(statement.operands) == 1 else None
    if operand is None or operand.text is None:
        message = f"'{INCLUDE}' takes the name of one file, such as \"lib.inc\""
        raise Mistake(message, *((operand.at, operand.width) if operand else (statement.at, len(INCLUDE))))
    where = operand.at, operand.width
    path = Path(statement.line.file).parent / operand.text.decode(errors="replace")
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        message = f"there is no file '{path}'; a name is relative to the folder of the file that includes it"
        raise Mistake(message, *where) from error
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        reason = error.strerror if isinstance(error, OSError) else error
        raise Mistake(f"'{path}' cannot be read: {reason}; '{INCLUDE}' takes a source text", *where) from error
    if os.path.realpath(path) in map(os.path.realpath, road):
        chain = " -> ".join([*road, str(path)])
        raise Mistake(f"'{path}' would include itself ({chain}); take one of these out", *where)
    if len(road) > DEEPEST:
        raise Mistake(f"'{path}' lies {len(road)} includes deep; {DEEPEST} is the most", *where)
    try:
        return parse(decode(content, str(path)), str(path))
    except AssemblyError as error:
        (wrong,) = error.diagnostics
        message = f"'{path}' is no source text: {wrong.message}, on line {wrong.line} of it, column {wrong.column}"
        raise Mistake(message, *where) from error
