"""Source text -> statements, each knowing its line and column. The rules are in `grammar.lark`.

Every physical line is parsed by itself, so one bad line costs one message and the rest is still read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isa.errors import Diagnostic
from isa.source import SourceLine

if TYPE_CHECKING:
    from lark import Lark


class Mistake(Exception):
    """An error inside one statement: `at` is the column it starts at, `width` how far it goes."""

    def __init__(self, message: str, at: int, width: int = 1) -> None:
        super().__init__(message)
        self.message, self.at, self.width = message, at, width


# --- expressions: `at` is the column (from 1) of the first character, `width` counts characters ---


@dataclass(frozen=True, slots=True)
class Number:
    value: int
    at: int
    width: int = 1


@dataclass(frozen=True, slots=True)
class Symbol:
    """A name; `.` is the location counter."""

    name: str
    at: int
    width: int = 1


@dataclass(frozen=True, slots=True)
class Local:
    """`1b` or `1f`: the nearest numeric label backwards or forwards."""

    number: int
    forward: bool
    at: int
    width: int = 2


@dataclass(frozen=True, slots=True)
class Unary:
    operator: str
    operand: Expression
    at: int
    width: int


@dataclass(frozen=True, slots=True)
class Binary:
    operator: str
    left: Expression
    right: Expression
    at: int
    width: int


@dataclass(frozen=True, slots=True)
class Parenthesis:
    """Kept in the tree, because `(a0)` is an address and `a0` is not."""

    inner: Expression
    at: int
    width: int


@dataclass(frozen=True, slots=True)
class Relocation:
    """`%hi(x)`, `%lo(x)`, `%pcrel_hi(x)` or `%pcrel_lo(label of the auipc)`."""

    name: str
    inner: Expression
    at: int
    width: int


Expression = Number | Symbol | Local | Unary | Binary | Parenthesis | Relocation


# --- operands and statements ---


@dataclass(frozen=True, slots=True)
class Operand:
    """One comma-separated operand: an expression, `expression(base)`, text, or an `@kind`."""

    at: int
    width: int
    expression: Expression | None = None
    base: Symbol | None = None
    text: bytes | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One instruction or directive (`name` with `operands`), or an assignment (`value` set), or only labels."""

    line: SourceLine
    at: int = 1
    labels: tuple[Symbol | Number, ...] = ()
    name: str = ""
    operands: tuple[Operand | None, ...] = ()
    value: Expression | None = None


@dataclass
class Source:
    """A source text split up: its lines as written, the statements in order, and what could not be read.

    `lines` are those of `file` alone; statements and errors may be of files that it includes.
    """

    file: str
    lines: tuple[SourceLine, ...]
    statements: list[Statement] = field(default_factory=list)
    errors: list[Diagnostic] = field(default_factory=list)


NOWHERE = SourceLine("", 0, "")  # of a statement that no line holds


def diagnostic(line: SourceLine, at: int, message: str, width: int = 1) -> Diagnostic:
    """A mistake in `line`, with the line as it is shown to people."""
    return Diagnostic(line.file, line.number, at, message, line.text, max(1, min(width, len(line.text) - at + 1)))


_ESCAPES = {"n": 10, "t": 9, "r": 13, "b": 8, "f": 12, "\\": 92, '"': 34, "'": 39}
_CHARACTER = re.compile(r"\\[0-7]{1,3}|\\x[0-9a-fA-F]+|\\.|[^\\]")
_ESCAPE = re.compile(r"\\([0-7]{1,3}|[xX][0-9a-fA-F]+|.)")


def _unescape(raw: str, at: int) -> bytes:
    """The bytes of a string's inside; escapes as in C, of which a hexadecimal one keeps its low byte."""
    out = bytearray()
    end = 0
    for found in _ESCAPE.finditer(raw):
        out += raw[end : found.start()].encode()
        end = found.end()
        code = found[1]
        if code[0] in "01234567":
            out.append(int(code, 8) & 255)
        elif code[0] in "xX" and len(code) > 1:
            out.append(int(code[1:], 16) & 255)
        elif code in _ESCAPES:
            out.append(_ESCAPES[code])
        else:
            raise Mistake(f"unknown escape '\\{code}'; known are \\n \\t \\r \\b \\f \\\\ \\\" \\' \\x41 \\101", at)
    return bytes(out + raw[end:].encode())


