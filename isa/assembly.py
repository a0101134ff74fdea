"""The first pass: statements become bytes of their sections, or something that waits for addresses.

It goes on after a mistake, so that one run finds them all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from isa.directives import DIRECTIVES
from isa.encoding import Form
from isa.errors import Mistake, nearest, shortened
from isa.expressions import Unresolved
from isa.fixups import Cell, Finisher, Fixup, Pair
from isa.fragments import INSTRUCTION, Alignment, Branch, Fill, Origin, Tail
from isa.insn import expand_insn
from isa.operands import Word, expand
from isa.parser import operands
from isa.sections import Section, new_section
from isa.source import NOWHERE, SourceLine
from isa.statements import Statement
from isa.symbols import Common, Symbols
from isa.syntax import Expression, Symbol, Value

MOST_MISTAKES = 1000  # a source with more is none
_MOST_ENCODED = 1 << 12


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
        # Instructions that no name's value is in, by their text: most are written more than once.
        self._encoded: dict[tuple[str, str], bytes] = {}
        self.current = self.previous = self.section(".text")
        self.current.align(INSTRUCTION)
        self.symbols.here = self.current.here

    # --- what the reader and the directives do with it ---

    def take(self, statement: Statement) -> None:
        """Lay a statement down; what is wrong with it is kept, not raised."""
        self.line = statement.line
        try:
            self._take(statement)
        except Mistake as mistake:
            if not mistake.at:  # the section does not know where the statement stands
                mistake.at, mistake.width = statement.at, len(statement.name)
            self.wrong(statement.line, mistake)
        self.symbols.here = self.current.here  # for a condition that may come next

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
        self._wait(later, Cell(name, width, later))

    def _wait(self, expression: Expression, content: Word | Cell) -> None:
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

    # --- statements ---

    def _take(self, statement: Statement) -> None:
        for label in statement.labels:
            try:
                self.symbols.define(label, statement.line)
            except Mistake as mistake:
                self.wrong(statement.line, mistake)
        name = statement.name
        if not name:
            return
        if statement.is_assignment:
            self._assignment(statement)
        elif name in DIRECTIVES:
            DIRECTIVES[name].run(self, statement)
        elif name.startswith(".") and name != ".insn":
            known = DIRECTIVES.get(name.lower())
            if known is None:
                hint = nearest(name, [*DIRECTIVES])
                raise Mistake(f"unknown directive '{shortened(name)}'{hint}", statement.at, len(name))
            known.run(self, statement)
        else:
            self._instruction(statement)

    def _assignment(self, statement: Statement) -> None:
        start = 2 if statement.rest.startswith("==") else 1
        found = operands(statement.rest[start:], statement.rest_at + start)
        expression = found[0].number if found and found[0] else None
        if expression is None or len(found) != 1 or expression.relocation:
            raise Mistake("'=' takes one number or place", statement.rest_at)
        name = Symbol(statement.name, statement.at, len(statement.name))
        if start == 2:
            self.once(name)
        self.assign(name, expression, anew=start == 2)

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
        self.put_tail(Origin(self.line, self.symbols.bind(goal), bytes([byte]), self.current))

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
            self.put_tail(Fill(common.line, common.size), common.size)
        finally:
            self.current = back

    def _instruction(self, statement: Statement) -> None:
        section = self.current
        if section.astray:
            message = f"instructions start at multiples of {INSTRUCTION}, this one is {section.astray} past"
            self.warn(f"{message}; put '.balign 4, 0' before it", statement.at, len(statement.name))
            section.astray = None  # once is enough
        section.align(INSTRUCTION)
        same = self._encoded.get((statement.name, statement.rest))
        if same is not None:
            self.put(same)
            return
        start, asked = self.symbols.here, self.symbols.asked
        words = expand_insn(statement, self.symbols) if statement.name == ".insn" else expand(statement, self.symbols)
        for word in words:
            self.symbols.here = start  # which `.` means in all words of a statement
            self._put_word(word, section.here)
        if self.symbols.asked == asked and section.fragments[-1] is start.fragment and not section.zeros:
            if len(self._encoded) >= _MOST_ENCODED:
                self._encoded.clear()
            self._encoded[statement.name, statement.rest] = bytes(section.data[-INSTRUCTION * len(words) :])

    def _put_word(self, word: Word, here: Value) -> None:
        if not isinstance(word.value, int):
            left = self.symbols.bind(word.value)
            word = word._replace(value=left)
            if word.role == "target" and word.form is Form.B and not word.name.startswith(".insn"):
                self.put_tail(Branch(self.line, word, left, self.current))
                return
            if left.relocation == "%pcrel_hi":
                self.finisher.pairs.append(Pair(here, left))
            if not isinstance(left.terms[0], Value) or len(left.terms) > 1:
                self._wait(left, word)
                return
        try:
            content = self.finisher.word(word, here)
        except Unresolved:
            assert isinstance(word.value, Expression), "a number waits for nothing"
            self._wait(word.value, word)
        else:
            self.put(content)

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
