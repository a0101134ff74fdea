"""One source while it is assembled: its sections, its names, what waits for addresses, and what is wrong with it.

It is what statements are laid down in (`isa/first_pass.py`), by instructions and by directives. It goes on after a
mistake, so that one run finds them all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from isa.errors import Mistake
from isa.fixups import Cell, Finisher, Fixup
from isa.operands import Word
from isa.section import Section, Tail, Value
from isa.sections import new_section
from isa.source import NOWHERE, SourceLine
from isa.symbols import Common, Symbols
from isa.syntax import Expression, Symbol
from isa.tails import INSTRUCTION, Alignment, Branch, Fill, Origin

MOST_MISTAKES = 1000  # a source with more is none


class Span(NamedTuple):
    """The bytes from `start` to `end` in one section are of `line`."""

    start: Value
    end: Value
    line: SourceLine


class Found(NamedTuple):
    """Something wrong in a line."""

    line: SourceLine
    mistake: Mistake


class TooMany(Exception):
    """There are so many mistakes that it makes no sense to go on."""


@dataclass
class Assembly:
    """One source while it is read."""

    symbols: Symbols = field(default_factory=Symbols)
    sections: list[Section] = field(default_factory=list)
    current: Section = field(init=False)
    previous: Section = field(init=False)
    stack: list[tuple[Section, Section]] = field(default_factory=list)
    fixups: list[Fixup] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    mistakes: list[Found] = field(default_factory=list)
    warnings: list[Found] = field(default_factory=list)
    commons: dict[str, Common] = field(default_factory=dict)
    local_commons: list[Common] = field(default_factory=list)
    local: set[str] = field(default_factory=set)
    line: SourceLine = NOWHERE  # that is being read

    def __post_init__(self) -> None:
        self.finisher = Finisher(self.symbols, self.warn)
        self._by_name: dict[str, Section] = {}
        self.current = self.previous = self.section(".text")
        self.current.align(INSTRUCTION)
        self.symbols.here = self.current.here

    def wrong(self, line: SourceLine, mistake: Mistake) -> None:
        """Note a mistake."""
        self.mistakes.append(Found(line, mistake))
        if len(self.mistakes) >= MOST_MISTAKES:
            raise TooMany

    def warn(self, message: str, at: int, width: int) -> None:
        """Note what is allowed and yet strange, in the line that is being read."""
        if len(self.warnings) < MOST_MISTAKES:
            self.warnings.append(Found(self.line, Mistake(message, at, width)))

    def section(self, name: str, flags: str | None = None, zeros: bool = False) -> Section:
        """The section `name`, made if it is new; raises `KeyError` if nothing says what it holds."""
        section = self._by_name.get(name)
        if section is None:
            section = new_section(name, flags, zeros)
            if section is None:
                raise KeyError(name)
            self.sections.append(section)
            self._by_name[name] = section
        return section

    def switch(self, section: Section) -> None:
        """Go on in `section`."""
        self.previous, self.current = self.current, section

    def put(self, content: bytes) -> None:
        """Known bytes come next."""
        section = self.current
        before = section.here
        section.put(content)
        section.astray = None if section.astray is None else (section.astray + len(content)) % INSTRUCTION
        self._span(before)

    def put_cell(self, name: str, width: int, later: Expression) -> None:
        """A number of `width` bytes comes next that is not known yet; `name` put it there."""
        if self.current.zeros:
            raise Mistake(f"section '{self.current.name}' holds no bytes, only zeros ('.space')", 0)
        self.wait(later, Cell(name, width, later))

    def wait(self, expression: Expression, content: Word | Cell) -> None:
        """A word or a cell comes next that is zeros until `expression` is known."""
        here = self.current.here
        assert here.fragment is not None, "a section consists of fragments"
        self.put(bytes(content.width if isinstance(content, Cell) else 4))
        self.fixups.append(Fixup(here.fragment, here.number, self.line, content))

    def put_tail(self, tail: Tail, size: int | None = None) -> None:
        """Something of open length comes next, or of a certain `size`."""
        section = self.current
        before = section.here
        section.end_fragment(tail, size)
        if isinstance(tail, Alignment) and tail.multiple >= INSTRUCTION and not tail.most:
            section.astray = 0
        elif not isinstance(tail, Branch):
            section.astray = None if size is None or section.astray is None else (section.astray + size) % INSTRUCTION
        self._span(before)

    def _span(self, start: Value) -> None:
        """What was put since `start` is of this line; what joins the bytes before it is one with them."""
        end = self.current.here
        if start == end or not self.current.allocated:
            return
        if self.spans and self.spans[-1].line is self.line and self.spans[-1].end == start:
            start = self.spans.pop().start
        self.spans.append(Span(start, end, self.line))

    def assign(self, name: Symbol, expression: Expression, anew: bool = False) -> None:
        """`name` means `expression` from here on, worked out now or `anew` at each use; `.` moves there."""
        if name.name == ".":
            self.move(expression, 0)
        else:
            self.symbols.assign(name, expression, self.line, anew)

    def once(self, name: Symbol) -> None:
        """Raise `Mistake` if `name` has a value already."""
        if name.name in self.symbols.values:
            before = self.symbols.labels.get(name.name) or self.symbols.assigned[name.name]
            message = f"'{name.name}' already has a value, from {before.said_in(self.line.file)}"
            raise Mistake(message, name.at, name.width)

    def move(self, goal: Expression, byte: int) -> None:
        """Go on at `goal`, an offset or a place in this section further on, with `byte` on the way there."""
        if self.current.zeros and byte:
            raise Mistake(f"section '{self.current.name}' holds no bytes, only zeros", 0)
        self.put_tail(Origin(self.line, self.symbols, self.symbols.bind(goal), bytes([byte]), self.current))

    def add_common(self, common: Common, local: bool) -> None:
        """Zeros under a name come at the end of `.bss`, those under local names first; of two, the larger counts."""
        if local:
            self.local_commons.append(common)
            return
        before = self.commons.get(common.name.name, common)
        alignment = max(before.alignment, common.alignment)
        self.commons[common.name.name] = before._replace(size=max(before.size, common.size), alignment=alignment)

    def _put_common(self, common: Common) -> None:
        """Zeros under a name come next in `.bss`."""
        section = self.section(".bss")
        back, self.current = self.current, section
        try:
            section.align(common.alignment)
            if common.alignment > 1:
                self.put_tail(Alignment(common.line, common.alignment, b"\0"))
            self.symbols.here = section.here
            self.symbols.define(common.name, common.line)
            self.put_tail(Fill(common.line, self.symbols, common.size), common.size)
        finally:
            self.current = back

    def end(self) -> None:
        """All is read: place the common symbols, and fill code up to its alignment, as GNU as does."""
        shared = [common for name, common in self.commons.items() if name not in self.symbols.labels]
        for common in self.local_commons + shared:
            self.line = common.line
            try:
                self._put_common(common)
            except Mistake as mistake:
                self.wrong(common.line, mistake)
        for section in self.sections:
            if section.executable and not section.zeros:
                section.end_fragment(Alignment(self.line, section.alignment))
