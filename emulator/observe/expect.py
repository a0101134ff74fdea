"""What a program's source promises about its runs: the lines that begin with `#?`.

    #? cow.copies == 1                        a counter or cost, one of == != < <= > >=, a whole number
    #? exit_status == 0                       exit_status; stdout and stderr take == or != and "text"
    #? ended == "blocked"                     how a run ends: "exit" where no line says so, "limit" or "blocked"
    #? [fork=eager, paging=sv48] cow.copies == 0   only for runs with these settings
    #? run: --fork eager --memory 64MiB word  one run: options, then arguments; no such line: one default run

Only a newline ends a line, and text after a further `#` is a comment. Every promise is checked against every run whose
settings it names; one that can never hold is refused.
"""

import ast
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from emulator.base.errors import ConfigError, ExpectationError, nearest, shown
from emulator.config import Config
from emulator.config.numbers import read_whole
from emulator.config.settings import SETTINGS
from emulator.observe.asked import Run, read_run
from emulator.observe.possible import MOST, NUMBER_SUBJECTS, SUBJECTS, check_possible, contradiction
from emulator.result import Result

PROMISE, RUN = "#?", "run:"
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
MODES = ("profile", *(setting.name for setting in SETTINGS))
WHITE = " \t\r\f\v"

_LINE = re.compile(r"(?:\[(?P<modes>[^\]]*)\])?\s*(?P<subject>[\w.]+)\s*(?P<operator>==|!=|<=|>=|<|>)\s*(?P<value>.*)")
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"')


@dataclass(frozen=True)
class Expectation:
    """One promise of a source; `modes` are the settings it is limited to, `text` the line as written.

    `line` 0 is a promise that every program makes.
    """

    file: str
    line: int
    text: str
    subject: str
    operator: str
    value: int | str
    modes: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}" if self.line else f"{self.file}: {self.text}"

    def applies_to(self, settings: Mapping[str, str]) -> bool:
        """Return whether a run with `settings` is one that this promise speaks of."""
        return all(settings.get(key) == value for key, value in self.modes.items())


@dataclass(frozen=True)
class Expectations:
    """All `#?` lines of a source: the runs it asks for, never none, and what it promises of them."""

    runs: tuple[Run, ...]
    lines: tuple[Expectation, ...]


@dataclass(frozen=True)
class Verdict:
    """A promise and what a run did; `actual` is None where that is not known, for the run has not ended."""

    expectation: Expectation
    actual: int | str | None
    holds: bool

    def __str__(self) -> str:
        if self.actual is None:
            return f"{self.expectation}: fails, it is not known: the run has not ended"
        quoted = f'"{self.actual}"'.replace("\n", "\\n") if isinstance(self.actual, str) else str(self.actual)
        return f"{self.expectation}: {'holds' if self.holds else 'fails'}, it is {quoted}"


def read_expectations(source: str, file: str) -> Expectations:
    """Return what the `#?` lines of `source` say.

    Raises `ExpectationError` naming `file`, the line, and what would be right, for the first one that cannot be read,
    or can never hold.
    """
    runs = read_runs(source, file)
    lines: list[Expectation] = []
    for number, text in _promises(source):
        if text.startswith(RUN):
            continue
        try:
            lines.append(_expectation(file, number, _uncommented(text)))
        except ExpectationError as error:
            raise _placed(error.message, file, number, text) from error
    found = contradiction(lines)
    if found is not None:
        promise, reason = found
        raise _placed(reason, file, promise.line, promise.text)
    return Expectations(runs or (Run(),), tuple(lines))


def read_runs(source: str, file: str) -> tuple[Run, ...]:
    """Return the runs that the `#? run:` lines of `source` ask for, in order, whatever its other lines promise.

    Raises `ExpectationError` as `read_expectations` does.
    """
    runs = []
    for number, text in _promises(source):
        if text.startswith(RUN):
            try:
                runs.append(read_run(text.removeprefix(RUN), number))
            except ExpectationError as error:
                raise _placed(error.message, file, number, text) from error
    return tuple(runs)


