"""Text as GNU as looks at it before it reads macros' arguments: few blanks, and characters as numbers.

A blank stays between two parts of names or strings, or one of them and a backslash; all others are dropped. So
`m a0 -1` has one argument, `a0-1`, and `m 1 2` has two.
"""

from __future__ import annotations

import re

from isa.strings import CHARACTER, STRING, character

_BLANKS = re.compile(rf"(?P<string>{STRING})|(?P<character>{CHARACTER})|(?P<blanks>[ \t\r\f\v]+)", re.DOTALL)
_CHARACTERS = re.compile(rf"(?P<string>{STRING})|(?P<character>{CHARACTER})", re.DOTALL)
_PART = re.compile(r"[\w.$\"]|[^\x00-\x7f]")


def scrubbed(text: str) -> str:
    """`text` with the blanks that count, and numbers in place of characters."""

    def replaced(found: re.Match[str]) -> str:
        if found["string"]:
            return found[0]
        if found["character"]:
            return str(character(found[0]))
        before, after = text[max(found.start() - 1, 0) : found.start()], text[found.end() : found.end() + 1]
        return " " if _PART.match(before) and (after == "\\" or _PART.match(after)) else ""

    return _BLANKS.sub(replaced, text)


def with_numbers(text: str) -> str:
    """`text` with numbers in place of characters."""
    if "'" not in text:
        return text
    return _CHARACTERS.sub(lambda found: found[0] if found["string"] else str(character(found[0])), text)
