"""Source text -> statements, each knowing its line and column: comments off, lines cut at `;`, labels and name read.

Nothing is read before it is asked for, since a macro's body is no statement yet, and a line may hold a million of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from isa.errors import Mistake
from isa.parser import operands
from isa.source import NOWHERE, SourceLine
from isa.strings import CHARACTER, STRING
from isa.syntax import Number, Operand, Symbol
from isa.tokens import NAME, number_of_label


class Text(NamedTuple):
    """The text of one statement: the first character stands in column `at` of `line`."""

    line: SourceLine
    at: int
    text: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One instruction or directive, or an assignment (`rest` begins with `=`), or only labels.

    `name` stands in column `at`, and all that is behind it is `rest`, from column `rest_at` on.
    """

    line: SourceLine = NOWHERE
    at: int = 1
    labels: tuple[Symbol | Number, ...] = ()
    name: str = ""
    rest: str = ""
    rest_at: int = 1

    @property
    def operands(self) -> tuple[Operand | None, ...]:
        """What stands between commas; read anew each time. Raises `Mistake`."""
        return operands(self.rest, self.rest_at)

    @property
    def is_assignment(self) -> bool:
        return self.rest.startswith("=")

    def mistake(self, message: str, operand: Operand | None = None) -> Mistake:
        """What is wrong with `operand`, or with all of the statement."""
        where = (self.at, len(self.name)) if operand is None else (operand.at, operand.width)
        return Mistake(f"'{self.name}' {message}", *where)


_COMMENT = re.compile(rf"(?:[^\"'#/]|{STRING}|{CHARACTER}|/(?![/*]))*+(?P<comment>\#|//|/\*)?", re.DOTALL)
_PREPROCESSOR = re.compile(r"\s*#\s*(?:(?P<define>define\s+\w)|(?P<include>include\s*[<\"]))")
_INSTEAD = {
    "define": "'.equ NAME, value' defines a constant",
    "include": "'.include \"file\"' takes a file's lines in",
}


def lines_of(text: str) -> Iterator[str]:
    """The lines of `text`. Not splitlines(): only a newline ends a line, with or without a return before it."""
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        if end < 0:
            end = len(text)
        yield text[start:end].removesuffix("\r")
        start = end + 1


def texts(source: str, file: str) -> Iterator[Text | tuple[SourceLine, Mistake]]:
    """The statements of `source`, a file's text, without comments; and mistakes found on the way."""
    opened: tuple[SourceLine, int] | None = None  # where the comment began that we are in
    for number, written in enumerate(lines_of(source), start=1):
        line = SourceLine(file, number, written)
        preprocessed = _PREPROCESSOR.match(written) if "#" in written else None
        if preprocessed:
            message = f"there is no preprocessor here; {_INSTEAD[str(preprocessed.lastgroup)]}"
            yield line, Mistake(message, 1, len(written))
        code, opened = _without_comments(line, opened)
        yield from split(line, code)
    if opened:
        yield opened[0], Mistake("this comment is never closed with '*/'", opened[1], 2)


def _without_comments(
    line: SourceLine, opened: tuple[SourceLine, int] | None
) -> tuple[str, tuple[SourceLine, int] | None]:
    """A line with spaces for comments, so that columns stay true, and the comment that goes on behind it."""
    text = line.text
    if not opened and "#" not in text and "/" not in text:
        return text, None
    parts: list[str] = []
    at = 0
    while at < len(text):
        if opened:
            end = text.find("*/", at)
            if end < 0:
                return "".join(parts), opened
            parts.append(" " * (end + 2 - at))
            at, opened = end + 2, None
            continue
        found = _COMMENT.match(text, at)
        assert found is not None, "the pattern matches nothing too"
        mark = found["comment"]
        code = found.end() - len(mark or "")
        if mark is None and found.end() < len(text):  # a string without an end: what stands behind it is in it
            code = len(text)
        parts.append(text[at:code])
        if mark != "/*":
            break
        parts.append("  ")
        at, opened = found.end(), (line, code + 1)
    return "".join(parts), opened


_PIECE = re.compile(rf"(?:[^;\"']|{STRING}|{CHARACTER})*+", re.DOTALL)


def split(line: SourceLine, code: str, at: int = 1) -> Iterator[Text]:
    """The statements of `code`, which stands in column `at` of `line`: what is between semicolons."""
    if ";" not in code:
        if code and not code.isspace():
            yield Text(line, at, code)
        return
    start = 0
    while start < len(code):
        found = _PIECE.match(code, start)
        assert found is not None, "the pattern matches nothing too"
        end = found.end()
        if end < len(code) and code[end] != ";":  # a string without an end
            end = len(code)
        piece = code[start:end]
        if piece and not piece.isspace():
            yield Text(line, at + start, piece)
        start = end + 1


def pieces(line: SourceLine) -> Iterator[Text]:
    """The statements of one line that stands by itself, without comments."""
    code, _ = _without_comments(line, None)
    yield from split(line, code)


_LABEL = re.compile(rf"\s*+(?:(?P<name>{NAME})|(?P<number>[0-9]++))\s*+:(?!:)")
_HEAD = re.compile(rf"\s*+(?P<name>{NAME}|)(?P<rest>.*)", re.DOTALL)


def read(text: Text) -> Statement:
    """The statement that `text` is, its operands unread; raises `Mistake`."""
    labels: list[Symbol | Number] = []
    code, end = text.text, 0
    if ":" in code:
        while found := _LABEL.match(code, end):
            labels.append(_label(found, text.at))
            end = found.end()
    head = _HEAD.match(code, end)
    assert head is not None, "the pattern matches anything"
    name, rest = head["name"], head["rest"]
    at = text.at + head.start("name")
    if not name and rest:
        raise Mistake(f"unexpected '{rest[0]}'; expected a name", at)
    # Blanks before the operands are of no use to anybody; most operands stand behind one.
    stripped = rest.lstrip()
    return Statement(text.line, at, tuple(labels), name, stripped, at + len(name) + len(rest) - len(stripped))


def _label(found: re.Match[str], at: int) -> Symbol | Number:
    if found["number"]:
        at += found.start("number")
        return Number(number_of_label(found["number"], at), at, len(found["number"]))
    return Symbol(found["name"], at + found.start("name"), len(found["name"]))
