"""Conditional assembly: which lines count, between `.if` and `.endif`.

A condition is decided when it is read, with what names mean at that place; what is skipped is not even looked at, but
for the conditions in it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, field

from isa.directives.row import number_in
from isa.errors import Mistake
from isa.scrub import scrubbed
from isa.statements import Statement
from isa.symbols import Symbols

Test = Callable[[Statement, Symbols], bool]


def _number(statement: Statement, symbols: Symbols) -> int:
    operands = statement.operands
    if len(operands) != 1:
        raise statement.mistake("takes one number")
    return number_in(symbols, statement, operands[0])


def _compared(compare: Callable[[int, int], bool]) -> Test:
    return lambda statement, symbols: compare(_number(statement, symbols), 0)


def _defined(wanted: bool) -> Test:
    def test(statement: Statement, symbols: Symbols) -> bool:
        operands = statement.operands
        expression = operands[0].expression if len(operands) == 1 and operands[0] else None
        if expression is None or expression.symbol is None:
            raise statement.mistake("takes a name")
        return (expression.symbol.name in symbols.values) is wanted

    return test


def _blank(wanted: bool) -> Test:
    return lambda statement, symbols: (not statement.rest.strip()) is wanted


def _same(wanted: bool) -> Test:
    """`.ifc a, b`: two texts, as they are or in single quotes."""

    def test(statement: Statement, symbols: Symbols) -> bool:
        text = statement.rest.strip()
        first, at = _text(text, 0, ",")
        if text[at : at + 1] != ",":
            raise statement.mistake("takes two texts, such as '.ifc \\reg, a0'")
        second, _ = _text(text, at + 1, "")
        return (first == second) is wanted

    return test


def _text(text: str, at: int, end: str) -> tuple[str, int]:
    at += len(text[at:]) - len(text[at:].lstrip())
    if text[at : at + 1] == "'":
        out = ""
        while (close := text.find("'", at + 1)) >= 0:
            out += text[at + 1 : close]
            at = close + 1
            if text[at : at + 1] != "'":
                break
            out += "'"
        return out, at
    stop = text.find(end, at) if end else len(text)
    stop = len(text) if stop < 0 else stop
    return scrubbed(text[at:stop].strip()), stop


def _equal_strings(wanted: bool) -> Test:
    def test(statement: Statement, symbols: Symbols) -> bool:
        operands = statement.operands
        if len(operands) != 2 or any(operand is None or operand.text is None for operand in operands):
            raise statement.mistake('takes two strings, such as "a", "b"')
        first, second = (operand.text for operand in operands if operand)
        return (first == second) is wanted

    return test


TESTS: dict[str, Test] = {
    ".if": _compared(operator.ne),
    ".ifne": _compared(operator.ne),
    ".ifeq": _compared(operator.eq),
    ".ifgt": _compared(operator.gt),
    ".ifge": _compared(operator.ge),
    ".iflt": _compared(operator.lt),
    ".ifle": _compared(operator.le),
    ".ifdef": _defined(True),
    ".ifndef": _defined(False),
    ".ifnotdef": _defined(False),
    ".ifb": _blank(True),
    ".ifnb": _blank(False),
    ".ifc": _same(True),
    ".ifnc": _same(False),
    ".ifeqs": _equal_strings(True),
    ".ifnes": _equal_strings(False),
}
NAMES = frozenset((*TESTS, ".elseif", ".else", ".endif"))


@dataclass(slots=True)
class Condition:
    """One `.if` that is open: whether its present part counts, whether one did already, whether `.else` came."""

    statement: Statement
    counts: bool
    decided: bool
    outside: bool  # whether the lines around it count
    last: bool = False


@dataclass
class Conditions:
    """The conditions that are open, outermost first."""

    symbols: Symbols
    open: list[Condition] = field(default_factory=list)

    @property
    def counts(self) -> bool:
        """Do lines count here?"""
        return not self.open or self.open[-1].counts

    @property
    def counts_outside(self) -> bool:
        """Do lines count around the innermost condition?"""
        return not self.open or self.open[-1].outside

    def take(self, statement: Statement, name: str) -> None:
        """Do what `.if` and its like say; raises `Mistake`, and then what they decide does not count."""
        if name in TESTS:
            outside = self.counts
            condition = Condition(statement, False, True, outside)
            self.open.append(condition)
            if outside:
                self._decide(condition, TESTS[name], statement)
            return
        if not self.open:
            raise statement.mistake("without an '.if' before it")
        condition = self.open[-1]
        if name == ".endif":
            self.open.pop()
            return
        if condition.last:
            raise statement.mistake(f"after '.else' of the '.if' on {_place(condition, statement)}")
        if name == ".else":
            condition.last = True
            condition.counts = condition.outside and not condition.decided
        elif condition.decided:
            condition.counts = False
        else:
            self._decide(condition, TESTS[".if"], statement)

    def _decide(self, condition: Condition, test: Test, statement: Statement) -> None:
        condition.counts, condition.decided = False, True
        condition.counts = condition.decided = test(statement, self.symbols)

    def unclosed(self, depth: int) -> list[tuple[Statement, Mistake]]:
        """Close what is open beyond `depth`, and say so."""
        left = self.open[depth:]
        del self.open[depth:]
        return [(open.statement, open.statement.mistake("is never closed with '.endif'")) for open in left]


def _place(condition: Condition, statement: Statement) -> str:
    return condition.statement.line.said_in(statement.line.file)
