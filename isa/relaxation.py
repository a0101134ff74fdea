"""How long everything of open length becomes: conditional branches, alignments, `.org`, distances that decide sizes.

A branch reaches 4 KiB. Making one longer moves what follows, which may push another out of reach or, through an
alignment between, pull it in. There may be several consistent answers, so the order of guesses is GNU as's own: first
as if all code ahead lay at address 0 and `.org` took no room, then pass after pass in address order, where code already
passed has its new offset and code ahead its old one.
"""

from __future__ import annotations

from isa.errors import Mistake
from isa.section import Section, Value
from isa.source import SourceLine
from isa.symbols import Symbols
from isa.tails import Branch

_PASSES = 100  # should guesses go in circles, what was long once stays long from then on


def settle(section: Section, symbols: Symbols) -> list[tuple[SourceLine, Mistake]]:
    """Give every fragment of `section` its offset; returns what cannot be."""
    passes = 0
    _first_pass(section, symbols)
    while True:
        moved, wrong = _one_pass(section, symbols, passes > _PASSES)
        if not moved:
            break
        passes += 1
    last = section.fragments[-1]
    section.size = last.offset + last.fixed
    return wrong


def _first_pass(section: Section, symbols: Symbols) -> None:
    """Lay `section` out as if all that lies ahead were at 0; what is wrong is found by later passes."""
    offset = 0
    for fragment in section.fragments:
        fragment.offset = offset
        offset += fragment.fixed
        tail = fragment.tail
        if tail is None:
            continue
        guess = tail.first_guess()
        if guess is None:
            symbols.here = Value(fragment.fixed, fragment)
            try:
                guess = tail.size(offset)
            except Mistake:
                guess = 0
        fragment.tail_size = guess
        offset += guess


def _one_pass(section: Section, symbols: Symbols, only_grow: bool) -> tuple[bool, list[tuple[SourceLine, Mistake]]]:
    """Go through `section` once; whether anything has changed, and what is wrong as it is now."""
    wrong: list[tuple[SourceLine, Mistake]] = []
    moved = False
    offset = 0
    for fragment in section.fragments:
        moved |= fragment.offset != offset
        fragment.offset = offset
        offset += fragment.fixed
        tail = fragment.tail
        if tail is None:
            continue
        symbols.here = Value(fragment.fixed, fragment)
        try:
            size = tail.size(offset)
            section.check(offset + size)
        except Mistake as mistake:
            size = 0
            if isinstance(tail, Branch):
                size = fragment.tail_size  # what is wrong with it is found again when it is encoded
            else:
                wrong.append((tail.line, mistake))
        if only_grow:
            size = max(size, fragment.tail_size)
        moved |= size != fragment.tail_size
        fragment.tail_size = size
        offset += size
    return moved, wrong
