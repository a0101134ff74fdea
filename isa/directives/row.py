"""What a directive is: a row of a table, and how its operands are taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from isa.assembly import Assembly
from isa.expressions import evaluate
from isa.section import Value
from isa.statements import Statement
from isa.symbols import Symbols
from isa.syntax import Expression, Operand, Symbol

Handler = Callable[[Assembly, Statement], None]


class Directive(NamedTuple):
    """One row: the names that mean the same, how operands are written, what it does, and the function that does it."""

    names: tuple[str, ...]
    syntax: str
    meaning: str
    run: Handler


def expression_in(statement: Statement, operand: Operand | None) -> Expression:
    """The expression that `operand` is; raises `Mistake` if it is none."""
    expression = operand.number if operand else None
    if expression is None or expression.relocation:
        raise statement.mistake("takes numbers", operand)
    return expression


def number_in(symbols: Symbols, statement: Statement, operand: Operand | None) -> int:
    """The number that `operand` is, known now; raises `Mistake` if it is none."""
    value = evaluate(expression_in(statement, operand), symbols)
    if value.fragment is not None:
        raise statement.mistake("takes a number, not an address", operand)
    return value.number


def some(statement: Statement, least: int, most: int) -> tuple[Operand | None, ...]:
    """The operands, `least` to `most` of them, padded with None; raises `Mistake` for another number."""
    operands = statement.operands
    if not least <= len(operands) <= most:
        count = f"{least}" if least == most else f"{least} to {most}"
        raise statement.mistake(f"takes {count} operand{'s' * (most != 1)}, not {len(operands)}")
    return (*operands, *[None] * (most - len(operands)))


def numbers(symbols: Symbols, statement: Statement, least: int, most: int) -> list[int | None]:
    """The operands as numbers known now; one that is left out is None."""
    return [
        None if operand is None else number_in(symbols, statement, operand) for operand in some(statement, least, most)
    ]


def later_number(symbols: Symbols, expression: Expression) -> int | Expression:
    """The number that `expression` is, or what is left of it if that is not known yet."""
    left = symbols.bind(expression)
    value = left.terms[0]
    return value.number if isinstance(value, Value) and len(left.terms) == 1 and value.fragment is None else left


def name_in(statement: Statement, operand: Operand | None) -> Symbol:
    """The name that `operand` is; raises `Mistake` if it is none."""
    expression = operand.expression if operand and operand.base is None else None
    if expression is None or expression.symbol is None:
        raise statement.mistake("takes a name", operand)
    return expression.symbol
