"""Directives that leave room: fillings, alignments, and moves of the location counter."""

from __future__ import annotations

from isa.assembly import Assembly
from isa.directives.row import Directive, Handler, expression_in, later_number, number_in, numbers, some
from isa.statements import Statement
from isa.syntax import Expression, Operand
from isa.tails import INSTRUCTION, Alignment, Fill

MAX_ALIGNMENT = 30  # 1 GiB, the largest superpage a program can wish for
_CELL = 8  # bytes a cell of `.fill` has at most


def _count(assembly: Assembly, statement: Statement, operand: Operand | None, what: str) -> int | Expression:
    """A number from 0 up, or an expression that will be one."""
    count = later_number(assembly.symbols, expression_in(statement, operand))
    if isinstance(count, int) and not 0 <= count < 1 << 62:
        raise statement.mistake(f"{what} must be a number from 0 up, not {count}", operand)
    return count


def _fill_with(assembly: Assembly, statement: Statement, count: int | Expression, cell: bytes) -> None:
    if assembly.current.zeros and any(cell):
        raise statement.mistake(f"section '{assembly.current.name}' holds no bytes, only zeros")
    size = count * len(cell) if isinstance(count, int) else None
    assembly.put_tail(Fill(statement.line, assembly.symbols, count, cell), size)


def _space(assembly: Assembly, statement: Statement) -> None:
    size, fill = some(statement, 1, 2)
    byte = number_in(assembly.symbols, statement, fill) & 255 if fill else 0
    _fill_with(assembly, statement, _count(assembly, statement, size, "size"), bytes([byte]))


def _fill(assembly: Assembly, statement: Statement) -> None:
    repeat, size, value = some(statement, 1, 3)
    width = 1 if size is None else number_in(assembly.symbols, statement, size)
    if width < 0:
        raise statement.mistake(f"cell size must be 0..{_CELL}, not {width}", size)
    if width > _CELL:
        assembly.warn(f"'.fill' cell size must be 0..{_CELL}; {_CELL} is taken", statement.at, len(statement.name))
        width = _CELL
    number = number_in(assembly.symbols, statement, value) if value else 0
    # GNU as fills with a 32-bit number, whatever the size of the cell.
    cell = (number & 0xFFFFFFFF).to_bytes(4, "little").ljust(_CELL, b"\0")[:width]
    count = _count(assembly, statement, repeat, "repeat count")
    _fill_with(assembly, statement, count if width else 0, cell or b"\0")


def _cells(width: int) -> Handler:
    """`.ds`: so many cells of zeros."""

    def handler(assembly: Assembly, statement: Statement) -> None:
        (count,) = some(statement, 1, 1)
        _fill_with(assembly, statement, _count(assembly, statement, count, "count"), bytes(width))

    return handler


def _constants(width: int) -> Handler:
    """`.dcb`: the same number so many times."""

    def handler(assembly: Assembly, statement: Statement) -> None:
        count, value = some(statement, 2, 2)
        number = number_in(assembly.symbols, statement, value) & (1 << 8 * width) - 1
        cell = number.to_bytes(width, "little")
        _fill_with(assembly, statement, _count(assembly, statement, count, "count"), cell)

    return handler


def _align_power(width: int) -> Handler:
    def handler(assembly: Assembly, statement: Statement) -> None:
        power, fill, most = numbers(assembly.symbols, statement, 1, 3)
        power = power or 0
        if not 0 <= power <= MAX_ALIGNMENT:
            message = f"takes a power of two's exponent in 0..{MAX_ALIGNMENT}, not {power}"
            raise statement.mistake(message, statement.operands[0])
        _align(assembly, statement, 1 << power, _pattern(fill, width), most)

    return handler


def _align_bytes(width: int) -> Handler:
    def handler(assembly: Assembly, statement: Statement) -> None:
        multiple, fill, most = numbers(assembly.symbols, statement, 1, 3)
        multiple = multiple or 1  # GNU as: 0 is 1
        if multiple < 0 or multiple & (multiple - 1) or multiple > 1 << MAX_ALIGNMENT:
            message = f"takes a power of two up to 2**{MAX_ALIGNMENT}, not {multiple}"
            raise statement.mistake(message, statement.operands[0])
        _align(assembly, statement, multiple, _pattern(fill, width), most)

    return handler


def _pattern(fill: int | None, width: int) -> bytes | None:
    return None if fill is None else (fill & (1 << 8 * width) - 1).to_bytes(width, "little")


def _align(assembly: Assembly, statement: Statement, multiple: int, fill: bytes | None, most: int | None) -> None:
    section = assembly.current
    if section.executable and fill is None:
        if multiple <= INSTRUCTION:
            # As in GNU as, which takes instructions to be aligned.
            if section.astray and section.astray % multiple:
                message = f"does nothing among instructions; '.balign {multiple}, 0' fills with zeros"
                assembly.warn(f"'{statement.name}' {message}", statement.at, len(statement.name))
            return
    elif fill is None:
        fill = b"\0"
    section.align(multiple)
    assembly.put_tail(Alignment(statement.line, multiple, fill, most))


def _org(assembly: Assembly, statement: Statement) -> None:
    place, fill = some(statement, 1, 2)
    byte = number_in(assembly.symbols, statement, fill) & 255 if fill else 0
    assembly.move(expression_in(statement, place), byte)


ROOM = (
    Directive((".space", ".skip"), "size, byte", "`size` bytes, zeros if no other is named", _space),
    Directive((".zero",), "size", "`size` zeros", _space),
    Directive((".fill",), "count, size, number", "`count` cells of `size` bytes, of a 32-bit number", _fill),
    *(Directive(names, "count", f"`count` cells of {width} zero bytes", _cells(width)) for names, width in (
        ((".ds.b",), 1), ((".ds", ".ds.w"), 2), ((".ds.l", ".ds.s"), 4), ((".ds.d",), 8), ((".ds.x", ".ds.p"), 12))),
    *(Directive(names, "count, number", f"`count` times a number of {width} byte{'s' * (width > 1)}", _constants(width))
      for names, width in (((".dcb.b",), 1), ((".dcb", ".dcb.w"), 2), ((".dcb.l",), 4))),
    Directive((".align", ".p2align"), "power, byte, most", "up to a multiple of 2**power, in at most `most` bytes; "
              "instructions are filled with nops, and up to 4 bytes among them do nothing", _align_power(1)),
    Directive((".p2alignw",), "power, number, most", "the same with a 2-byte filling", _align_power(2)),
    Directive((".p2alignl",), "power, number, most", "the same with a 4-byte filling", _align_power(4)),
    Directive((".balign",), "multiple, byte, most", "as `.align`, the multiple itself given", _align_bytes(1)),
    Directive((".balignw",), "multiple, number, most", "the same with a 2-byte filling", _align_bytes(2)),
    Directive((".balignl",), "multiple, number, most", "the same with a 4-byte filling", _align_bytes(4)),
    Directive((".org",), "place, byte", "forward to a place or an offset in this section; also `. = place`", _org),
)  # fmt: skip