def _number(text: str, at: int) -> int:
    if text[:1] == "0" and text.isdigit():
        if not all(c in "01234567" for c in text):
            raise Mistake(f"'{text}' starts with 0, so it is octal, but has the digits 8 or 9", at, len(text))
        value = int(text, 8)
    else:
        value = int(text, 0)
    if value >= 1 << 64:
        raise Mistake(f"{text} does not fit in 64 bits", at, len(text))
    return value


class _Build:
    """What each grammar rule turns into; lark calls these by the rule's name."""

    def number(self, items: list[Any]) -> Number:
        token = items[0]
        return Number(_number(token, token.column), token.column, len(token))

    def character(self, items: list[Any]) -> Number:
        token = items[0]
        inside = _CHARACTER.match(token, 1)
        assert inside is not None, "the grammar's CHARACTER is an opening quote and one of these"
        return Number(int.from_bytes(_unescape(inside[0], token.column), "little"), token.column, len(token))

    def symbol(self, items: list[Any]) -> Symbol:
        return Symbol(str(items[0]), items[0].column, len(items[0]))

    def local(self, items: list[Any]) -> Local:
        token = items[0]
        return Local(int(token[:-1]), token[-1] == "f", token.column, len(token))

    def parenthesis(self, items: list[Any]) -> Parenthesis:
        opening, inner = items
        return Parenthesis(inner, opening.column, inner.at + inner.width + 1 - opening.column)

    def relocation(self, items: list[Any]) -> Relocation:
        token, inner = items
        return Relocation(str(token), inner, token.column, inner.at + inner.width + 1 - token.column)

    def unary(self, items: list[Any]) -> Unary:
        token, operand = items
        return Unary(str(token), operand, token.column, operand.at + operand.width - token.column)

    def binary(self, items: list[Any]) -> Binary:
        left, token, right = items
        return Binary(str(token), left, right, left.at, right.at + right.width - left.at)

    def plain(self, items: list[Any]) -> Operand:
        return Operand(items[0].at, items[0].width, items[0])

    def indexed(self, items: list[Any]) -> Operand:
        expression, token = items
        width = token.column + len(token) + 1 - expression.at
        return Operand(expression.at, width, expression, Symbol(str(token), token.column, len(token)))

    def text(self, items: list[Any]) -> Operand:
        value = b"".join(_unescape(token[1:-1], token.column) for token in items)
        return Operand(items[0].column, len(items[0]), text=value)

    def kind(self, items: list[Any]) -> Operand:
        return Operand(items[0].column, len(items[0]), kind=items[0][1:])

    def slot(self, items: list[Any]) -> Operand | None:
        operand: Operand | None = items[0] if items else None
        return operand

    def operands(self, items: list[Any]) -> tuple[Operand | None, ...]:
        return () if items == [None] else tuple(items)

    def label(self, items: list[Any]) -> Symbol | Number:
        token = items[0]
        if token.type == "NUMBER":
            return Number(int(token), token.column, len(token)) if token.isdigit() else self.number(items)
        return Symbol(str(token), token.column, len(token))

    def ignored(self, items: list[Any]) -> None:
        return None

    def assignment(self, items: list[Any]) -> tuple[Any, Any, Any]:
        return items[0], (), items[1]

    def operation(self, items: list[Any]) -> tuple[Any, Any, Any]:
        return items[0], items[1], None

    def statement(self, items: list[Any]) -> Statement:
        *labels, body = items
        if body is None:
            return Statement(NOWHERE, labels[0].at if labels else 1, tuple(labels))
        name, operands, value = body
        return Statement(NOWHERE, name.column, tuple(labels), " ".join(name.split()), operands, value)

    def line(self, items: list[Any]) -> list[Statement]:
        return [item for item in items if item.labels or item.name]


kept_parser: str | None = None  # a file to keep the parser in, which takes longer to build than a small program to run


