"""Two passes from source text to a `Program`, bit for bit as GNU as and ld lay it down.

The first pass finds out how long everything is and defines labels; it repeats when a conditional
branch turns out to be too far and needs the long form (inverted branch over a `jal`). Then sections
get their addresses, and the second pass evaluates every expression and encodes. Both passes go on
after a mistake, so one run reports them all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from isa.directives import DIRECTIVES, Cells, Piece, align, padding
from isa.encoding import Form, check_immediate, encode
from isa.errors import AssemblyError, EncodingError, ProgramError
from isa.expressions import Unresolved, Value, evaluate
from isa.operands import Word, expand, expand_insn, immediate_of, nearest
from isa.program import Program, SourceMap
from isa.sections import MAX_FILE_BYTES, Section, make_segments, new_section, place, symbol_addresses
from isa.symbols import Spot, Symbols, high_part, in_reach, low_part
from isa.syntax import Mistake, Relocation, Source, Statement, Symbol, parse


class _Laid(NamedTuple):
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
    laid: list[_Laid] = field(default_factory=list)
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
                self.mistakes.append((statement, _mistake(error, statement)))
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
                self._put(len(self.source.statements), Statement(0), padding(section, section.alignment))
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
            symbols.assign(Symbol(statement.name, statement.at, len(statement.name)), statement.value)
            self._put(index, statement, Piece(0, (Symbol(statement.name, statement.at), statement.value)))
        elif statement.name in DIRECTIVES:
            piece = DIRECTIVES[statement.name](self, statement)
            if piece is not None:
                self._put(index, statement, piece)
        elif statement.name.startswith(".insn"):
            self._put_words(index, statement, expand_insn(statement, symbols))
        elif statement.name.startswith("."):
            hint = nearest(statement.name, list(DIRECTIVES))
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
        self.laid.append(_Laid(index, statement, Spot(here, self.symbols.spot.serial), piece))
        section.size += piece.size

    def far_branches(self) -> frozenset[int]:
        """The statements with a short conditional branch that does not reach, or leaves its section."""
        found = set(self.far)
        for index, _, spot, piece in self.laid:
            if not isinstance(piece.content, list) or index in found:
                continue
            word = piece.content[0]
            if word.form is not Form.B or word.role != "target" or word.name.startswith(".insn"):
                continue
            assert not isinstance(word.value, int), "a target is an expression"
            try:
                target = self.symbols.evaluate_at(word.value, spot)
            except Mistake:
                continue
            if target.section != spot.here.section or not -4096 <= target.number - spot.here.number < 4096:
                found.add(index)
        return frozenset(found)


def _mistake(error: Mistake | RecursionError, statement: Statement) -> Mistake:
    if isinstance(error, Mistake):
        return error
    return Mistake("this expression is nested too deeply", statement.at, len(statement.name))


def _long_branch(word: Word) -> list[Word]:
    """`b.. a, b, far` as the opposite branch over a jump; bit 12 of a branch negates its condition."""
    over = word._replace(match=word.match ^ 0x1000, role="number", value=8)
    return [over, Word("jal", 0x6F, Form.J, role="target", value=word.value)]


@dataclass
class _Emission:
    """The second pass: every piece becomes bytes of its section."""

    layout: Layout
    mistakes: list[tuple[Statement, Mistake]] = field(default_factory=list)
    spans: list[tuple[int, int, int]] = field(default_factory=list)

    def run(self) -> None:
        symbols = self.layout.symbols
        for _, statement, spot, piece in self.layout.laid:
            symbols.spot = spot
            try:
                data = self._bytes(statement, piece)
            except (Mistake, RecursionError) as error:
                self.mistakes.append((statement, _mistake(error, statement)))
                data = b"\0" * (0 if self.layout.sections[spot.here.section or 0].zeros else piece.size)
            section = self.layout.sections[spot.here.section or 0]
            if not section.zeros:
                section.data += data
            if piece.size and section.allocated and statement.line:
                address = symbols.address(spot.here)
                assert address is not None, "sections are placed before the second pass"
                self.spans.append((address, piece.size, statement.line))

    def _bytes(self, statement: Statement, piece: Piece) -> bytes:
        content, symbols = piece.content, self.layout.symbols
        if isinstance(content, bytes):
            return content
        if isinstance(content, int):
            return b"" if self.layout.sections[symbols.spot.here.section or 0].zeros else bytes([content]) * piece.size
        if isinstance(content, Cells):
            return self._cells(statement, content)
        if isinstance(content, tuple):
            symbols.assign(*content)
            return b""
        start = symbols.known_address(Symbol(".", statement.at))
        return b"".join(
            self._word(statement, word, start + 4 * count).to_bytes(4, "little") for count, word in enumerate(content)
        )

    def _cells(self, statement: Statement, cells: Cells) -> bytes:
        symbols, width = self.layout.symbols, cells.width
        out = bytearray()
        here, serial = symbols.spot
        for count, expression in enumerate(cells.expressions):
            symbols.spot = Spot(Value(here.number + count * width, here.section), serial)
            value = symbols.known_address(expression)
            low, high = -(1 << 8 * width - 1), (1 << 8 * width) - 1
            if not low <= value <= high:
                message = f"'{statement.name}' value {value} does not fit in {8 * width} bits ({low}..{high})"
                raise Mistake(message, expression.at, expression.width)
            out += (value & high).to_bytes(width, "little")
        return bytes(out)

    def _word(self, statement: Statement, word: Word, pc: int) -> int:
        value = word.value if isinstance(word.value, int) else self._immediate(word, pc)
        try:
            return encode(word.match, word.form, word.rd, word.rs1, word.rs2, value)
        except EncodingError as error:
            raise _misfit(statement, word, f"'{word.name}' {error.message}") from error

    def _immediate(self, word: Word, pc: int) -> int:
        expression = word.value
        assert not isinstance(expression, int)
        where = expression.at, expression.width
        symbols = self.layout.symbols
        place = evaluate(expression, symbols)
        value = symbols.address(place)
        assert value is not None, "sections are placed before the second pass"
        if word.role in ("hi", "lo"):
            distance = value - (pc if word.role == "hi" else pc - 4)
            if not in_reach(distance):
                raise Mistake(f"{value:#x} is more than 2 GiB from here; load its address with 'li'", *where)
            return high_part(distance) if word.role == "hi" else low_part(distance)
        if word.role == "target":
            return _distance(word, value, pc, *where)
        if place.section is not None:
            raise Mistake(f"'{word.name}' takes a number here, not an address; %lo(symbol) or 'la' makes one", *where)
        try:
            number = immediate_of(word, value)
            check_immediate(number, word.form)
        except EncodingError as error:
            raise Mistake(f"'{word.name}' {error.message}", *where) from error
        return number


def _distance(word: Word, target: int, pc: int, at: int, width: int) -> int:
    distance = target - pc
    if target % 4:
        raise Mistake(f"'{word.name}' target {target:#x} is not a multiple of 4, where instructions start", at, width)
    try:
        check_immediate(distance, word.form)
    except EncodingError as error:
        reach = "1 MiB; 'call', 'tail' or 'jump' go further" if word.form is Form.J else "4 KiB"
        message = f"'{word.name}' target {target:#x} is {distance} bytes away, beyond its reach of {reach}"
        raise Mistake(message, at, width) from error
    return distance


def _misfit(statement: Statement, word: Word, message: str) -> Mistake:
    if isinstance(word.value, int):
        return Mistake(message, statement.at, len(statement.name))
    return Mistake(message, word.value.at, word.value.width)


def assemble(source: str, name: str = "<string>") -> Program:
    """Assemble a source text in GNU syntax. `name` stands in messages and in the program.

    The entry is `_start` if there is one, else the start of `.text`. Raises `AssemblyError` with every
    mistake found.
    """
    parsed = parse(source, name)
    layout = Layout(parsed)
    layout.run()
    # Branches only ever grow, so this ends; sources rarely need a second round.
    while (far := layout.far_branches()) != layout.far:
        layout = Layout(parsed, far)
        layout.run()
    emission = _Emission(layout)
    emission.run()
    errors = list(parsed.errors)
    for statement, mistake in layout.mistakes + emission.mistakes:
        errors.append(parsed.diagnostic(statement.line, mistake.at, _final_words(mistake, layout), mistake.width))
    if errors:
        raise AssemblyError(errors)
    return _program(parsed, layout, emission, name)


def _final_words(mistake: Mistake, layout: Layout) -> str:
    """A first-pass 'not defined before this line' is plainly 'undefined' if no later line defines it."""
    if isinstance(mistake, Unresolved) and mistake.message.endswith("is not defined before this line"):
        symbol = mistake.message.split("'")[1]
        if symbol not in layout.symbols.values:
            return f"undefined symbol '{symbol}'{nearest(symbol, list(layout.symbols.values))}"
        return f"{mistake.message}, but its value decides a size here"
    return mistake.message


def _program(source: Source, layout: Layout, emission: _Emission, name: str) -> Program:
    places: dict[str, Value] = {}
    for symbol in layout.symbols.values:
        if not symbol.startswith(".L"):
            places[symbol] = layout.symbols.lookup(Symbol(symbol, 1))
    symbols = symbol_addresses(layout.sections, places)
    constants = {symbol: value.number for symbol, value in places.items() if value.section is None}
    segments = make_segments(layout.sections)
    code = [segment for segment in segments if segment.executable]
    if not code:
        raise AssemblyError([source.diagnostic(1, 1, "no instructions: nothing is in an executable section")])
    entry = symbols.get("_start", code[0].address)
    source_map = SourceMap(name, source.lines, tuple(sorted(emission.spans)))
    try:
        return Program(segments, entry, symbols, constants, source_map, name)
    except ProgramError as error:
        line = layout.symbols.lines.get("_start", 1)
        raise AssemblyError([source.diagnostic(line, 1, error.message.removeprefix(f"{name}: "))]) from error
