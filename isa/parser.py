"""From the text behind a name to operands, one by one: a table of data may be millions of them."""

from __future__ import annotations

import re

from isa.errors import Mistake, shortened
from isa.postfix import Postfix
from isa.strings import unescape
from isa.syntax import Expression, Number, Operand, Symbol
from isa.tokens import NAME, Token, number_of, tokens

# Most operands are a register or a number.
_SIMPLE = re.compile(rf"[ \t]*+(?:(?P<name>{NAME})|(?P<number>[0-9]++))[ \t]*+(?:(?P<comma>,)|\Z)", re.ASCII)


def operands(text: str, start: int = 1) -> tuple[Operand | None, ...]:
    """The operands in `text`, whose first character stands in column `start`; None for one that is left out.

    Raises `Mistake` where it cannot be read.
    """
    if not text or text.isspace():
        return ()
    found: list[Operand | None] = []
    at: int | None = 0
    while at is not None:
        operand, at = next_operand(text, at, start)
        found.append(operand)
    return tuple(found)


def next_operand(text: str, begin: int, start: int) -> tuple[Operand | None, int | None]:
    """The operand at `begin` of a text such as that of `operands`, and where the one behind it begins, if there is one.

    Raises `Mistake` where it cannot be read.
    """
    simple = _SIMPLE.match(text, begin)
    if simple is not None:
        return _simple(simple, start), simple.end() if simple["comma"] else None
    builder = _Builder()
    for token in tokens(text, begin, start):
        if token.kind == "comma":
            return builder.end(token.at), token.at - start + 1
        builder.take(token)
    return builder.end(start + len(text.rstrip())), None


def _simple(found: re.Match[str], start: int) -> Operand:
    name = found["name"]
    if name is not None:
        at, width = start + found.start("name"), len(name)
        return Operand(at, width, Expression((Symbol(name, at, width),), at, width))
    at, width = start + found.start("number"), len(found["number"])
    return Operand(at, width, Expression((Number(number_of(found["number"], at), at, width),), at, width))


class _Builder:
    """One operand while its tokens come."""

    def __init__(self) -> None:
        self.first: Token | None = None
        self.last: Token | None = None
        self.count = 0
        self.texts: list[bytes] = []
        self.relocation = ""
        self.expression = Postfix()
        self.base: Symbol | None = None
        self.expected: tuple[str, ...] = ()  # the kinds of tokens that a base in parentheses still lacks

    def take(self, token: Token) -> None:
        """Add `token`; raises `Mistake` if it cannot stand there."""
        if self.first is None:
            self.first = token
        self.last = token
        self.count += 1
        if token.kind == "string" and len(self.texts) == self.count - 1:
            self.texts.append(unescape(token.text[1:-1]))
        elif self.texts:
            raise Mistake(f"unexpected '{shortened(token.text)}' after a string", token.at, len(token.text))
        elif token.kind == "relocation" and self.count == 1:
            self.relocation = token.text
        elif self.base is not None or self.expected:
            self._take_base(token)
        elif token.kind == "open" and self.expression.complete and not self.expression.depth:
            self.expected = ("name", "close")
        else:
            self.expression.take(token)

    def _take_base(self, token: Token) -> None:
        if not self.expected or token.kind != self.expected[0]:
            raise Mistake(f"unexpected '{shortened(token.text)}'; expected ','", token.at, len(token.text))
        self.expected = self.expected[1:]
        if token.kind == "name":
            self.base = Symbol(token.text, token.at, len(token.text))

    def end(self, at: int) -> Operand | None:
        """The operand that ends before column `at`; None if there were no tokens."""
        if self.first is None or self.last is None:
            return None
        start, width = self.first.at, self.last.at + len(self.last.text) - self.first.at
        if self.texts:
            return Operand(start, width, text=b"".join(self.texts))
        if self.expected:
            raise Mistake("the line ends too early; a register and ')' were expected", at)
        terms = self.expression.end(at)
        (symbol, *rest) = terms
        if self.count == 3 and not rest and isinstance(symbol, Symbol):  # `(a0)`
            return Operand(start, width, base=symbol)
        return Operand(start, width, Expression(terms, start, width, self.relocation), self.base)
