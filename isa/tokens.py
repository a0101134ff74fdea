"""The tokens that operands consist of, and the numbers that some of them say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from isa.errors import Mistake, shortened
from isa.strings import CHARACTER, STRING

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


def tokens(text: str, begin: int, start: int) -> Iterator[Token]:
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


def number_of_label(text: str, at: int) -> int:
    """The number of a numeric label such as `1:`; decimal, whatever it starts with."""
    if len(text) > 18:
        raise Mistake(f"'{shortened(text)}' is too long for the number of a label", at, len(text))
    return int(text)
