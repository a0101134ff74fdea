"""Directives that give names values, and say what names are."""

from __future__ import annotations

from isa.assembly import Assembly
from isa.directives.row import Directive, Handler, expression_in, name_in, number_in, some
from isa.statements import Statement
from isa.symbols import Common
from isa.syntax import Symbol

_LARGEST_COMMON = 1 << 62


def _set(once: bool = False, anew: bool = False) -> Handler:
    def handler(assembly: Assembly, statement: Statement) -> None:
        operands = statement.operands
        if len(operands) != 2:
            raise statement.mistake("takes a name and a value")
        name = name_in(statement, operands[0])
        if operands[1] is None or operands[1].number is None:
            raise statement.mistake("takes a number", operands[1])
        if once:
            assembly.once(name)
        assembly.assign(name, expression_in(statement, operands[1]), anew)

    return handler


def _all_names(statement: Statement) -> list[Symbol]:
    if not statement.operands:
        raise statement.mistake("takes a name")
    return [name_in(statement, operand) for operand in statement.operands]


def _global(assembly: Assembly, statement: Statement) -> None:
    _all_names(statement)


def _local(assembly: Assembly, statement: Statement) -> None:
    assembly.local.update(name.name for name in _all_names(statement))


def _weak(assembly: Assembly, statement: Statement) -> None:
    assembly.symbols.weak.update(name.name for name in _all_names(statement))


def _common(always_local: bool) -> Handler:
    def handler(assembly: Assembly, statement: Statement) -> None:
        name, size, alignment = some(statement, 2, 3)
        symbol = name_in(statement, name)
        count = number_in(assembly.symbols, statement, size)
        if not 0 <= count < _LARGEST_COMMON:
            raise statement.mistake(f"size must be a number from 0 up, not {count}", size)
        local = always_local or symbol.name in assembly.local
        multiple = (
            number_in(assembly.symbols, statement, alignment) if alignment else _natural(count, local, always_local)
        )
        if multiple < 1 or multiple & (multiple - 1):
            raise statement.mistake(f"takes an alignment that is a power of two, not {multiple}", alignment)
        common = Common(symbol, count, multiple, statement.line)
        assembly.add_common(common, local)

    return handler


def _natural(size: int, local: bool, always_local: bool) -> int:
    """The alignment where none is named, GNU as's and ld's: by the size, up to 16 bytes, or for `.lcomm` up to 8."""
    if always_local:
        return 1 << min(max(size.bit_length() - 1, 0), 3)
    return 1 if local else 1 << min(max(size - 1, 0).bit_length(), 4)


NAMES = (
    Directive((".equ", ".set"), "name, value", "`name` means `value` from here on; also `name = value`", _set()),
    Directive((".equiv",), "name, value", "the same, for a name that has no value yet", _set(once=True)),
    Directive((".eqv",), "name, value", "the same, with `value` worked out at each use; also `name == value`",
              _set(once=True, anew=True)),
    Directive((".globl", ".global", ".extern"), "name, ...", "every name is known everywhere: there is one source",
              _global),
    Directive((".local",), "name, ...", "a `.comm` of this name is as `.lcomm`", _local),
    Directive((".weak",), "name, ...", "0 if the name has no other value in the end", _weak),
    Directive((".comm",), "name, size, alignment", "zeros under a name, at the end of `.bss`", _common(False)),
    Directive((".lcomm",), "name, size, alignment", "the same, before those of `.comm`", _common(True)),
)  # fmt: skip
