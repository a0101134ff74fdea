"""Names and what they stand for while a source is assembled; the `Scope` of its expressions.

A name has a value from its definition on: a label its place, an assignment its number or place, or an expression that
waits for names defined later. What stays open is looked up again when the layout settles, and in the end, when
sections have addresses and a name without value is wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from isa.errors import Mistake, nearest, shortened
from isa.expressions import Unresolved, bound, evaluate
from isa.registers import REGISTERS
from isa.section import Value, fragment_distance
from isa.source import SourceLine
from isa.syntax import Expression, Local, Number, Symbol, Term

_DEEPEST = 50  # names that are worked out at each use, one by way of the other


class Phase(IntEnum):
    """How much is known: distances without anything open between; offsets in sections; addresses."""

    READING = 0
    SETTLING = 1
    FINAL = 2


class Common(NamedTuple):
    """Zeros under a name, of which the largest wins if there are several: `.comm` in `line`."""

    name: Symbol
    size: int
    alignment: int
    line: SourceLine


@dataclass
class Symbols:
    """All names of one source; `here` is the place that `.` means."""

    phase: Phase = Phase.READING
    here: Value = field(default_factory=lambda: Value(0))
    values: dict[str, Value | Expression] = field(default_factory=dict)
    labels: dict[str, SourceLine] = field(default_factory=dict)  # where a label was defined
    assigned: dict[str, SourceLine] = field(default_factory=dict)
    weak: set[str] = field(default_factory=set)
    provided: dict[str, int] = field(default_factory=dict)  # addresses of names that a linker knows
    asked: int = 0  # how often the value of a name was
    _numeric: dict[int, int] = field(default_factory=dict)  # how often a numeric label was defined so far
    _first: dict[str, Value | Expression] = field(default_factory=dict)  # values of names that got others later
    _generations: dict[str, int] = field(default_factory=dict)  # how many others
    _anew: set[str] = field(default_factory=set)  # names that are worked out at each use
    _depth: int = 0  # of such names in each other
    _worked_out: dict[str, Value] = field(default_factory=dict)  # values of names that waited for others

    def define(self, label: Symbol | Number, line: SourceLine) -> None:
        """A label stands here; raises `Mistake` if it may not."""
        if isinstance(label, Number):
            count = self._numeric.get(label.number, 0)
            self.values[_numbered(label.number, count)] = self.here
            self._numeric[label.number] = count + 1
            return
        name = label.name
        if name in self.labels:
            message = f"label '{name}' is already defined on {self.labels[name].said_in(line.file)}"
            raise Mistake(message, label.at, label.width)
        if name in self.assigned:
            raise Mistake(f"'{name}' already has a value by assignment", label.at, label.width)
        self.labels[name] = line
        self.values[name] = self.here

    def assign(self, name: Symbol, expression: Expression, line: SourceLine, anew: bool = False) -> None:
        """`name = expression` in `line`: its value, or what it waits for; `anew` if it is worked out at each use.

        Whoever has asked for the name before it had a value gets the first one, as in GNU as.
        """
        if name.name in self.labels:
            message = f"'{name.name}' is already a label on {self.labels[name.name].said_in(line.file)}"
            raise Mistake(message, name.at, name.width)
        left = self._named(expression) if anew else self.bind(expression)
        if name.name in self.assigned:
            self._first.setdefault(name.name, self.values[name.name])
            self._generations[name.name] = self._generations.get(name.name, 0) + 1
        self.assigned[name.name] = line
        (self._anew.add if anew else self._anew.discard)(name.name)
        value = left.terms[0]
        self.values[name.name] = value if isinstance(value, Value) else left
        if name.name in self._generations:
            self.values[self._alias(name.name)] = self.values[name.name]

    def _alias(self, name: str) -> str:
        """The name of the present value of `name`, of which there have been others; no source can write it."""
        return f"{self._generations[name]}={name}"

    def bind(self, expression: Expression) -> Expression:
        """`expression` with the present values of its names: its value, or what has to wait."""
        terms = expression.terms
        if len(terms) == 1 and isinstance(terms[0], Symbol | Local):
            key = self._key(terms[0])
            return expression._replace(terms=(key,))
        return bound(expression, self, self._key)

    def _named(self, expression: Expression) -> Expression:
        """`expression` with its names as they are, and only what has none in its place."""

        def fixed(term: Term) -> Term:
            if isinstance(term, Local) or (isinstance(term, Symbol) and term.name == "."):
                return self._key(term)
            return term

        return expression._replace(terms=tuple(map(fixed, expression.terms)))

    def _key(self, term: Symbol | Local) -> Value | Symbol:
        """The value of a name now, or the name under which it may have one later."""
        self.asked += 1
        if isinstance(term, Local):
            return self._numeric_key(term)
        if term.name == ".":
            return self.here
        value = self.values.get(term.name)
        if value is None or isinstance(value, Value):
            return value or term
        try:
            return self._worked_out_now(term, value)
        except Unresolved:
            return term._replace(name=self._alias(term.name)) if term.name in self._generations else term

    def _worked_out_now(self, term: Symbol, value: Expression) -> Value:
        """The value that a name has if `value` has one: with the present values of names, or those it waits for."""
        if term.name not in self._anew:
            for name in value.terms:
                if isinstance(name, Symbol):
                    self._work_out(name)
            return evaluate(value, _Known(self))
        if self._depth == _DEEPEST:
            message = f"'{shortened(term.name)}' is defined by itself, or '.eqv' upon '.eqv' more than {_DEEPEST} deep"
            raise Mistake(message, term.at, term.width)
        self._depth += 1
        try:
            return evaluate(value, self)
        finally:
            self._depth -= 1

    def _numeric_key(self, local: Local) -> Value | Symbol:
        count = self._numeric.get(local.number, 0) - (not local.forward)
        if count < 0:
            raise self._no_label(local.number, False, local.at, local.width)
        name = _numbered(local.number, count)
        value = self.values.get(name)
        return value if isinstance(value, Value) else Symbol(name, local.at, local.width)

    def lookup(self, term: Symbol | Local) -> Value:
        """The value of a name, of `.` or of a numeric label; raises `Unresolved` if it has none (yet).

        While the source is read that is the present value; later, whatever the name has waited for.
        """
        self.asked += 1
        if self.phase is Phase.READING or isinstance(term, Local) or term.name == ".":
            key = self._key(term)
            if isinstance(key, Value):
                return key
            term = key
        return self._work_out(term)

    def _awaited(self, name: str) -> Value | Expression | None:
        """What a name means for those that wait for it."""
        return self._first.get(name) or self.values.get(name)

    def _undefined(self, term: Symbol) -> Value:
        if term.name in self.provided:
            return Value(self.provided[term.name])
        if term.name in self.weak and self.phase is not Phase.READING:
            return Value(0)
        number, numbered, _ = term.name.partition(":")
        if numbered:
            raise self._no_label(int(number), True, term.at, term.width)
        raise Unresolved(f"'{term.name}' is not defined before this line", term.at, term.width, term.name)

    def _no_label(self, number: int, forward: bool, at: int, width: int) -> Unresolved:
        side, way = ("f", "after") if forward else ("b", "before")
        return Unresolved(f"no label '{number}:' {way} this line for '{number}{side}'", at, width)

    def _work_out(self, wanted: Symbol) -> Value:
        """The value of a name that waits for others, which may wait in turn: a loop, since the chain may be long."""
        todo = [wanted]
        entered: dict[str, None] = {}  # names on the way from the wanted one to the one looked at, in order
        while todo:
            term = todo[-1]
            value = self._awaited(term.name)
            if self._has_value(term):
                entered.pop(term.name, None)
                todo.pop()
                continue
            if value is None or isinstance(value, Value):
                self._undefined(term)
                raise AssertionError("a name without a value is undefined")
            waiting = [name for name in value.terms if isinstance(name, Symbol) and not self._has_value(name)]
            if not waiting:
                self._worked_out[term.name] = evaluate(value, _Known(self))
            elif term.name in entered:
                raise AssertionError("what a name waits for has been worked out, or has raised")
            else:
                entered[term.name] = None
                for name in waiting:
                    if name.name in entered:
                        raise _cycle(wanted, [*entered][[*entered].index(name.name) :])
                todo += waiting
        return self.known(wanted)

    def _has_value(self, term: Symbol) -> bool:
        if term.name in self._worked_out or isinstance(self._awaited(term.name), Value):
            return True
        if term.name in self.values:
            return False
        return term.name in self.provided or (term.name in self.weak and self.phase is not Phase.READING)

    def known(self, term: Symbol) -> Value:
        """The value of a name whose waiting is over."""
        value = self._worked_out.get(term.name) or self._awaited(term.name)
        return value if isinstance(value, Value) else Value(self.provided.get(term.name, 0))

    def evaluate(self, expression: Expression) -> Value:
        """The value of `expression` where `here` is; raises `Mistake`, `Unresolved` if it has none yet."""
        return evaluate(expression, self)

    def number(self, expression: Expression) -> int:
        """The number that `expression` is; raises `Mistake` for a place."""
        value = evaluate(expression, self)
        if value.fragment is not None:
            raise Mistake("this takes a number, not an address", expression.at, expression.width)
        return value.number

    def enter(self, phase: Phase) -> None:
        """More is known from now on."""
        self.phase = phase
        self._worked_out.clear()

    def distance(self, to: Value, start: Value) -> int | None:
        """How many bytes `to` lies after `start`; None while that is not known."""
        if self.phase is Phase.READING:
            return fragment_distance(to, start)
        if self.phase is Phase.FINAL:
            return self.address(to) - self.address(start)
        a, b = to.fragment, start.fragment
        if a is None or b is None or a.section is not b.section:
            return None
        return a.offset + to.number - b.offset - start.number

    def address(self, value: Value) -> int:
        """The number or final address of `value`."""
        if value.fragment is None:
            return value.number
        base = value.fragment.section.address
        assert base is not None, "sections are placed before addresses are asked for"
        return base + value.fragment.offset + value.number

    def words(self, mistake: Mistake) -> str:
        """What to say of `mistake` when the whole source is known."""
        if not isinstance(mistake, Unresolved) or not mistake.name:
            return mistake.message
        name = mistake.name
        if name in self.values:
            return f"{mistake.message}, but its value decides a size here"
        if name in REGISTERS:
            return f"register '{name}' cannot stand here, and no label has its name; an address in it is 0({name})"
        return f"undefined symbol '{shortened(name)}'{nearest(name, [*self.values])}"


class _Known:
    """The scope of an expression all of whose names have values."""

    def __init__(self, symbols: Symbols) -> None:
        self.distance = symbols.distance
        self._symbols = symbols

    def lookup(self, term: Symbol | Local) -> Value:
        assert isinstance(term, Symbol), "what waits has its numeric labels by their names"
        return self._symbols.known(term)


def _numbered(number: int, count: int) -> str:
    """The name of a numeric label's `count`-th definition; no source can write it."""
    return f"{number}:{count}"


def _cycle(wanted: Symbol, names: list[str]) -> Mistake:
    names = [*names[:3], "...", names[-1]] if len(names) > 5 else names
    chain = " -> ".join(map(shortened, [*names, names[0]]))
    return Mistake(f"'{shortened(wanted.name)}' is defined by itself ({chain})", wanted.at, wanted.width)
