"""Names and what they stand for while a source is assembled; the `Scope` of its expressions.

The first pass defines labels as it meets them, so a name may have no value yet. Before the second
pass `final` is set: sections have addresses, all labels are known, and a name without value is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from isa.errors import nearest
from isa.expressions import Unresolved, Value, evaluate
from isa.registers import REGISTERS
from isa.sections import Section
from isa.source import SourceLine
from isa.syntax import Expression, Local, Mistake, Number, Relocation, Symbol
from isa.upper import high_part, in_reach, low_part, upper


class Spot(NamedTuple):
    """Where an expression is read: the place of `.`, and how many numeric labels came before."""

    here: Value
    serial: int


class _Deferred(NamedTuple):
    """An assignment whose right side had no value in the first pass."""

    expression: Expression
    spot: Spot


@dataclass
class Symbols:
    """All names of one source. `spot` is moved by the assembler as it goes."""

    sections: list[Section]
    final: bool = False
    spot: Spot = field(default_factory=lambda: Spot(Value(0), 0))
    values: dict[str, Value | _Deferred] = field(default_factory=dict)
    lines: dict[str, SourceLine] = field(default_factory=dict)  # where a label was defined
    assigned: set[str] = field(default_factory=set)
    numeric: dict[int, list[tuple[int, Value]]] = field(default_factory=dict)
    pairs: dict[Value, tuple[Expression, Spot]] = field(default_factory=dict)  # auipc with %pcrel_hi, by place
    _open: set[str] = field(default_factory=set)

    def define(self, label: Symbol | Number, line: SourceLine) -> None:
        """A label stands at the current spot; raises `Mistake` if it may not."""
        here, serial = self.spot
        if isinstance(label, Number):
            self.numeric.setdefault(label.value, []).append((serial, here))
            self.spot = Spot(here, serial + 1)
            return
        self._check_name(label)
        if label.name in self.lines:
            message = f"label '{label.name}' is already defined on {self.lines[label.name].said_in(line.file)}"
            raise Mistake(message, label.at, label.width)
        if label.name in self.assigned:
            raise Mistake(f"'{label.name}' already has a value by assignment", label.at, label.width)
        self.lines[label.name] = line
        self.values[label.name] = here

    def assign(self, name: Symbol, expression: Expression, line: SourceLine) -> None:
        """`name = expression` in `line`, now or, if a forward reference stands in it, when all is known."""
        self._check_name(name)
        if name.name in self.lines:
            message = f"'{name.name}' is already a label on {self.lines[name.name].said_in(line.file)}"
            raise Mistake(message, name.at, name.width)
        self.assigned.add(name.name)
        try:
            self.values[name.name] = evaluate(expression, self)
        except Unresolved:
            if self.final:
                raise
            self.values[name.name] = _Deferred(expression, self.spot)

    def _check_name(self, symbol: Symbol) -> None:
        if symbol.name == ".":
            raise Mistake("'.' cannot be set; use .space or .balign to move on", symbol.at)
        if symbol.name in REGISTERS:
            raise Mistake(f"'{symbol.name}' is a register and cannot be a label", symbol.at, symbol.width)

    def lookup(self, symbol: Symbol | Local) -> Value:
        """The value of a name, of `.` or of a numeric label; raises `Unresolved` if it has none (yet)."""
        if isinstance(symbol, Local):
            return self._lookup_numeric(symbol)
        if symbol.name == ".":
            return self.spot.here
        value = self.values.get(symbol.name)
        if isinstance(value, Value):
            return value
        if value is None:
            if symbol.name in REGISTERS:
                raise Mistake(f"register '{symbol.name}' cannot stand in an expression", symbol.at, symbol.width)
            raise Unresolved(self._undefined(symbol.name), symbol.at, symbol.width)
        if not self.final:
            raise Unresolved(f"'{symbol.name}' has no value yet", symbol.at, symbol.width)
        if symbol.name in self._open:
            raise Mistake(f"'{symbol.name}' is defined by itself", symbol.at, symbol.width)
        self._open.add(symbol.name)
        try:
            return self.evaluate_at(value.expression, value.spot)
        finally:
            self._open.discard(symbol.name)

    def _undefined(self, name: str) -> str:
        if not self.final:
            return f"'{name}' is not defined before this line"
        return f"undefined symbol '{name}'{nearest(name, list(self.values))}"

    def _lookup_numeric(self, local: Local) -> Value:
        serial = self.spot.serial
        all_of_it = self.numeric.get(local.number, [])
        if local.forward:
            found = [value for number, value in all_of_it if number >= serial]
            if found:
                return found[0]
        else:
            found = [value for number, value in all_of_it if number < serial]
            if found:
                return found[-1]
        side, way = ("f", "after") if local.forward else ("b", "before")
        message = f"no label '{local.number}:' {way} this line for '{local.number}{side}'"
        raise Unresolved(message, local.at, local.width)

    def evaluate_at(self, expression: Expression, spot: Spot) -> Value:
        """The value `expression` has at another spot."""
        saved, self.spot = self.spot, spot
        try:
            return evaluate(expression, self)
        finally:
            self.spot = saved

    def address(self, value: Value) -> int | None:
        """The number or final address of `value`; None while its section has no address."""
        if value.section is None:
            return value.number
        base = self.sections[value.section].address
        return None if base is None else base + value.number

    def known_address(self, expression: Expression) -> int:
        """The number or final address of `expression`, in the second pass."""
        address = self.address(evaluate(expression, self))
        assert address is not None, "sections are placed before the second pass"
        return address

    def relocate(self, relocation: Relocation) -> int:
        """`%hi` and `%pcrel_hi` give the upper 20 bits (unsigned), `%lo` and `%pcrel_lo` the lower 12 (signed)."""
        where = relocation.at, relocation.width
        if relocation.name not in ("%hi", "%lo", "%pcrel_hi", "%pcrel_lo"):
            raise Mistake(f"unknown '{relocation.name}'; there are %hi %lo %pcrel_hi %pcrel_lo", *where)
        if not self.final:
            raise Unresolved(f"'{relocation.name}' of an address has no value yet", *where)
        if relocation.name == "%pcrel_lo":
            return low_part(self._pair_distance(relocation))
        place = evaluate(relocation.inner, self)
        value = self.address(place)
        assert value is not None, "sections are placed before the second pass"
        if relocation.name == "%pcrel_hi":
            here = self.address(self.spot.here)
            assert here is not None, "sections are placed before the second pass"
            value -= here
        elif relocation.name == "%lo":
            return low_part(value)
        # A plain number is taken apart as 32 bits, signed or not; an address must really be reached.
        if not in_reach(value) and not (place.section is None and 0 <= value < 1 << 32):
            raise Mistake(f"{value:#x} is beyond the 2 GiB that '{relocation.name}' reaches", *where)
        return upper(high_part(value))

    def _pair_distance(self, relocation: Relocation) -> int:
        place = evaluate(relocation.inner, self)
        if place not in self.pairs:
            message = "'%pcrel_lo' takes the label of an 'auipc' with '%pcrel_hi', not the symbol itself"
            raise Mistake(message, relocation.at, relocation.width)
        expression, spot = self.pairs[place]
        target, origin = self.address(self.evaluate_at(expression, spot)), self.address(place)
        assert target is not None, "sections are placed before the second pass"
        assert origin is not None, "sections are placed before the second pass"
        return target - origin
