"""The first pass: how long every statement is, where it lies in its section, and what labels mean.

It goes on after a mistake, so that one run finds them all, and it runs anew for every guess at which
branches need their long form (see `relaxation`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from isa.directives import DIRECTIVES, Piece, align, padding
from isa.encoding import Form
from isa.errors import nearest
from isa.expressions import Value
from isa.include import INCLUDE
from isa.insn import expand_insn
from isa.operands import Word, expand
from isa.sections import MAX_FILE_BYTES, Section, new_section, place
from isa.symbols import Spot, Symbols
from isa.syntax import NOWHERE, Mistake, Relocation, Source, Statement, Symbol


class Laid(NamedTuple):
    """A piece in its place; `order` counts statements."""

    order: int
    statement: Statement
    spot: Spot
    piece: Piece


@dataclass
class Layout:
    """The first pass over one source. `far` holds the statements whose branch needs the long form."""

    source: Source
    far: frozenset[int] = frozenset()
    sections: list[Section] = field(default_factory=list)
    current: int = 0
    previous: int = 0
    stack: list[int] = field(default_factory=list)
    laid: list[Laid] = field(default_factory=list)
    mistakes: list[tuple[Statement, Mistake]] = field(default_factory=list)
    symbols: Symbols = field(init=False)

    def __post_init__(self) -> None:
        self.symbols = Symbols(self.sections)
        self.switch(".text")

    @property
    def section(self) -> Section:
        return self.sections[self.current]

    def switch(self, name: str, flags: str | None = None, zeros: bool = False) -> None:
        """Go on in section `name`, made if it is new; raises `KeyError` if nothing says what it holds."""
        index = next((i for i, section in enumerate(self.sections) if section.name == name), None)
        if index is None:
            section = new_section(name, flags, zeros)
            if section is None:
                raise KeyError(name)
            self.sections.append(section)
            index = len(self.sections) - 1
        self.previous, self.current = self.current, index

    def run(self) -> None:
        """Lay every statement down; mistakes are kept, not raised."""
        for index, statement in enumerate(self.source.statements):
            try:
                self._lay(index, statement)
            except (Mistake, RecursionError) as error:
                self.mistakes.append((statement, as_mistake(error, statement)))
        self._round_up()
        place(self.sections)
        self.symbols.final = True

    def _round_up(self) -> None:
        """Fill code up to a multiple of its section's alignment, as GNU as does; it may shift what comes next."""
        for index, section in enumerate(self.sections):
            if not section.executable or section.zeros:
                continue
            self.current = index
            try:
                self._put(len(self.source.statements), Statement(NOWHERE), padding(section, section.alignment))
            except Mistake as mistake:
                self.mistakes.append((self.source.statements[-1], mistake))

    def _lay(self, index: int, statement: Statement) -> None:
        symbols = self.symbols
        for label in statement.labels:
            symbols.spot = Spot(Value(self.section.size, self.current), symbols.spot.serial)
            try:
                symbols.define(label, statement.line)
            except Mistake as mistake:
                self.mistakes.append((statement, mistake))
        symbols.spot = Spot(Value(self.section.size, self.current), symbols.spot.serial)
        if not statement.name:
            return
        if statement.value is not None:
            name = Symbol(statement.name, statement.at, len(statement.name))
            symbols.assign(name, statement.value, statement.line)
            self._put(index, statement, Piece(0, (name, statement.value)))
        elif statement.name in DIRECTIVES:
            piece = DIRECTIVES[statement.name](self, statement)
            if piece is not None:
                self._put(index, statement, piece)
        elif statement.name.startswith(".insn"):
            self._put_words(index, statement, expand_insn(statement, symbols))
        elif statement.name.startswith("."):
            hint = nearest(statement.name, [*DIRECTIVES, INCLUDE])
            raise Mistake(f"unknown directive '{statement.name}'{hint}", statement.at, len(statement.name))
        else:
            self._put_words(index, statement, expand(statement, symbols))

    def _put_words(self, index: int, statement: Statement, words: list[Word]) -> None:
        if self.section.size % 4:
            offset = self.section.size % 4
            message = f"instructions start at multiples of 4, this one is {offset} past; put '.balign 4, 0' before it"
            raise Mistake(message, statement.at, len(statement.name))
        if index in self.far:
            words = _long_branch(words[0])
        for count, word in enumerate(words):
            if isinstance(word.value, Relocation) and word.value.name == "%pcrel_hi":
                spot = self.symbols.spot
                here = Value(spot.here.number + 4 * count, spot.here.section)
                self.symbols.pairs[here] = (word.value.inner, spot)
        align(self.section, 4)
        self._put(index, statement, Piece(4 * len(words), words))

    def _put(self, index: int, statement: Statement, piece: Piece) -> None:
        section = self.section
        if section.zeros and piece.size and not piece.is_zero():
            message = f"section '{section.name}' holds no bytes, only zeros ('.space')"
            raise Mistake(message, statement.at, len(statement.name))
        if not section.zeros and section.size + piece.size > MAX_FILE_BYTES:
            message = f"section '{section.name}' grows beyond {MAX_FILE_BYTES >> 20} MiB; put large zeros in .bss"
            raise Mistake(message, statement.at, len(statement.name))
        here = Value(section.size, self.current)
        self.laid.append(Laid(index, statement, Spot(here, self.symbols.spot.serial), piece))
        section.size += piece.size


def as_mistake(error: Mistake | RecursionError, statement: Statement) -> Mistake:
    """A mistake as it is; running out of stack in an expression as one."""
    if isinstance(error, Mistake):
        return error
    return Mistake("this expression is nested too deeply", statement.at, len(statement.name))


def _long_branch(word: Word) -> list[Word]:
    """`b.. a, b, far` as the opposite branch over a jump; bit 12 of a branch negates its condition."""
    over = word._replace(match=word.match ^ 0x1000, role="number", value=8)
    return [over, Word("jal", 0x6F, Form.J, role="target", value=word.value)]
