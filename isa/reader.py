"""Which statements are read, in which order: files that include files, macros, repetitions and conditions.

Everything that is being read stands on a stack of inputs, the innermost on top. Conditions ask for the values that
names have at their place, so a statement is read only when the one before it has been laid down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from isa.conditions import NAMES, Conditions
from isa.directives.row import number_in
from isa.errors import Mistake
from isa.include import INCLUDE, Included
from isa.macros import Macro, argument, behind_comma, defined, letters, missing_end, parameter_name, substituted
from isa.scrub import scrubbed, with_numbers
from isa.source import Expansion, SourceLine
from isa.statements import Statement, Text, pieces, read, texts
from isa.symbols import Symbols

DEEPEST_MACRO = 100  # calls, each in the body of the one before it; as in GNU as
MOST_EXPANDED = 1 << 20  # statements out of macros and repetitions
_REPEATS = (".rept", ".rep", ".irp", ".irpc", ".irep", ".irepc")

Items = Iterator[Text | tuple[SourceLine, Mistake]]


class Input(NamedTuple):
    """Something that is being read: a file by its name, or an expansion; `depth` conditions were open before it."""

    items: Items
    file: str | None
    depth: int


class Stop(Exception):
    """Reading cannot go on: what would follow is not known."""


class Reader:
    """Reads one source, and gives its statements to `take` one by one; mistakes go to `wrong`."""

    def __init__(
        self, symbols: Symbols, take: Callable[[Statement], None], wrong: Callable[[SourceLine, Mistake], None]
    ) -> None:
        self.symbols, self.take, self.wrong = symbols, take, wrong
        self.conditions = Conditions(symbols)
        self.complete = True  # no file was left out, no expansion given up
        self._inputs: list[Input] = []
        self._macros: dict[str, Macro] = {}
        self._included = Included()
        self._expanded = 0  # statements out of expansions
        self._calls = 0  # of macros, which `\\@` counts
        self._does: dict[str, Callable[[Statement], None]] = {
            INCLUDE: self._include,
            ".macro": self._macro,
            ".purgem": self._purge,
            ".exitm": self._exit,
            ".end": self._end,
            **dict.fromkeys((".rept", ".rep"), self._repeat),
            **dict.fromkeys((".irp", ".irep"), self._for_values),
            **dict.fromkeys((".irpc", ".irepc"), self._for_letters),
            **dict.fromkeys((".endm", ".endr"), self._stray),
        }

    def run(self, source: str, file: str) -> None:
        """Read `source`, the text of `file`, to its end."""
        self._push(texts(source, file), file)
        try:
            while self._inputs:
                item = next(self._inputs[-1].items, None)
                if item is None:
                    self._pop()
                elif isinstance(item, Text):
                    self._read(item)
                else:
                    self.wrong(*item)
        except Stop:
            self.complete = False

    def _push(self, items: Items, file: str | None = None) -> None:
        self._inputs.append(Input(items, file, len(self.conditions.open)))

    def _pop(self) -> None:
        for statement, mistake in self.conditions.unclosed(self._inputs.pop().depth):
            self.wrong(statement.line, mistake)

    def _read(self, text: Text) -> None:
        if self._inputs[-1].file is None:
            self._expanded += 1
            if self._expanded > MOST_EXPANDED:
                self.wrong(text.line, Mistake(f"macros and repetitions make more than {MOST_EXPANDED} statements", 1))
                raise Stop
        counts = self.conditions.counts
        try:
            statement = read(text)
            name = statement.name.lower()
            if name in NAMES:
                counts = counts or self.conditions.counts_outside
                self._labels(statement)
                self.conditions.take(statement, name)
            elif counts:
                self._take(statement, name)
        except Mistake as mistake:
            if counts:
                self.wrong(text.line, mistake)

    def _take(self, statement: Statement, name: str) -> None:
        if statement.is_assignment:
            self.take(statement)
        elif name in self._does:
            self._labels(statement)
            self._does[name](statement)
        elif name in self._macros:
            self._labels(statement)
            self._call(self._macros[name], statement)
        else:
            self.take(statement)

    def _labels(self, statement: Statement) -> None:
        """The labels before something that is no statement of its own."""
        if statement.labels and self.conditions.counts:
            self.take(Statement(statement.line, statement.at, statement.labels))

    # --- files ---

    def _include(self, statement: Statement) -> None:
        try:
            file, text = self._included.read(statement, tuple(open.file for open in self._inputs if open.file))
        except Mistake as mistake:
            self.complete = False
            self.wrong(statement.line, mistake)
            if self._included.full:
                raise Stop from mistake
        else:
            self._push(texts(text, file), file)

    def _end(self, statement: Statement) -> None:
        while self._inputs:
            self._pop()

    # --- macros ---

    def _body(self, statement: Statement, begin: tuple[str, ...], end: str) -> tuple[Text, ...]:
        """The texts up to the `end` that belongs to `statement`."""
        body: list[Text] = []
        depth = 1
        for item in self._inputs[-1].items:
            if not isinstance(item, Text):
                self.wrong(*item)
                continue
            name = _name_of(item)
            depth += (name in begin) - (name == end)
            if not depth:
                return tuple(body)
            body.append(item._replace(text=with_numbers(item.text)))
        raise missing_end(statement, end)

    def _macro(self, statement: Statement) -> None:
        body = self._body(statement, (".macro",), ".endm")
        macro = defined(statement, body)
        before = self._macros.get(macro.name)
        if before is not None:
            place = before.definition.line.said_in(statement.line.file)
            raise statement.mistake(f"'{macro.name}' is already defined on {place}; '.purgem' forgets it")
        self._macros[macro.name] = macro

    def _call(self, macro: Macro, statement: Statement) -> None:
        if sum(open.file is None for open in self._inputs) >= DEEPEST_MACRO:
            self.wrong(statement.line, statement.mistake(f"is called {DEEPEST_MACRO} macros deep, which is the most"))
            raise Stop
        values = macro.arguments(statement)
        within = Expansion(f"macro '{macro.name}'", statement.line)
        self._push(_expansion(macro.body, values, self._calls, within))
        self._calls += 1

    def _purge(self, statement: Statement) -> None:
        for name in statement.rest.replace(",", " ").split():
            if self._macros.pop(name.lower(), None) is None:
                raise statement.mistake(f"knows no macro '{name}'")

    def _exit(self, statement: Statement) -> None:
        if self._inputs[-1].file is not None:
            raise statement.mistake("outside of a macro")
        del self.conditions.open[self._inputs.pop().depth :]

    def _stray(self, statement: Statement) -> None:
        raise statement.mistake("without a beginning before it")

    # --- repetitions ---

    def _repeat(self, statement: Statement) -> None:
        body = self._body(statement, _REPEATS, ".endr")
        operands = statement.operands
        if len(operands) != 1:
            raise statement.mistake("takes one number")
        count = number_in(self.symbols, statement, operands[0])
        if count < 0:
            raise statement.mistake(f"takes a number from 0 up, not {count}", operands[0])
        if count * len(body) > MOST_EXPANDED:
            self.wrong(statement.line, statement.mistake(f"makes more than {MOST_EXPANDED} statements", operands[0]))
            raise Stop
        again = tuple(_within(text, Expansion("'.rept'", statement.line)) for text in body)
        if again:
            self._push(text for _ in range(count) for text in again)

    def _for_values(self, statement: Statement) -> None:
        self._for(statement, _arguments)

    def _for_letters(self, statement: Statement) -> None:
        self._for(statement, letters)

    def _for(self, statement: Statement, values: Callable[[str, int], Iterator[str]]) -> None:
        body = self._body(statement, _REPEATS, ".endr")
        text = scrubbed(statement.rest)
        name, at = parameter_name(text)
        if not name:
            raise statement.mistake("takes a name and what it stands for, such as '.irp reg, a0, a1'")
        within = Expansion(f"'{statement.name}'", statement.line)
        each = values(text, at) if at < len(text) else iter(("",))
        self._push(one for value in each for one in _expansion(body, {name: value}, self._calls, within))


def _name_of(text: Text) -> str:
    """The name of the directive that `text` may be, in small letters."""
    try:
        return read(text).name.lower()
    except Mistake:
        return ""


def _arguments(text: str, at: int) -> Iterator[str]:
    while at < len(text):
        value, at = argument(text, at)
        yield value
        at = behind_comma(text, at)


def _within(text: Text, expansion: Expansion) -> Text:
    line = text.line
    return text._replace(line=SourceLine(line.file, line.number, line.text, expansion))


def _expansion(body: tuple[Text, ...], values: dict[str, str], count: int, within: Expansion) -> Items:
    """The statements that `body` becomes with `values`."""
    for text in body:
        code = substituted(text.text, values, count)
        yield from pieces(SourceLine(text.line.file, text.line.number, code, within))
