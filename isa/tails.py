"""Tails: what is of open length between the known bytes of a section, and how long it is by what is known of names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from isa.errors import Mistake
from isa.operands import Word
from isa.section import Section
from isa.source import SourceLine
from isa.symbols import Symbols
from isa.syntax import Expression

INSTRUCTION = 4  # bytes; alignments up to here do nothing among instructions


def repeated(pattern: bytes, size: int) -> bytes:
    """`pattern` over and over, `size` bytes of it."""
    return (pattern * (size // len(pattern) + 1))[:size] if pattern.strip(b"\0") else bytes(size)


@dataclass(slots=True)
class Fill:
    """`count` times the bytes of `cell`; the count may be an expression that is not known yet."""

    line: SourceLine
    symbols: Symbols
    count: int | Expression
    cell: bytes = b"\0"

    def first_guess(self) -> int | None:
        return None if isinstance(self.count, int) else 0

    def size(self, start: int) -> int:
        count = self.count
        if not isinstance(count, int):
            value = self.symbols.number(count)
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

    def size(self, start: int) -> int:
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
    symbols: Symbols
    goal: Expression
    cell: bytes
    section: Section

    def first_guess(self) -> int | None:
        return 0

    def size(self, start: int) -> int:
        goal = self.symbols.evaluate(self.goal)
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
    symbols: Symbols
    expression: Expression
    encode: Callable[[int], bytes]
    encoded: bytes = b""

    def first_guess(self) -> int | None:
        return 1

    def size(self, start: int) -> int:
        self.encoded = self.encode(self.symbols.number(self.expression))
        return len(self.encoded)

    def content(self, size: int) -> bytes:
        return self.encoded


@dataclass(slots=True)
class Branch:
    """A conditional branch: one word, or where its `target` is out of its reach an opposite one over a jump."""

    line: SourceLine
    symbols: Symbols
    word: Word
    target: Expression
    section: Section

    def first_guess(self) -> int | None:
        return None

    def size(self, start: int) -> int:
        goal = self.symbols.evaluate(self.target)
        if goal.fragment is None or goal.fragment.section is not self.section:
            return 8
        return 4 if -4096 <= goal.number + goal.fragment.offset - start < 4096 else 8

    def content(self, size: int) -> bytes:
        return bytes(size)  # its words come with all others that wait for addresses