@cache
def _parser() -> Lark:
    from lark import Lark, Transformer

    class Build(_Build, Transformer):  # type: ignore[type-arg]
        pass

    grammar = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    # LALR with the basic lexer builds in about 50 ms, and loads in 4; nothing in the grammar needs the contextual one.
    # What a file keeps is told by the grammar and the release of lark, and where it cannot be used nothing is lost.
    options: dict[str, Any] = {"parser": "lalr", "lexer": "basic", "cache": kept_parser or False}
    return Lark(grammar, start="line", transformer=Build(), maybe_placeholders=True, **options)


# Strings and characters first, so that a `#` inside one is no comment.
_COMMENT = re.compile(
    r"""(?P<keep>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^\\\n])'?)|\#[^\n]*|//[^\n]*|/\*.*?\*/|(?P<open>/\*)""", re.DOTALL
)
_PREPROCESSOR = re.compile(r"\s*#\s*(?:(?P<define>define\s+\w)|(?P<include>include\s*[<\"]))")
_INSTEAD = {
    "define": "'.equ NAME, value' defines a constant",
    "include": "'.include \"file\"' takes a file's lines in",
}


def _blank(found: re.Match[str]) -> str:
    """Comments become spaces: columns and line numbers stay true."""
    return found[0] if found["keep"] else re.sub(r"[^\n]", " ", found[0])


_TERMINALS = {
    "NAME": "a name",
    "NUMBER": "a number",
    "STRING": "a string",
    "COLON": "':'",
    "COMMA": "','",
    "LPAR": "'('",
    "RPAR": "')'",
}


def _explain(error: Exception, text: str) -> Mistake:
    """A lark exception in the words of assembly."""
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    if isinstance(error, Mistake):
        return error
    if isinstance(error, UnexpectedCharacters):
        found = text[error.column - 1]
        if found == '"':
            return Mistake("this string has no closing quote", error.column)
        return Mistake(f"{found!r} means nothing here", error.column)
    assert isinstance(error, UnexpectedToken), "there is no third way for an LALR parser to fail"
    wanted = [_TERMINALS[name] for name in sorted(error.accepts or error.expected) if name in _TERMINALS]
    hint = f"; expected {' or '.join(wanted)}" if wanted else ""
    if error.token.type == "$END":
        return Mistake(f"the line ends too early{hint}", len(text.rstrip()) + 1)
    return Mistake(f"unexpected '{error.token}'{hint}", error.token.column or 1, len(error.token))


def _parse_line(text: str, line: SourceLine) -> Iterator[Statement]:
    from lark.exceptions import LarkError

    try:
        # A lark parser returns whatever its transformer builds for the start rule.
        statements: Any = _parser().parse(text)
    except (LarkError, Mistake) as error:
        raise _explain(error, text) from error
    for item in statements:
        yield Statement(line, item.at, item.labels, item.name, item.operands, item.value)


def parse(text: str, file: str = "<string>") -> Source:
    """Read `text` whole; lines that cannot be read end up in `Source.errors`, the others in `.statements`."""
    # Not splitlines(): it also ends lines at form feeds and other marks that editors do not count.
    text = text.replace("\r\n", "\n").removesuffix("\n")
    written = enumerate(text.split("\n"), start=1)
    source = Source(file, tuple(SourceLine(file, number, line) for number, line in written))
    for found in _COMMENT.finditer(text):
        if found["open"]:
            before = text[: found.start()]
            last, at = source.lines[before.count("\n")], found.start() - before.rfind("\n")
            source.errors.append(diagnostic(last, at, "this comment is never closed with '*/'", 2))
            text = before
            break
    for line, code in zip(source.lines, _COMMENT.sub(_blank, text).split("\n"), strict=False):
        preprocessed = _PREPROCESSOR.match(line.text)
        if preprocessed:
            message = f"there is no preprocessor here; {_INSTEAD[str(preprocessed.lastgroup)]}"
            source.errors.append(diagnostic(line, 1, message, len(line.text)))
        if not code.strip():
            continue
        try:
            source.statements.extend(_parse_line(code, line))
        except Mistake as mistake:
            source.errors.append(diagnostic(line, mistake.at, mistake.message, mistake.width))
    return source
