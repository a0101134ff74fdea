"""What a statement is made of: names, numbers, expressions, operands. `isa/parser.py` makes them out of text.

`at` is the column (from 1) of the first character, `width` counts characters. An expression is kept in postfix order,
`1 2 3 * +`: however long or deep one is, whoever walks it needs a loop and no recursion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from isa.section import Value


class Number(NamedTuple):
    """A number as written, however many bits it has."""

    number: int
    at: int
    width: int


class Symbol(NamedTuple):
    """A name; `.` is the location counter."""

    name: str
    at: int
    width: int


class Local(NamedTuple):
    """`1b` or `1f`: the nearest numeric label backwards or forwards."""

    number: int
    forward: bool
    at: int
    width: int


class Operator(NamedTuple):
    """Takes the last value, or the last two, and leaves one."""

    sign: str
    unary: bool
    at: int
    width: int


Term = Value | Number | Symbol | Local | Operator


class Expression(NamedTuple):
    """`terms` in postfix order; `relocation` is the `%hi` or the like that stands before it, or nothing."""

    terms: tuple[Term, ...]
    at: int
    width: int
    relocation: str = ""

    @property
    def symbol(self) -> Symbol | None:
        """The name, if the expression is nothing else."""
        (term, *rest) = self.terms
        return term if isinstance(term, Symbol) and not rest and not self.relocation else None

    @property
    def number(self) -> Number | None:
        """The number, if the expression is nothing else."""
        (term, *rest) = self.terms
        return term if isinstance(term, Number) and not rest and not self.relocation else None


@dataclass(frozen=True, slots=True)
class Operand:
    """One operand between commas: an `expression`, one with a `base` in parentheses, or `text` in quotes.

    `(a0)` is a base without an expression; where a number is wanted, `number` takes it as one.
    """

    at: int
    width: int
    expression: Expression | None = None
    base: Symbol | None = None
    text: bytes | None = None

    @property
    def number(self) -> Expression | None:
        """The expression, if the operand is nothing else."""
        if self.base is None:
            return self.expression
        if self.expression is None:
            return Expression((self.base,), self.at, self.width)
        return None
