"""Strings and characters as GNU as reads them: what they look like in a source, and their bytes."""

from __future__ import annotations

import re

# Possessive: a string of megabytes shall cost no place to go back to for each character.
STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
CHARACTER = r"'(?:\\.|[^\\])'?"

_ESCAPE = re.compile(r"\\([0-9]{1,3}|[xX][0-9a-fA-F]+|.)", re.DOTALL)
_ESCAPES = {"n": b"\n", "t": b"\t", "r": b"\r", "b": b"\b", "f": b"\f", "v": b"\v"}
_CONTROLS = {f"\\{letter}": _ESCAPES[letter] for letter in "ntrbf"}


def unescape(raw: str) -> bytes:
    r"""The bytes of a string's inside.

    A hexadecimal escape has as many digits as follow, of which the last two count, and an octal one up to three. What
    is no escape stands for itself without the backslash, which is no alarm and no escape character for `\a` and `\e`.
    """
    if "\\" not in raw:
        return raw.encode()
    out = bytearray()
    end = 0
    for found in _ESCAPE.finditer(raw):
        out += raw[end : found.start()].encode()
        end = found.end()
        out += _escaped(found[1])
    return bytes(out + raw[end:].encode())


def _escaped(code: str) -> bytes:
    if code.isdigit():  # 8 and 9 are taken as they come
        return bytes([sum(int(digit) << 3 * place for place, digit in enumerate(reversed(code))) & 255])
    if code[0] in "xX":
        return bytes([int("0" + code[-2:].lstrip("xX"), 16)])
    return _ESCAPES.get(code, code.encode())


def character(token: str) -> int:
    r"""The number of a character token such as `'a`, `'a'` or `'\n'`; `'\0'` is the digit, as in GNU as."""
    inside = token[1:3] if token[1] == "\\" else token[1]
    return int.from_bytes(_CONTROLS.get(inside, inside[-1].encode()), "little")