def _promises(source: str) -> Iterator[tuple[int, str]]:
    """Yield the number and the text of each `#?` line, without its beginning."""
    for number, text in enumerate(source.removeprefix("\ufeff").split("\n"), start=1):
        text = text.strip(WHITE)
        if text.startswith(PROMISE):
            yield number, text.removeprefix(PROMISE).strip(WHITE)


def _placed(message: str, file: str, line: int, text: str) -> ExpectationError:
    return ExpectationError(f"{file}:{line}: '{PROMISE} {shown(text)}': {message}")


def evaluate(expectations: Iterable[Expectation], result: Result) -> list[Verdict]:
    """Return a verdict for each expectation that speaks of `result`'s settings, in order."""
    return [_verdict(line, result) for line in expectations if line.applies_to(result.settings)]


def _verdict(line: Expectation, result: Result) -> Verdict:
    actual = _actual(line.subject, result)
    return Verdict(line, actual, actual is not None and OPERATORS[line.operator](actual, line.value))


def _actual(subject: str, result: Result) -> int | str | None:
    """Return what a run says of `subject`; None for the exit status of a program that has not ended."""
    if subject in result.counters:
        return result.counters[subject]
    if subject in result.costs:
        return result.costs[subject]
    first = result.processes[0] if result.processes else None
    if subject == "exit_status" and first is not None and first.status is None and first.signal is None:
        return None
    return getattr(result, subject)  # type: ignore[no-any-return]


def _uncommented(text: str) -> str:
    """Return `text` without its comment; a `#` inside quotes begins none."""
    blank = _QUOTED.sub(lambda quoted: "x" * len(quoted[0]), text)
    return text[: blank.index("#")].rstrip() if "#" in blank else text


def _expectation(file: str, number: int, text: str) -> Expectation:
    parts = _LINE.fullmatch(text)
    if parts is None:
        raise ExpectationError("'counter == number' is right, with one of == != < <= > >=")
    subject, sign, value = parts["subject"], parts["operator"], parts["value"]
    if subject not in SUBJECTS:
        raise ExpectationError(f"'{shown(subject)}' is no counter or cost{nearest(subject, SUBJECTS)}")
    wanted = _integer(subject, value) if subject in NUMBER_SUBJECTS else _text(subject, sign, value)
    promise = Expectation(file, number, text, subject, sign, wanted, _modes(parts["modes"]))
    check_possible(promise)
    return promise


def _integer(subject: str, value: str) -> int:
    try:
        return read_whole(value, subject, -MOST, MOST)
    except ConfigError as error:
        raise ExpectationError(error.message) from error


def _text(subject: str, sign: str, value: str) -> str:
    if sign not in ("==", "!="):
        raise ExpectationError(f"{subject} is text, which == and != compare, not '{sign}'")
    if not _QUOTED.fullmatch(value):
        raise ExpectationError(f'{subject} is compared with a text in double quotes, such as "done\\n"')
    try:
        return str(ast.literal_eval(value))
    except (SyntaxError, ValueError):
        raise ExpectationError(f"{value} holds an unknown escape; \\n, \\t, \\0, \\\\ and \\x41 are right") from None


def _modes(text: str | None) -> dict[str, str]:
    if text is None:
        return {}
    modes = {}
    for part in text.split(","):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if key in modes:
            raise ExpectationError(f"{key} stands twice in '[{text}]'")
        if not equals:
            raise ExpectationError(f"'[{text}]' limits to no setting; [fork=eager] is right")
        if key not in MODES:
            raise ExpectationError(f"'{key}' is no setting{nearest(key, MODES)}")
        try:
            machine = Config.make(profile=value) if key == "profile" else Config.make(overrides={key: value})
        except ConfigError as error:
            raise ExpectationError(error.message) from error
        modes[key] = machine.settings()[key]  # 65536KiB and 64MiB are the same setting
    return modes
