"""Directives: one row per name, each a function that says what it puts down and how long that is.

A directive's sizes must be known in the first pass; the values of data cells may wait for the second.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from isa.expressions import evaluate
from isa.operands import Word
from isa.sections import MAX_FILE_BYTES, Section, round_up
from isa.syntax import Expression, Mistake, Number, Operand, Statement, Symbol

if TYPE_CHECKING:
    from isa.layout import Layout


class Cells(NamedTuple):
    """Numbers of `width` bytes each."""

    width: int
    expressions: tuple[Expression, ...]


class Piece(NamedTuple):
    """`size` bytes: words, cells, literal bytes, one byte value repeated; or an assignment of no size.

    A filling up to a multiple of `alignment` is as long as its place makes it, or 0 beyond `most`.
    """

    size: int
    content: list[Word] | Cells | bytes | int | tuple[Symbol, Expression]
    alignment: int = 1
    most: int | None = None

    def is_zero(self) -> bool:
        """Is this nothing but zeros, which even a section without bytes can hold?"""
        if isinstance(self.content, Cells):
            return all(isinstance(cell, Number) and cell.value == 0 for cell in self.content.expressions)
        if isinstance(self.content, bytes):
            return not any(self.content)
        return self.content == 0


Handler = Callable[["Layout", Statement], Piece | None]

MAX_ALIGNMENT = 30  # 1 GiB, the largest superpage a program can wish for


def align(section: Section, alignment: int) -> None:
    """Remember that `section` must start at a multiple of `alignment`."""
    section.alignment = max(section.alignment, alignment)


def _fail(statement: Statement, message: str, operand: Operand | None = None) -> Mistake:
    if operand is None:
        return Mistake(f"'{statement.name}' {message}", statement.at, len(statement.name))
    return Mistake(f"'{statement.name}' {message}", operand.at, operand.width)


def _expressions(statement: Statement) -> tuple[Expression, ...]:
    found = []
    for operand in statement.operands:
        if operand is None or operand.expression is None or operand.base is not None:
            raise _fail(statement, "takes numbers", operand)
        found.append(operand.expression)
    return tuple(found)


def _numbers(layout: Layout, statement: Statement, least: int, most: int) -> list[int | None]:
    """The operands as numbers known now, padded with None up to `most`; an empty one is None too."""
    operands = statement.operands
    if not least <= len(operands) <= most:
        count = f"{least}" if least == most else f"{least} to {most}"
        raise _fail(statement, f"takes {count} operand{'s' * (most != 1)}, not {len(operands)}")
    numbers: list[int | None] = []
    for operand in operands:
        if operand is None:
            numbers.append(None)
            continue
        if operand.expression is None or operand.base is not None:
            raise _fail(statement, "takes numbers", operand)
        value = evaluate(operand.expression, layout.symbols)
        if value.section is not None:
            raise _fail(statement, "takes a number, not an address", operand)
        numbers.append(value.number)
    return numbers + [None] * (most - len(numbers))


def _name(statement: Statement, index: int = 0) -> Symbol:
    operand = statement.operands[index] if index < len(statement.operands) else None
    if operand is None or not isinstance(operand.expression, Symbol) or operand.base is not None:
        raise _fail(statement, "takes a name", operand)
    return operand.expression


# --- sections ---


def _switch(name: str) -> Handler:
    def handler(layout: Layout, statement: Statement) -> None:
        if statement.operands:
            raise _fail(statement, "takes no operands here", statement.operands[0])
        layout.switch(name)

    return handler


def _section(layout: Layout, statement: Statement) -> None:
    operands = statement.operands
    first = operands[0] if operands else None
    if first is None:
        raise _fail(statement, "takes a name")
    # As written, since a name such as .note.GNU-stack reads as a subtraction.
    written = statement.line.text[first.at - 1 :][: first.width]
    name = first.text.decode() if first.text is not None else written
    if not re.fullmatch(r"[\w.$-]+", name):
        raise _fail(statement, "takes a name", first)
    flags: str | None = None
    zeros = False
    for operand in operands[1:]:
        if operand is not None and operand.text is not None and flags is None:
            flags = operand.text.decode()
        elif operand is not None and operand.kind is not None:
            zeros = operand.kind == "nobits"
    try:
        layout.switch(name, flags, zeros)
    except KeyError:
        raise _fail(statement, f'needs flags for the unknown name \'{name}\', such as "aw" or "ax"', first) from None


def _push_section(layout: Layout, statement: Statement) -> None:
    before = layout.current
    _section(layout, statement)
    layout.stack.append(before)


def _pop_section(layout: Layout, statement: Statement) -> None:
    if not layout.stack:
        raise _fail(statement, "without a '.pushsection' before it")
    layout.previous, layout.current = layout.current, layout.stack.pop()


def _previous(layout: Layout, statement: Statement) -> None:
    layout.previous, layout.current = layout.current, layout.previous


# --- data ---


def _cells(width: int) -> Handler:
    def handler(layout: Layout, statement: Statement) -> Piece:
        expressions = _expressions(statement)
        return Piece(width * len(expressions), Cells(width, expressions))

    return handler


def _strings(end: bytes) -> Handler:
    def handler(layout: Layout, statement: Statement) -> Piece:
        out = b""
        for operand in statement.operands:
            if operand is None or operand.text is None:
                raise _fail(statement, 'takes strings such as "text\\n"', operand)
            out += operand.text + end
        return Piece(len(out), out)

    return handler


def _count(statement: Statement, number: int | None, what: str) -> int:
    if number is None or not 0 <= number < 1 << 62:
        raise _fail(statement, f"{what} must be a number from 0 up, not {number}", statement.operands[0])
    return number


def _space(layout: Layout, statement: Statement) -> Piece:
    size, fill = _numbers(layout, statement, 1, 2)
    return Piece(_count(statement, size, "size"), (fill or 0) & 255)


def _fill(layout: Layout, statement: Statement) -> Piece:
    repeat, size, value = _numbers(layout, statement, 1, 3)
    width = 1 if size is None else size
    if not 0 <= width <= 8:
        raise _fail(statement, f"cell size must be 0..8, not {width}")
    repeat = _count(statement, repeat, "repeat count")
    if not value:
        return Piece(repeat * width, 0)
    if repeat * width > 1 << 24:
        raise _fail(statement, "of more than 16 MiB that is not zero")
    # GNU as fills with a 32-bit number, whatever the size of the cell.
    cell = (value & 0xFFFFFFFF).to_bytes(4, "little").ljust(8, b"\0")[:width]
    return Piece(repeat * width, cell * repeat)


def _align_power(layout: Layout, statement: Statement) -> Piece:
    power, fill, most = _numbers(layout, statement, 1, 3)
    if power is None or not 0 <= power <= MAX_ALIGNMENT:
        where = statement.operands[0]
        raise _fail(statement, f"takes a power of two's exponent in 0..{MAX_ALIGNMENT}, not {power}", where)
    return _align(layout, statement, 1 << power, fill, most)


def _align_bytes(layout: Layout, statement: Statement) -> Piece:
    alignment, fill, most = _numbers(layout, statement, 1, 3)
    alignment = alignment or 1  # GNU as: 0 is 1
    if alignment < 0 or alignment & (alignment - 1) or alignment > 1 << MAX_ALIGNMENT:
        where = statement.operands[0]
        raise _fail(statement, f"takes a power of two up to 2**{MAX_ALIGNMENT}, not {alignment}", where)
    return _align(layout, statement, alignment, fill, most)


def _align(layout: Layout, statement: Statement, alignment: int, fill: int | None, most: int | None) -> Piece:
    section = layout.section
    piece = padding(section, alignment)
    if section.executable and fill is None and alignment <= 4 and piece.size:
        # GNU as skips these without a word, and the code behind them would be misaligned.
        raise _fail(statement, f"does nothing among instructions; '.balign {alignment}, 0' fills with zeros")
    align(section, alignment)
    if most and piece.size > most:
        return Piece(0, b"", alignment, most)
    return Piece(piece.size, piece.content if fill is None else fill & 255, alignment, most)


def padding(section: Section, alignment: int) -> Piece:
    """What fills `section` up to a multiple of `alignment`: zeros, or between instructions nops.

    As in GNU as, a zero byte and a 2-byte nop lead up to the first multiple of 4.
    """
    size = round_up(section.size, alignment) - section.size
    if not section.executable or size > MAX_FILE_BYTES:
        return Piece(size, 0)
    odd = b"\0" * (size & 1)
    half = b"\x01\0" * (size >> 1 & 1)
    return Piece(size, odd + half + b"\x13\0\0\0" * (size >> 2))


# --- names ---


def _set(layout: Layout, statement: Statement) -> Piece:
    if len(statement.operands) != 2:
        raise _fail(statement, "takes a name and a value")
    name = _name(statement)
    value = statement.operands[1]
    if value is None or value.expression is None or value.base is not None:
        raise _fail(statement, "takes a number", value)
    layout.symbols.assign(name, value.expression, statement.line)
    return Piece(0, (name, value.expression))


def _names(layout: Layout, statement: Statement) -> None:
    if not statement.operands:
        raise _fail(statement, "takes a name")
    for index in range(len(statement.operands)):
        _name(statement, index)


def _common(layout: Layout, statement: Statement) -> None:
    """Zeros in .bss under a name: `.comm name, size, alignment`."""
    name = _name(statement)
    rest = Statement(statement.line, statement.at, (), statement.name, statement.operands[1:])
    size, alignment = _numbers(layout, rest, 1, 2)
    back = layout.current, layout.previous
    layout.switch(".bss")
    section = layout.section
    alignment = alignment or 1
    align(section, alignment)
    section.size = round_up(section.size, alignment)
    layout.symbols.spot = layout.symbols.spot._replace(
        here=layout.symbols.spot.here._replace(number=section.size, section=layout.current)
    )
    try:
        layout.symbols.define(name, statement.line)
        section.size += _count(rest, size, "size")
    finally:
        layout.current, layout.previous = back


def _option(layout: Layout, statement: Statement) -> None:
    name = statement.operands[0].expression if statement.operands and statement.operands[0] else None
    if isinstance(name, Symbol) and name.name == "rvc":
        raise _fail(statement, "rvc: this ISA has no compressed instructions", statement.operands[0])


def _refuse(instead: str) -> Handler:
    def handler(layout: Layout, statement: Statement) -> None:
        raise _fail(statement, f"is not supported; {instead}")

    return handler


DIRECTIVES: dict[str, Handler] = {
    ".text": _switch(".text"),
    ".data": _switch(".data"),
    ".rodata": _switch(".rodata"),
    ".bss": _switch(".bss"),
    ".section": _section,
    ".pushsection": _push_section,
    ".popsection": _pop_section,
    ".previous": _previous,
    ".byte": _cells(1),
    **dict.fromkeys((".half", ".short", ".2byte", ".hword"), _cells(2)),
    **dict.fromkeys((".word", ".long", ".int", ".4byte"), _cells(4)),
    **dict.fromkeys((".dword", ".quad", ".8byte"), _cells(8)),
    ".ascii": _strings(b""),
    **dict.fromkeys((".asciz", ".string"), _strings(b"\0")),
    **dict.fromkeys((".space", ".skip", ".zero"), _space),
    ".fill": _fill,
    **dict.fromkeys((".align", ".p2align"), _align_power),
    ".balign": _align_bytes,
    **dict.fromkeys((".equ", ".set"), _set),
    **dict.fromkeys((".globl", ".global"), _names),
    **dict.fromkeys((".comm", ".lcomm"), _common),
    ".option": _option,
    **dict.fromkeys((".macro", ".endm", ".rept", ".endr", ".irp"), _refuse("write the lines out")),
    **dict.fromkeys((".if", ".ifdef", ".ifndef", ".else", ".endif"), _refuse("there is no conditional assembly")),
    ".incbin": _refuse("write the bytes out with '.byte'"),
    **dict.fromkeys((".float", ".double", ".single"), _refuse("this ISA has no floating point")),
    ".org": _refuse("use .balign or .space"),
}
