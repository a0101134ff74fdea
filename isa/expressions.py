"""The value of an expression: a number, or a place in a section that gets its address later.

Arithmetic is GNU as's: 64-bit, wrapping; comparisons give -1 for true, `&&` and `||` give 1; `>>`
shifts zeros in; division rounds toward zero. Places may be moved by numbers and subtracted from
each other; anything else on an address has no meaning before the layout is known.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Protocol

from isa.errors import Mistake, shortened
from isa.section import Value
from isa.syntax import Expression, Local, Number, Operator, Symbol, Term


class Unresolved(Mistake):
    """A name or a distance has no value yet; `name` is the name that had none, or nothing."""

    def __init__(self, message: str, at: int, width: int = 1, name: str = "") -> None:
        super().__init__(message, at, width)
        self.name = name


class Scope(Protocol):
    """Where names get their values; the assembler's symbols are one."""

    def lookup(self, term: Symbol | Local) -> Value:
        """The value of a symbol, of `.`, or of a numeric label; raises `Unresolved`."""

    def distance(self, to: Value, start: Value) -> int | None:
        """How many bytes `to` lies after `start`; None while that is not known."""


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

_ON_PLACES = ("-", "==", "!=", "<>", "<", "<=", ">", ">=")

_UNARY: dict[str, Callable[[int], int]] = {
    "+": operator.pos,
    "-": operator.neg,
    "~": operator.invert,
    "!": lambda a: int(not a),
}


def evaluate(expression: Expression, scope: Scope) -> Value:
    """The value of `expression`; raises `Mistake` if it has none, `Unresolved` if it has none yet."""
    stack: list[Value] = []
    for term in expression.terms:
        if isinstance(term, Value):
            stack.append(term)
        elif isinstance(term, Number):
            stack.append(_number(term))
        elif isinstance(term, Operator):
            right = stack.pop()
            stack.append(_unary(term, right) if term.unary else _binary(term, stack.pop(), right, scope))
        else:
            stack.append(scope.lookup(term))
    (value,) = stack
    return value


def bound(expression: Expression, scope: Scope, keys: Callable[[Symbol | Local], Value | Symbol]) -> Expression:
    """`expression` with what its names mean now in their places: its value if it has one, else what is left of it.

    `keys` gives for a name its value, or the name under which it will be found in the end.
    """
    terms = tuple(keys(term) if isinstance(term, Symbol | Local) else term for term in expression.terms)
    left = expression._replace(terms=terms)
    if any(isinstance(term, Symbol) for term in terms):
        return left
    try:
        return expression._replace(terms=(evaluate(left, scope),))
    except Unresolved:
        return left


def folded(operator: Operator, terms: Sequence[Term]) -> Number | None:
    """The number that `operator` makes of the last `terms`, if it takes nothing but numbers and makes one."""
    numbers = [term for term in terms if isinstance(term, Number) and term.number < 1 << 63]
    if len(numbers) != len(terms):
        return None
    first, last = numbers[0], numbers[-1]
    start, end = (operator.at if operator.unary else first.at), last.at + last.width
    if operator.unary:
        return Number(signed(_UNARY[operator.sign](first.number)), start, end - start)
    if (operator.sign in ("/", "%") and not last.number) or (operator.sign in ("<<", ">>") and last.number < 0):
        return None  # whoever evaluates it says so
    return Number(signed(_BINARY[operator.sign](first.number, last.number)), start, end - start)


def _number(term: Number) -> Value:
    if term.number >= 1 << 64:
        raise Mistake(f"{shortened(str(term.number))} does not fit in 64 bits", term.at, term.width)
    return Value(signed(term.number))


def _unary(term: Operator, value: Value) -> Value:
    if value.fragment is not None and term.sign != "+":
        raise Mistake(f"'{term.sign}' of an address has no meaning", term.at, term.width)
    return Value(signed(_UNARY[term.sign](value.number)), value.fragment)


def _binary(term: Operator, left: Value, right: Value, scope: Scope) -> Value:
    sign = term.sign
    where = term.at, term.width
    a, b = left.number, right.number
    if left.fragment is not None or right.fragment is not None:
        if sign == "+" and (left.fragment is None or right.fragment is None):
            return Value(signed(a + b), left.fragment or right.fragment)
        if sign == "-" and right.fragment is None:
            return Value(signed(a - b), left.fragment)
        if left.fragment is None or right.fragment is None or sign not in _ON_PLACES:
            raise Mistake(f"'{sign}' of an address has no meaning; addresses can be moved and subtracted", *where)
        distance = scope.distance(left, right)
        if distance is None:
            raise Unresolved("the distance between these two places is not known yet here", *where)
        a, b = distance, 0
    if sign in ("/", "%") and b == 0:
        raise Mistake("division by zero", *where)
    if sign in ("<<", ">>") and b < 0:
        raise Mistake(f"cannot shift by {b}", *where)
    return Value(signed(_BINARY[sign](a, b)))
