"""Lines broken between words, never inside one: an address that is longer than the line stands alone on its own."""

import re

from rich.text import Text

from emulator.observe.story import HANG, LABEL_WIDTH

# A name and its number (`trap 60`, `va 0x3fb7a000`), and a number and its noun (`141 cycles`), stay together.
WORD = re.compile(r"[a-z][\w.]* (?:0x[0-9a-f]+|\d[\d,]*)(?!\w)\S*|\d[\d,]* [a-z]+\S*|\S+")


def wrapped(text: Text, width: int) -> Text:
    """Return `text` with no line longer than `width`, but for words that are; what goes on is set under its words."""
    return Text("\n").join(piece for line in text.split("\n", allow_blank=True) for piece in _broken(line, width))


def _broken(line: Text, width: int) -> list[Text]:
    """Return the pieces of one line. A row of a paragraph, which is indented, goes on behind its label."""
    hang = LABEL_WIDTH + 2 if line.plain.startswith("  ") else HANG
    pieces: list[Text] = []
    first = end = 0
    for word in WORD.finditer(line.plain):
        start, stop = word.span()
        indent = hang if pieces else 0
        if end and indent + stop - first > width:
            pieces.append(Text(" " * indent) + line[first:end])
            first = start
        end = stop
    pieces.append(Text(" " * (hang if pieces else 0)) + line[first:end])
    return pieces
