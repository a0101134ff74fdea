"""Two passes from source text to a `Program`, bit for bit as GNU as and ld lay it down.

The first pass (`layout`) finds out how long everything is and defines labels. Then sections get their
addresses, and the second pass evaluates every expression and encodes. Both go on after a mistake, so
one run reports them all.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from isa.directives import Cells, Piece
from isa.encoding import Form, check_immediate, encode
from isa.errors import AssemblyError, EncodingError, ProgramError, nearest
from isa.expressions import Unresolved, Value, evaluate
from isa.include import with_included
from isa.layout import Layout, as_mistake
from isa.operands import Word, immediate_of
from isa.program import Program
from isa.relaxation import relax
from isa.sections import make_segments, symbol_addresses
from isa.source import SourceLine, SourceMap
from isa.symbols import Spot
from isa.syntax import NOWHERE, Mistake, Source, Statement, Symbol, diagnostic, parse
from isa.upper import high_part, in_reach, low_part


@dataclass
class _Emission:
    """The second pass: every piece becomes bytes of its section."""

    layout: Layout
    mistakes: list[tuple[Statement, Mistake]] = field(default_factory=list)
    spans: list[tuple[int, int, SourceLine]] = field(default_factory=list)

    def run(self) -> None:
        symbols = self.layout.symbols
        for _, statement, spot, piece in self.layout.laid:
            symbols.spot = spot
            try:
                data = self._bytes(statement, piece)
            except (Mistake, RecursionError) as error:
                self.mistakes.append((statement, as_mistake(error, statement)))
                data = b"\0" * (0 if self.layout.sections[spot.here.section or 0].zeros else piece.size)
            section = self.layout.sections[spot.here.section or 0]
            if not section.zeros:
                section.data += data
            if piece.size and section.allocated and statement.line is not NOWHERE:
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
            symbols.assign(*content, statement.line)
            return b""
        start = symbols.known_address(Symbol(".", statement.at))
        return b"".join(self._word(word, start + 4 * count).to_bytes(4, "little") for count, word in enumerate(content))

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

    def _word(self, word: Word, pc: int) -> int:
        value = word.value if isinstance(word.value, int) else self._immediate(word, pc)
        return encode(word.match, word.form, word.rd, word.rs1, word.rs2, value)

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


def assemble(source: str, name: str = "<string>") -> Program:
    """Assemble a source text in GNU syntax. `name` stands in messages and in the program.

    Files that it includes are looked for in the folder of `name`, which for a name without one is the current
    directory. The entry is `_start` if there is one, else the start of `.text`. Raises `AssemblyError` with every
    mistake found.
    """
    parsed = with_included(parse(source, name))
    layout = relax(parsed)
    emission = _Emission(layout)
    emission.run()
    errors = list(parsed.errors)
    for statement, mistake in layout.mistakes + emission.mistakes:
        errors.append(diagnostic(statement.line, mistake.at, _final_words(mistake, layout), mistake.width))
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
        raise AssemblyError([diagnostic(source.lines[0], 1, "no instructions: nothing is in an executable section")])
    entry = symbols.get("_start", code[0].address)
    spans = sorted(emission.spans, key=lambda span: span[0])
    source_map = SourceMap(name, tuple(line.text for line in source.lines), tuple(spans))
    try:
        return Program(segments, entry, symbols, constants, source_map, name)
    except ProgramError as error:
        line = layout.symbols.lines.get("_start", source.lines[0])
        raise AssemblyError([diagnostic(line, 1, error.message.removeprefix(f"{name}: "))]) from error
