"""Directives that put numbers and texts down."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable

from isa.assembly import Assembly
from isa.directives.row import Directive, Handler, expression_in, later_number
from isa.errors import Mistake, shortened
from isa.fixups import truncates
from isa.parser import next_operand
from isa.statements import Statement
from isa.syntax import Expression, Number, Operator
from isa.tails import Leb

# Plain numbers, as tables of data are full of: read many at once, which takes a tenth of the time and no memory.
_PLAIN = re.compile(r"(?:[ \t]*+-?(?:0[xX][0-9a-fA-F]{1,15}|[1-9][0-9]{0,17}|0)[ \t]*+(?:,|\Z)){1,4096}+")
_CODES = {1: "b", 2: "h", 4: "i", 8: "q"}


def _cells(width: int) -> Handler:
    def handler(assembly: Assembly, statement: Statement) -> None:
        text = statement.rest.rstrip()
        at: int | None = 0 if text else None
        while at is not None:
            found = _PLAIN.match(text, at)
            if found is not None:
                _plain(assembly, statement, width, found)
                at = found.end() if text[found.end() - 1] == "," else None
                continue
            operand, end = next_operand(text, at, statement.rest_at)
            if operand is None:
                where = max(statement.rest_at + at - 1, statement.at)
                assembly.warn(f"'{statement.name}' takes 0 for a number that is left out", where, 1)
                assembly.put(bytes(width))
            else:
                _cell(assembly, statement, width, expression_in(statement, operand))
            at = end

    return handler


def _plain(assembly: Assembly, statement: Statement, width: int, found: re.Match[str]) -> None:
    parts = found[0].split(",")
    if not parts[-1].strip():
        parts.pop()
    values = [int(part, 0) for part in parts]
    code = _CODES.get(width)
    if code is not None:
        high = (1 << 8 * width) - 1
        if all(-(high >> 1) <= value <= high for value in values):
            assembly.put(struct.pack(f"<{len(values)}{code.upper()}", *[value & high for value in values]))
            return
    at = statement.rest_at + found.start()
    for part, value in zip(parts, values, strict=True):
        _number(assembly, width, value, at + len(part) - len(part.lstrip()), len(part.strip()))
        at += len(part) + 1


def _literal(expression: Expression) -> int | None:
    """The number that is written, of however many bits, if nothing else is."""
    first, *rest = expression.terms
    if not isinstance(first, Number):
        return None
    match rest:
        case []:
            return first.number
        case [Operator(sign="-", unary=True)]:
            return -first.number
    return None


def _cell(assembly: Assembly, statement: Statement, width: int, expression: Expression) -> None:
    value = _literal(expression)
    if value is None:
        assembly.symbols.here = assembly.current.here
        later = later_number(assembly.symbols, expression)
        if not isinstance(later, int):
            if width > 8:
                raise Mistake(f"'{statement.name}' takes plain numbers", expression.at, expression.width)
            assembly.put_cell(statement.name, width, later)
            return
        value = later
    _number(assembly, width, value, expression.at, expression.width)


def _number(assembly: Assembly, width: int, value: int, at: int, long: int) -> None:
    if truncates(value, width):
        kept = value & (1 << 8 * width) - 1
        assembly.warn(f"{shortened(f'{value:#x}')} does not fit in {8 * width} bits; {kept:#x} is left of it", at, long)
    assembly.put((value & (1 << 8 * width) - 1).to_bytes(width, "little"))


def _strings(width: int, end: bytes) -> Handler:
    def handler(assembly: Assembly, statement: Statement) -> None:
        for operand in statement.operands:
            if operand is None or operand.text is None:
                raise statement.mistake('takes strings such as "text\\n"', operand)
            text = operand.text
            if width > 1:
                text = b"".join(bytes([byte]).ljust(width, b"\0") for byte in text)
            assembly.put(text + end * width)

    return handler


def _uleb128(value: int) -> bytes:
    value &= (1 << 64) - 1 if value < 0 else -1
    groups = [value >> shift & 127 for shift in range(0, max(value.bit_length(), 1), 7)]
    return bytes([group | 128 for group in groups[:-1]] + groups[-1:])


def _sleb128(value: int) -> bytes:
    groups = [value >> shift & 127 for shift in range(0, (value if value >= 0 else ~value).bit_length() + 1, 7)]
    return bytes([group | 128 for group in groups[:-1]] + groups[-1:])


def _leb(encode: Callable[[int], bytes]) -> Handler:
    def handler(assembly: Assembly, statement: Statement) -> None:
        for operand in statement.operands:
            assembly.symbols.here = assembly.current.here
            expression = expression_in(statement, operand)
            value = later_number(assembly.symbols, expression)
            if isinstance(value, int):
                literal = _literal(expression)
                assembly.put(encode(value if literal is None else literal))
            else:
                assembly.put_tail(Leb(statement.line, assembly.symbols, value, encode))

    return handler


_FLOAT = re.compile(
    r"\s*(?:0[a-z])?([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)?|[-+]?(?:inf|nan))\s*", re.IGNORECASE
)


def _floats(code: str) -> Handler:
    def handler(assembly: Assembly, statement: Statement) -> None:
        at = statement.rest_at
        for part in statement.rest.split(","):
            found = _FLOAT.fullmatch(part)
            if found is None:
                raise Mistake(f"'{statement.name}' takes numbers such as 1.5e-3", at, max(len(part), 1))
            try:
                assembly.put(struct.pack(f"<{code}", float(found[1])))
            except OverflowError as error:
                message = f"{shortened(found[1])} is too large for '{statement.name}'"
                raise Mistake(message, at, len(part)) from error
            at += len(part) + 1

    return handler


NUMBERS = "number, ..."
TEXTS = '"text", ...'
DATA = (
    Directive((".byte", ".1byte", ".dc.b"), NUMBERS, "one byte each", _cells(1)),
    Directive((".half", ".short", ".2byte", ".hword", ".dc.w"), NUMBERS, "two bytes each, at any address", _cells(2)),
    Directive((".word", ".long", ".int", ".4byte", ".dc.l"), NUMBERS, "four bytes each, at any address", _cells(4)),
    Directive((".dword", ".quad", ".8byte", ".dc.a"), NUMBERS, "eight bytes each, at any address", _cells(8)),
    Directive((".octa", ".16byte"), NUMBERS, "sixteen bytes each; plain numbers only", _cells(16)),
    Directive((".uleb128",), NUMBERS, "each in groups of seven bits, unsigned", _leb(_uleb128)),
    Directive((".sleb128",), NUMBERS, "each in groups of seven bits, signed", _leb(_sleb128)),
    Directive((".ascii",), TEXTS, "the bytes of each text", _strings(1, b"")),
    Directive((".asciz", ".string", ".string8"), TEXTS, "the bytes of each text, and a zero byte", _strings(1, b"\0")),
    Directive((".string16",), TEXTS, "two bytes for each byte of a text, and a zero", _strings(2, b"\0")),
    Directive((".string32",), TEXTS, "four bytes for each byte of a text, and a zero", _strings(4, b"\0")),
    Directive((".string64",), TEXTS, "eight bytes for each byte of a text, and a zero", _strings(8, b"\0")),
    Directive((".float", ".single", ".dc.s"), NUMBERS, "four bytes each, IEEE 754", _floats("f")),
    Directive((".double", ".dc.d"), NUMBERS, "eight bytes each, IEEE 754", _floats("d")),
)
