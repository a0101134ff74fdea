"""Values that wait for addresses, and what becomes of an instruction word or a data cell when its value is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from isa.encoding import Form, check_immediate, encode
from isa.errors import EncodingError, Mistake
from isa.expressions import Unresolved, evaluate
from isa.operands import Word, immediate_of
from isa.section import Fragment, Value
from isa.source import SourceLine
from isa.symbols import Phase, Symbols
from isa.syntax import Expression
from isa.upper import high_part, in_reach, low_part, upper

RELOCATIONS = ("%hi", "%lo", "%pcrel_hi", "%pcrel_lo", "%tprel_hi", "%tprel_lo", "%tprel_add")


class Cell(NamedTuple):
    """A number of `width` bytes, put down by the directive `name`."""

    name: str
    width: int
    expression: Expression


class Fixup(NamedTuple):
    """`content` belongs `offset` bytes after the beginning of `fragment`."""

    fragment: Fragment
    offset: int
    line: SourceLine
    content: Word | Cell


class Pair(NamedTuple):
    """An `auipc` with `%pcrel_hi(target)` at a place, which a `%pcrel_lo` of its label completes."""

    place: Value
    target: Expression


Warn = Callable[[str, int, int], None]


def truncates(value: int, width: int) -> bool:
    """Does a cell of `width` bytes lose more of `value` than copies of its sign? GNU as warns of that."""
    mask = -1 << 8 * width
    return bool(value & mask) and bool(-value & mask)


def cell_bytes(cell: Cell, symbols: Symbols) -> bytes:
    """The bytes of a cell, when all is known."""
    expression = cell.expression
    value = symbols.address(evaluate(expression, symbols))
    low, high = -(1 << 8 * cell.width - 1), (1 << 8 * cell.width) - 1
    if not low <= value <= high:
        message = f"'{cell.name}' value {value} does not fit in {8 * cell.width} bits ({low}..{high})"
        raise Mistake(message, expression.at, expression.width)
    return (value & high).to_bytes(cell.width, "little")


class Finisher:
    """Finishes words as soon as their values are known; `pairs` is filled while the source is read."""

    def __init__(self, symbols: Symbols, warn: Warn) -> None:
        self.symbols, self.warn = symbols, warn
        self.pairs: list[Pair] = []
        self.thread_base = 0  # the address that the thread pointer holds
        self._targets: dict[int, Expression] | None = None  # of the pairs, by their addresses

    def word(self, word: Word, here: Value) -> bytes:
        """The four bytes of `word` at the place `here`; raises `Mistake`, `Unresolved` if they are not known yet."""
        value = word.value if isinstance(word.value, int) else self._immediate(word, word.value, here)
        return encode(word.match, word.form, word.rd, word.rs1, word.rs2, value).to_bytes(4, "little")

    def _immediate(self, word: Word, expression: Expression, here: Value) -> int:
        where = expression.at, expression.width
        self.symbols.here = here
        if expression.relocation:
            number = self._relocated(expression, here)
        else:
            value = evaluate(expression, self.symbols)
            if word.role in ("hi", "lo"):
                return self._part(word, value, here, *where)
            if word.role == "target":
                return self._jump(word, value, here, *where)
            if value.fragment is not None:
                message = f"'{word.name}' takes a number here, not an address; %lo(symbol) or 'la' makes one"
                raise Mistake(message, *where)
            number = value.number
        try:
            number = immediate_of(word, number)
            check_immediate(number, word.form)
        except EncodingError as error:
            raise Mistake(f"'{word.name}' {error.message}", *where) from error
        return number

    def _distance(self, to: Value, start: Value, at: int, width: int) -> int:
        distance = self.symbols.distance(to, start)
        if distance is None:
            raise Unresolved("the distance is not known yet", at, width)
        return distance

    def _part(self, word: Word, value: Value, here: Value, at: int, width: int) -> int:
        """Of the distance from an `auipc` the high part, for itself, or the low one, for the word after it."""
        start = here if word.role == "hi" else here._replace(number=here.number - 4)
        distance = self._distance(value, start, at, width)
        if not in_reach(distance):
            message = f"{self.symbols.address(value):#x} is more than 2 GiB from here; load its address with 'li'"
            raise Mistake(message, at, width)
        return high_part(distance) if word.role == "hi" else low_part(distance)

    def _jump(self, word: Word, value: Value, here: Value, at: int, width: int) -> int:
        distance = self._distance(value, here, at, width)
        final = self.symbols.phase is Phase.FINAL
        try:
            check_immediate(distance, word.form)
        except EncodingError as error:
            if not final:
                raise Unresolved("the address of the target is not known yet", at, width) from error
            target = self.symbols.address(value)
            if distance % 2:
                message = f"'{word.name}' target {target:#x} is an odd number of bytes away"
            else:
                reach = "1 MiB; 'call', 'tail' or 'jump' go further" if word.form is Form.J else "4 KiB"
                message = f"'{word.name}' target {target:#x} is {distance} bytes away, beyond its reach of {reach}"
            raise Mistake(message, at, width) from error
        if distance % 4:
            if not final:
                raise Unresolved("the address of the target is not known yet", at, width)
            target = self.symbols.address(value)
            if target % 4:
                self.warn(f"'{word.name}' target {target:#x} is not a multiple of 4, where instructions start",
                          at, width)  # fmt: skip
        return distance

    def _relocated(self, expression: Expression, here: Value) -> int:
        """`%hi` and `%pcrel_hi` give the upper 20 bits (unsigned), `%lo` and `%pcrel_lo` the lower 12 (signed)."""
        where = expression.at, expression.width
        name = expression.relocation
        if name not in RELOCATIONS:
            raise Mistake(f"unknown '{name}'; there are {' '.join(RELOCATIONS)}", *where)
        symbols = self.symbols
        if symbols.phase is not Phase.FINAL:
            raise Unresolved(f"'{name}' of an address has no value yet", *where)
        place = evaluate(expression, symbols)
        if name == "%pcrel_lo":
            return low_part(self._pair_distance(place, *where))
        value = symbols.address(place)
        if name.startswith("%tprel"):
            if place.fragment is None or not place.fragment.section.thread_local:
                message = f"'{name}' takes a name in thread-local data, which is in '.tdata' or '.tbss'"
                raise Mistake(message, *where)
            value -= self.thread_base
        if name == "%pcrel_hi":
            value -= symbols.address(here)
        elif name in ("%lo", "%tprel_lo", "%tprel_add"):
            return low_part(value)
        # A plain number is taken apart as 32 bits, signed or not; an address must really be reached.
        if not in_reach(value) and not (place.fragment is None and 0 <= value < 1 << 32):
            raise Mistake(f"{value:#x} is beyond the 2 GiB that '{name}' reaches", *where)
        return upper(high_part(value))

    def _pair_distance(self, place: Value, at: int, width: int) -> int:
        symbols = self.symbols
        if self._targets is None:
            self._targets = {symbols.address(pair.place): pair.target for pair in self.pairs}
        address = symbols.address(place)
        target = self._targets.get(address)
        if target is None:
            message = "'%pcrel_lo' takes the label of an 'auipc' with '%pcrel_hi', not the symbol itself"
            raise Mistake(message, at, width)
        return symbols.address(evaluate(target, symbols)) - address
