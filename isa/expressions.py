"""The value of an expression: a number, or a place in a section that gets its address later.

Arithmetic is GNU as's: 64-bit, wrapping; comparisons give -1 for true, `&&` and `||` give 1; `>>`
shifts zeros in; division rounds toward zero. Places may be moved by numbers and subtracted from
each other; anything else on an address has no meaning before the layout is known.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import NamedTuple, Protocol

from isa.syntax import Binary, Expression, Local, Mistake, Number, Parenthesis, Relocation, Symbol, Unary


class Value(NamedTuple):
    """`number` itself if `section` is None, else `number` bytes into the section of that index."""

    number: int
    section: int | None = None


class Unresolved(Mistake):
    """A name or a distance has no value: in the first pass, maybe only a forward reference."""


class Scope(Protocol):
    """Where names get their values; the assembler is one."""

    def lookup(self, symbol: Symbol | Local) -> Value:
        """The value of a symbol, of `.`, or of a numeric label; raises `Unresolved`."""

    def address(self, value: Value) -> int | None:
        """The number or final address of `value`; None while its section has no address."""

    def relocate(self, relocation: Relocation) -> int:
        """The value of `%hi(x)` and its like; raises `Mistake` where it has none."""


def signed(number: int) -> int:
    """The low 64 bits of `number` as a signed value."""
    number &= (1 << 64) - 1
    return number - ((number >> 63) << 64)


def _truth(compare: Callable[[int, int], bool]) -> Callable[[int, int], int]:
    return lambda a, b: -int(compare(a, b))


def _divide(a: int, b: int) -> int:
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


_BINARY: dict[str, Callable[[int, int], int]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide,
    "%": lambda a, b: a - b * _divide(a, b),
    "<<": lambda a, b: a << b if b < 64 else 0,
    ">>": lambda a, b: (a & (1 << 64) - 1) >> b if b < 64 else 0,
    "|": operator.or_,
    "&": operator.and_,
    "^": operator.xor,
    "!": lambda a, b: a | ~b,
    "==": _truth(operator.eq),
    "!=": _truth(operator.ne),
    "<>": _truth(operator.ne),
    "<": _truth(operator.lt),
    "<=": _truth(operator.le),
    ">": _truth(operator.gt),
    ">=": _truth(operator.ge),
    "&&": lambda a, b: int(bool(a) and bool(b)),
    "||": lambda a, b: int(bool(a) or bool(b)),
}

_ON_ADDRESSES = ("-", "==", "!=", "<>", "<", "<=", ">", ">=")

_UNARY: dict[str, Callable[[int], int]] = {
    "+": operator.pos,
    "-": operator.neg,
    "~": operator.invert,
    "!": lambda a: int(not a),
}


def evaluate(expression: Expression, scope: Scope) -> Value:
    """The value of `expression`; raises `Mistake` if it has none, `Unresolved` for a name without a value."""
    match expression:
        case Number(value=number):
            return Value(signed(number))
        case Symbol() | Local():
            return scope.lookup(expression)
        case Parenthesis(inner=inner):
            return evaluate(inner, scope)
        case Relocation():
            return Value(scope.relocate(expression))
        case Unary(operator=sign, operand=operand):
            value = evaluate(operand, scope)
            if value.section is not None and sign != "+":
                raise Mistake(f"'{sign}' of an address has no meaning", expression.at, expression.width)
            return Value(signed(_UNARY[sign](value.number)), value.section)
        case Binary(left=left, right=right):
            return _binary(expression, evaluate(left, scope), evaluate(right, scope), scope)


def _binary(expression: Binary, left: Value, right: Value, scope: Scope) -> Value:
    sign = expression.operator
    where = expression.at, expression.width
    if left.section is not None or right.section is not None:
        if sign == "+" and (left.section is None or right.section is None):
            section = right.section if left.section is None else left.section
            return Value(signed(left.number + right.number), section)
        if sign == "-" and right.section is None:
            return Value(signed(left.number - right.number), left.section)
        if left.section is None or right.section is None or sign not in _ON_ADDRESSES:
            raise Mistake(f"'{sign}' of an address has no meaning; addresses can be moved and subtracted", *where)
        if left.section != right.section:
            a, b = scope.address(left), scope.address(right)
            if a is None or b is None:
                raise Unresolved("the distance between two sections is not known yet here", *where)
            left, right = Value(a), Value(b)
    if sign in ("/", "%") and right.number == 0:
        raise Mistake("division by zero", *where)
    if sign in ("<<", ">>") and right.number < 0:
        raise Mistake(f"cannot shift by {right.number}", *where)
    return Value(signed(_BINARY[sign](left.number, right.number)))
