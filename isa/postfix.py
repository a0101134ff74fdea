"""Expressions out of tokens: postfix order, by way of the operators that wait for what binds closer than they do.

Operators have GNU as's ranks, which are not C's: `* / % << >>` bind closest, then `| & ^ !`, then `+ -`, then
comparisons, then `&&`, then `||`; before all of them the signs of one operand. Numbers are put together as soon as an
operator has both of its own, so that a long sum of them is one number.
"""

from __future__ import annotations

from isa.errors import Mistake, shortened
from isa.expressions import folded
from isa.strings import character
from isa.syntax import Local, Number, Operator, Symbol, Term
from isa.tokens import Token, number_of, number_of_label

RANKS = {
    "||": 1, "&&": 2, "==": 3, "!=": 3, "<>": 3, "<": 3, "<=": 3, ">": 3, ">=": 3, "+": 4, "-": 4,
    "|": 5, "&": 5, "^": 5, "!": 5, "*": 6, "/": 6, "%": 6, "<<": 6, ">>": 6,
}  # fmt: skip
_UNARY_RANK = 7
DEEPEST = 100_000  # parentheses and signs in each other
_UNARY = "+-~!"


class Postfix:
    """One expression while its tokens come: what is ready, in postfix order, and the operators that still wait."""

    def __init__(self) -> None:
        self.ready: list[Term] = []
        self.complete = False  # what came last can end an expression
        self._waiting: list[tuple[int, Operator | None]] = []  # (rank, operator), None for an open parenthesis
        self._opened: list[int] = []  # the columns of open parentheses

    def take(self, token: Token) -> None:
        """Add `token`; raises `Mistake` if it cannot stand there."""
        where = token.at, len(token.text)
        kind = token.kind
        if kind == "sign":
            self._sign(token)
        elif kind == "close":
            self._close(token)
        elif self.complete:
            raise Mistake(f"unexpected '{shortened(token.text)}'; expected ','", *where)
        elif kind == "open":
            self._wait(0, None, token.at)
            self._opened.append(token.at)
        else:
            self.ready.append(_value(token, *where))
            self.complete = True

    @property
    def depth(self) -> int:
        """How many parentheses are open."""
        return len(self._opened)

    def _wait(self, rank: int, operator: Operator | None, at: int) -> None:
        if len(self._waiting) == DEEPEST:
            raise Mistake(f"this is nested more than {DEEPEST:,} deep", at)
        self._waiting.append((rank, operator))

    def _sign(self, token: Token) -> None:
        sign = token.text
        where = token.at, len(sign)
        if not self.complete:
            if sign not in _UNARY:
                raise Mistake(f"unexpected '{sign}'; a number or a name was expected", *where)
            self._wait(_UNARY_RANK, Operator(sign, True, *where), token.at)
            return
        rank = RANKS.get(sign)
        if rank is None:
            raise Mistake(f"unexpected '{sign}'; expected ','", *where)
        self._settle(rank)
        self._wait(rank, Operator(sign, False, *where), token.at)
        self.complete = False

    def _close(self, token: Token) -> None:
        if not self._opened or not self.complete:
            raise Mistake("unexpected ')'", token.at)
        self._settle(1)
        self._waiting.pop()
        self._opened.pop()

    def _settle(self, rank: int) -> None:
        """Put down the operators that bind at least as closely as one of `rank`."""
        ready = self.ready
        while self._waiting and self._waiting[-1][0] >= rank:
            operator = self._waiting.pop()[1]
            assert operator is not None, "an open parenthesis has rank 0"
            count = 1 if operator.unary else 2
            number = folded(operator, ready[-count:])
            if number is None:
                ready.append(operator)
            else:
                ready[-count:] = [number]

    def end(self, at: int) -> tuple[Term, ...]:
        """The whole expression, which ends before column `at`; raises `Mistake` if something is missing."""
        if not self.complete:
            raise Mistake("the line ends too early; a number or a name was expected", at)
        if self._opened:
            raise Mistake("this '(' is never closed", self._opened[-1])
        self._settle(1)
        return tuple(self.ready)


def _value(token: Token, at: int, width: int) -> Term:
    text = token.text
    match token.kind:
        case "name":
            return Symbol(text.removesuffix("@plt"), at, width)
        case "number":
            return Number(number_of(text, at), at, width)
        case "local":
            return Local(number_of_label(text[:-1], at), text[-1] == "f", at, width)
        case "character":
            return Number(character(text), at, width)
    raise Mistake(f"unexpected '{shortened(text)}'; a number or a name was expected", at, width)
