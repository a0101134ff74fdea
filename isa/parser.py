"""From the text behind a name to operands: tokens, and from these expressions in postfix order.

Operators have GNU as's ranks, which are not C's: `* / % << >>` bind closest, then `| & ^ !`, then `+ -`, then
comparisons, then `&&`, then `||`; before all of them the signs of one operand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from isa.errors import Mistake, shortened
from isa.strings import CHARACTER, STRING, character, unescape
from isa.syntax import Expression, Local, Number, Operand, Operator, Symbol, Term

RANKS = {
    "||": 1, "&&": 2, "==": 3, "!=": 3, "<>": 3, "<": 3, "<=": 3, ">": 3, ">=": 3, "+": 4, "-": 4,
    "|": 5, "&": 5, "^": 5, "!": 5, "*": 6, "/": 6, "%": 6, "<<": 6, ">>": 6,
}  # fmt: skip
_UNARY_RANK = 7
_UNARY = "+-~!"

NAME = r"(?:[^\W\d]|[.$])[\w.$]*+"
_TOKEN = re.compile(
    rf"""[ \t\r\f\v]*+(?:
      (?P<name>{NAME}(?:@plt\b)?)
    | (?P<local>[0-9]+[bf](?![\w.$]))
    | (?P<number>[0-9][\w]*+)
    | (?P<relocation>%[a-z_]+(?=\s*\())
    | (?P<sign><<|>>|<>|<=|>=|==|!=|\|\||&&|[-+*/%<>|&^!~])
    | (?P<open>\() | (?P<close>\)) | (?P<comma>,)
    | (?P<string>{STRING}) | (?P<character>{CHARACTER})
    | (?P<bad>\S)
    )""",
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    kind: str
    text: str
    at: int


def _tokens(text: str, begin: int, start: int) -> Iterator[Token]:
    """The tokens of `text` from `begin` on; the first character of all stands in column `start`."""
    for found in _TOKEN.finditer(text, begin):
        kind = found.lastgroup
        assert kind is not None, "every alternative has a name"
        token = Token(kind, found[kind], start + found.start(kind))
        if kind == "bad":
            raise _meaningless(token)
        if kind == "name" and not token.text.isascii():
            _check_letters(token)
        yield token


def _meaningless(token: Token) -> Mistake:
    if token.text == '"':
        return Mistake("this string has no closing quote", token.at)
    return Mistake(f"'{shortened(token.text)}' means nothing here", token.at)


def _check_letters(token: Token) -> None:
    for place, letter in enumerate(token.text):
        if not letter.isascii() and not f"_{letter}".isidentifier():
            raise Mistake(f"'{letter}' is neither a digit nor a letter here", token.at + place)


_MOST_DIGITS = 256  # of a number, beyond leading zeros; nothing here has a use for more


def number_of(text: str, at: int) -> int:
    """The number that `text`, digits and letters, says in C's way; raises `Mistake` if it is none."""
    where = at, len(text)
    base, digits = 10, text
    if text[:2] in ("0x", "0X"):
        base, digits = 16, text[2:]
    elif text[:2] in ("0b", "0B"):
        base, digits = 2, text[2:]
    elif text[:1] == "0" and len(text) > 1:
        base = 8
    if not digits.isascii() or not digits.isalnum():
        raise Mistake(f"'{shortened(text)}' is no number", *where)
    if len(digits.lstrip("0")) > _MOST_DIGITS:
        raise Mistake(f"{shortened(text)} does not fit in 64 bits", *where)
    try:
        return int(digits.lstrip("0") or "0", base)
    except ValueError:
        pass
    if base == 8 and digits.isdigit():
        raise Mistake(f"'{shortened(text)}' starts with 0, so it is octal, but has the digits 8 or 9", *where)
    raise Mistake(f"'{shortened(text)}' is no number", *where)


class _Builder:
    """One expression while its tokens come: what is ready, in postfix order, and the operators that still wait."""

    def __init__(self) -> None:
        self.ready: list[Term] = []
        self.waiting: list[tuple[int, Operator | None]] = []  # (rank, operator), None for an open parenthesis
        self.opened: list[int] = []  # the columns of open parentheses
        self.complete = False  # what came last can end an expression

    def value(self, term: Term) -> None:
        self.ready.append(term)
        self.complete = True

    def sign(self, token: Token) -> None:
        if self.complete:
            rank = RANKS.get(token.text)
            if rank is None:
                raise Mistake(f"unexpected '{token.text}'", token.at, len(token.text))
            self._settle(rank)
            self.waiting.append((rank, Operator(token.text, False, token.at, len(token.text))))
            self.complete = False
        elif token.text in _UNARY:
            self.waiting.append((_UNARY_RANK, Operator(token.text, True, token.at, 1)))
        else:
            raise Mistake(f"unexpected '{token.text}'; a number or a name was expected", token.at, len(token.text))

    def open(self, token: Token) -> None:
        self.waiting.append((0, None))
        self.opened.append(token.at)

    def close(self, token: Token) -> None:
        self._settle(1)
        self.waiting.pop()
        self.opened.pop()

    def _settle(self, rank: int) -> None:
        """Put down the operators that bind at least as closely as one of `rank`."""
        while self.waiting and self.waiting[-1][0] >= rank:
            operator = self.waiting.pop()[1]
            assert operator is not None, "an open parenthesis has rank 0"
            self.ready.append(operator)

    def end(self) -> tuple[Term, ...]:
        self._settle(1)
        return tuple(self.ready)


def operands(text: str, start: int = 1) -> tuple[Operand | None, ...]:
    """The operands in `text`, whose first character stands in column `start`; None for one that is left out.

    Raises `Mistake` where it cannot be read.
    """
    if not text or text.isspace():
        return ()
    found: list[Operand | None] = []
    tokens: list[Token] = []
    for token in _split(text, 0, start):
        if token.kind == "comma":
            found.append(_operand(tokens))
            tokens = []
        else:
            tokens.append(token)
    return (*found, _operand(tokens))


def next_operand(text: str, begin: int, start: int) -> tuple[Operand | None, int]:
    """The operand at `begin` of a text such as that of `operands`, and where the one behind it begins."""
    tokens: list[Token] = []
    for token in _split(text, begin, start):
        if token.kind == "comma":
            return _operand(tokens), token.at - start + 1
        tokens.append(token)
    return _operand(tokens), len(text)


def _split(text: str, begin: int, start: int) -> Iterator[Token]:
    """The tokens from `begin` on, where a comma in parentheses is none."""
    depth = 0
    for token in _tokens(text, begin, start):
        if token.kind == "open":
            depth += 1
        elif token.kind == "close":
            depth -= 1
        elif token.kind == "comma" and depth > 0:
            raise Mistake("unexpected ','; a '(' before it is not closed", token.at)
        yield token


def _operand(tokens: list[Token]) -> Operand | None:
    if not tokens:
        return None
    first, last = tokens[0], tokens[-1]
    at, width = first.at, last.at + len(last.text) - first.at
    if first.kind == "string":
        return Operand(at, width, text=_text(tokens))
    base = None
    # `8(a0)` and `(a0)`; but `-(x)` and `%lo(x)` are all expression.
    if [token.kind for token in tokens[-3:]] == ["open", "name", "close"] and (
        len(tokens) == 3 or tokens[-4].kind not in ("sign", "relocation", "open")
    ):
        base = Symbol(tokens[-2].text, tokens[-2].at, len(tokens[-2].text))
        tokens = tokens[:-3]
        if not tokens:
            return Operand(at, width, base=base)
    return Operand(at, width, expression_of(tokens), base)


def _text(tokens: list[Token]) -> bytes:
    """Strings side by side are one."""
    for token in tokens:
        if token.kind != "string":
            raise Mistake(f"unexpected '{shortened(token.text)}' after a string", token.at, len(token.text))
    return b"".join(unescape(token.text[1:-1]) for token in tokens)


def expression_of(tokens: list[Token]) -> Expression:
    """The expression that `tokens` are, all of them; raises `Mistake`."""
    first, last = tokens[0], tokens[-1]
    end = last.at + len(last.text)
    relocation = first.text if first.kind == "relocation" else ""
    builder = _Builder()
    for token in tokens[bool(relocation) :]:
        where = token.at, len(token.text)
        kind = token.kind
        if kind == "sign":
            builder.sign(token)
        elif kind == "close":
            if not builder.opened or not builder.complete:
                raise Mistake("unexpected ')'", token.at)
            builder.close(token)
        elif builder.complete:
            raise Mistake(f"unexpected '{shortened(token.text)}'; expected ','", *where)
        elif kind == "name":
            builder.value(Symbol(token.text.removesuffix("@plt"), *where))
        elif kind == "number":
            builder.value(Number(number_of(token.text, token.at), *where))
        elif kind == "local":
            builder.value(Local(number_of_label(token.text[:-1], token.at), token.text[-1] == "f", *where))
        elif kind == "character":
            builder.value(Number(character(token.text), *where))
        elif kind == "open":
            builder.open(token)
        else:
            raise Mistake(f"unexpected '{shortened(token.text)}'; a number or a name was expected", *where)
    if builder.opened and builder.complete:
        raise Mistake("this '(' is never closed", builder.opened[-1])
    if not builder.complete:
        raise Mistake("the line ends too early; a number or a name was expected", end)
    return Expression(builder.end(), first.at, end - first.at, relocation)


def number_of_label(text: str, at: int) -> int:
    """The number of a numeric label such as `1:`; decimal, whatever it starts with."""
    if len(text) > 18:
        raise Mistake(f"'{shortened(text)}' is too long for the number of a label", at, len(text))
    return int(text)
