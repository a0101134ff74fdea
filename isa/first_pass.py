"""The first pass: statements become bytes of their sections, or something that waits for addresses."""

from __future__ import annotations

from isa.assembly import Assembly
from isa.directives import DIRECTIVES
from isa.encoding import Form
from isa.errors import Mistake, nearest, shortened
from isa.expressions import Unresolved
from isa.fixups import Pair
from isa.insn import expand_insn
from isa.operands import Word, expand
from isa.parser import operands
from isa.section import Value
from isa.statements import Statement
from isa.syntax import Expression, Symbol
from isa.tails import INSTRUCTION, Branch

_MOST_ENCODED = 1 << 12


class FirstPass:
    """Lays the statements of one source down in `assembly`, in order."""

    def __init__(self, assembly: Assembly) -> None:
        self.assembly, self.symbols = assembly, assembly.symbols
        # Instructions that no name's value is in, by their text: most are written more than once.
        self._encoded: dict[tuple[str, str], bytes] = {}

    def take(self, statement: Statement) -> None:
        """Lay a statement down; what is wrong with it is kept, not raised."""
        self.assembly.line = statement.line
        try:
            self._take(statement)
        except Mistake as mistake:
            if not mistake.at:  # the section does not know where the statement stands
                mistake.at, mistake.width = statement.at, len(statement.name)
            self.assembly.wrong(statement.line, mistake)
        self.symbols.here = self.assembly.current.here  # for a condition that may come next

    def _take(self, statement: Statement) -> None:
        for label in statement.labels:
            try:
                self.symbols.define(label, statement.line)
            except Mistake as mistake:
                self.assembly.wrong(statement.line, mistake)
        name = statement.name
        if not name:
            return
        if statement.is_assignment:
            self._assignment(statement)
        elif name in DIRECTIVES:
            DIRECTIVES[name].run(self.assembly, statement)
        elif name.startswith(".") and name != ".insn":
            known = DIRECTIVES.get(name.lower())
            if known is None:
                hint = nearest(name, [*DIRECTIVES])
                raise Mistake(f"unknown directive '{shortened(name)}'{hint}", statement.at, len(name))
            known.run(self.assembly, statement)
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
            self.assembly.once(name)
        self.assembly.assign(name, expression, anew=start == 2)

    def _instruction(self, statement: Statement) -> None:
        section = self.assembly.current
        if section.astray:
            message = f"instructions start at multiples of {INSTRUCTION}, this one is {section.astray} past"
            self.assembly.warn(f"{message}; put '.balign 4, 0' before it", statement.at, len(statement.name))
            section.astray = None  # once is enough
        section.align(INSTRUCTION)
        same = self._encoded.get((statement.name, statement.rest))
        if same is not None:
            self.assembly.put(same)
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
                line, section = self.assembly.line, self.assembly.current
                self.assembly.put_tail(Branch(line, self.symbols, word, left, section))
                return
            if left.relocation == "%pcrel_hi":
                self.assembly.finisher.pairs.append(Pair(here, left))
            if not isinstance(left.terms[0], Value) or len(left.terms) > 1:
                self.assembly.wait(left, word)
                return
        try:
            content = self.assembly.finisher.word(word, here)
        except Unresolved:
            assert isinstance(word.value, Expression), "a number waits for nothing"
            self.assembly.wait(word.value, word)
        else:
            self.assembly.put(content)
