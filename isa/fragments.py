r"""Fragments: a section as GNU as keeps it while it grows, runs of known bytes with something of open length between.

    bytes  branch  bytes  alignment  bytes  .org  bytes ...
    \_fragment 0_/ \__ fragment 1 __/ \ fragment 2 /

A place is a fragment and a distance from its beginning. What ends a fragment, its *tail*, may change its size until the
layout is settled (`isa/relaxation.py`); two places are a known distance apart as soon as no such tail lies between.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from isa.errors import Mistake
from isa.syntax import Expression, Value

if TYPE_CHECKING:
    from isa.operands import Word
    from isa.sections import Section
    from isa.source import SourceLine
    from isa.symbols import Symbols

INSTRUCTION = 4  # bytes; alignments up to here do nothing among instructions


class Tail(Protocol):
    """What ends a fragment; `line` is where it was asked for."""

    line: SourceLine

    def first_guess(self) -> int | None:
        """How many bytes it takes before any place is known; None if its size may be asked for at once."""

    def size(self, start: int, symbols: Symbols) -> int:
        """How many bytes it takes if it starts at `start` in its section; raises `Mistake`."""

    def content(self, size: int) -> bytes:
        """Its bytes, `size` of them."""


class Fragment:
    """A run of bytes in `section`: of its data those from `start` on, `fixed` of them, and then the tail's.

    `offset` is where it begins in its section, as far as that is known. Fragments of the same `run` lie at known
    distances, told by `place`.
    """

    __slots__ = ("fixed", "offset", "place", "run", "section", "start", "tail", "tail_size")

    def __init__(self, section: Section, start: int, run: int, place: int) -> None:
        self.section, self.start, self.run, self.place = section, start, run, place
        self.fixed = 0
        self.offset = 0
        self.tail: Tail | None = None
        self.tail_size = 0


def repeated(pattern: bytes, size: int) -> bytes:
    """`pattern` over and over, `size` bytes of it."""
    return (pattern * (size // len(pattern) + 1))[:size] if pattern.strip(b"\0") else bytes(size)


@dataclass(slots=True)
class Fill:
    """`count` times the bytes of `cell`; the count may be an expression that is not known yet."""

    line: SourceLine
    count: int | Expression
    cell: bytes = b"\0"

    def first_guess(self) -> int | None:
        return None if isinstance(self.count, int) else 0

    def size(self, start: int, symbols: Symbols) -> int:
        count = self.count
        if not isinstance(count, int):
            value = symbols.number(count)
            if value < 0:
                raise Mistake(f"size must be a number from 0 up, not {value}", count.at, count.width)
            count = value
        return count * len(self.cell)

    def content(self, size: int) -> bytes:
        return repeated(self.cell, size) if self.cell else b""


@dataclass(slots=True)
class Alignment:
    """Up to a multiple of `multiple`, unless that takes more than `most` bytes: with `fill`, or with instructions."""

    line: SourceLine
    multiple: int
    fill: bytes | None = None
    most: int | None = None

    def first_guess(self) -> int | None:
        return None

    def size(self, start: int, symbols: Symbols) -> int:
        size = -start % self.multiple
        return 0 if self.most and size > self.most else size

    def content(self, size: int) -> bytes:
        """The fill; or nops, which as in GNU as a zero byte and a 2-byte nop lead up to."""
        if self.fill is not None:
            return repeated(self.fill, size)
        return b"\0" * (size & 1) + b"\x01\0" * (size >> 1 & 1) + b"\x13\0\0\0" * (size >> 2)


@dataclass(slots=True)
class Origin:
    """Up to the offset or the place that `goal` says (`.org`)."""

    line: SourceLine
    goal: Expression
    cell: bytes
    section: Section

    def first_guess(self) -> int | None:
        return 0

    def size(self, start: int, symbols: Symbols) -> int:
        goal = symbols.evaluate(self.goal)
        where = self.goal.at, self.goal.width
        if goal.fragment is not None and goal.fragment.section is not self.section:
            raise Mistake(f"'.org' goes to a place in '{self.section.name}', the section it is in", *where)
        offset = goal.number + (goal.fragment.offset if goal.fragment else 0)
        if offset < start:
            raise Mistake(f"'.org' cannot go back: {offset:#x} is before {start:#x}, where it stands", *where)
        return offset - start

    def content(self, size: int) -> bytes:
        return repeated(self.cell, size)


@dataclass(slots=True)
class Leb:
    """A number in groups of seven bits (`.uleb128`, `.sleb128`) that is not known yet."""

    line: SourceLine
    expression: Expression
    encode: Callable[[int], bytes]
    encoded: bytes = b""

    def first_guess(self) -> int | None:
        return 1

    def size(self, start: int, symbols: Symbols) -> int:
        self.encoded = self.encode(symbols.number(self.expression))
        return len(self.encoded)

    def content(self, size: int) -> bytes:
        return self.encoded


@dataclass(slots=True)
class Branch:
    """A conditional branch: one word, or where its `target` is out of its reach an opposite one over a jump."""

    line: SourceLine
    word: Word
    target: Expression
    section: Section

    def first_guess(self) -> int | None:
        return None

    def size(self, start: int, symbols: Symbols) -> int:
        goal = symbols.evaluate(self.target)
        if goal.fragment is None or goal.fragment.section is not self.section:
            return 8
        return 4 if -4096 <= goal.number + goal.fragment.offset - start < 4096 else 8

    def content(self, size: int) -> bytes:
        return bytes(size)  # its words come with all others that wait for addresses


def fragment_distance(to: Value, start: Value) -> int | None:
    """How many bytes `to` lies after `start`, before addresses are known; None if something open lies between."""
    a, b = to.fragment, start.fragment
    if a is b:
        return to.number - start.number
    if a is None or b is None or a.section is not b.section or a.run != b.run:
        return None
    return to.number + a.place - start.number - b.place
