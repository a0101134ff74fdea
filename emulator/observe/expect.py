"""What a program's source promises about its runs: the lines that begin with `#?`.

    #? cow.copies == 1                        a counter or cost, one of == != < <= > >=, a whole number
    #? exit_status == 0                       exit_status; stdout and stderr take == or != and "text"
    #? [fork=eager, paging=sv48] cow.copies == 0   only for runs with these settings
    #? run: --fork eager --memory 64MiB word  one run: options, then arguments; no such line: one default run

Text after a further `#` is a comment. Every promise is checked against every run whose settings it names.
"""

import ast
import operator
import re
import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from emulator.base.errors import ConfigError, ExpectationError, nearest
from emulator.base.names import COSTS, COUNTERS
from emulator.config import Config, settings
from emulator.result import Result

MARK = "#?"
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
TEXT_SUBJECTS = ("stdout", "stderr")
NUMBER_SUBJECTS = ("exit_status", *(row.name for row in COUNTERS), *(row.name for row in COSTS))
MODES = ("profile", *settings.NAMES)
RUN_OPTIONS = (
    "profile", "harts", "memory", "paging", "seed", "fork", "flush", "ad", "tlb", "schedule", "set", "max-instructions"
)  # fmt: skip

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
class Run:
    """One run that a source asks for: options by name without dashes, `overrides` from `--set`, and arguments."""

    options: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Expectations:
    """All `#?` lines of a source: the runs it asks for, never none, and what it promises of them."""

    runs: tuple[Run, ...]
    lines: tuple[Expectation, ...]


@dataclass(frozen=True)
class Verdict:
    """A promise and what a run did."""

    expectation: Expectation
    actual: int | str
    holds: bool

    def __str__(self) -> str:
        shown = f'"{self.actual}"'.replace("\n", "\\n") if isinstance(self.actual, str) else str(self.actual)
        return f"{self.expectation}: {'holds' if self.holds else 'fails'}, it is {shown}"


def read_expectations(source: str, file: str) -> Expectations:
    """Return what the `#?` lines of `source` say.

    Raises `ExpectationError` naming `file`, the line, and what would be right, for the first one that cannot be read.
    """
    runs: list[Run] = []
    lines: list[Expectation] = []
    for number, text in enumerate(source.splitlines(), start=1):
        text = text.strip()
        if not text.startswith(MARK):
            continue
        text = text.removeprefix(MARK).strip()
        try:
            if text.startswith("run:"):
                runs.append(_run(text.removeprefix("run:")))
            else:
                lines.append(_expectation(file, number, _uncommented(text)))
        except ExpectationError as error:
            raise ExpectationError(f"{file}:{number}: '{MARK} {text}': {error.message}") from error
    return Expectations(tuple(runs) or (Run(),), tuple(lines))


def evaluate(expectations: Iterable[Expectation], result: Result) -> list[Verdict]:
    """Return a verdict for each expectation that speaks of `result`'s settings, in order."""
    return [_verdict(line, result) for line in expectations if line.applies_to(result.settings)]


def _verdict(line: Expectation, result: Result) -> Verdict:
    actual = _actual(line.subject, result)
    return Verdict(line, actual, OPERATORS[line.operator](actual, line.value))


def _actual(subject: str, result: Result) -> int | str:
    if subject in ("exit_status", *TEXT_SUBJECTS):
        return getattr(result, subject)  # type: ignore[no-any-return]
    return result.counters[subject] if subject in result.counters else result.costs[subject]


def _uncommented(text: str) -> str:
    """Return `text` without its comment; a `#` inside quotes begins none."""
    blank = _QUOTED.sub(lambda quoted: "x" * len(quoted[0]), text)
    return text[: blank.index("#")].rstrip() if "#" in blank else text


def _expectation(file: str, number: int, text: str) -> Expectation:
    parts = _LINE.fullmatch(text)
    if parts is None:
        raise ExpectationError("'counter == number' is right, with one of == != < <= > >=")
    subject, sign, value = parts["subject"], parts["operator"], parts["value"]
    if subject not in NUMBER_SUBJECTS and subject not in TEXT_SUBJECTS:
        known = (*NUMBER_SUBJECTS, *TEXT_SUBJECTS)
        raise ExpectationError(f"'{subject}' is no counter or cost{nearest(subject, known)}")
    wanted = _text(subject, sign, value) if subject in TEXT_SUBJECTS else _integer(value)
    return Expectation(file, number, text, subject, sign, wanted, _modes(parts["modes"]))


def _integer(value: str) -> int:
    try:
        return int(value, 0)
    except ValueError:
        raise ExpectationError(f"'{value}' is no whole number") from None


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


def _run(text: str) -> Run:
    try:
        words = shlex.split(text, comments=True)
    except ValueError as error:
        raise ExpectationError(f"the quotes do not pair: {error}") from error
    options: dict[str, str] = {}
    overrides: dict[str, str] = {}
    while words and words[0].startswith("--"):
        name, equals, value = words.pop(0).removeprefix("--").partition("=")
        if not name and not equals:
            break
        if name not in RUN_OPTIONS:
            raise ExpectationError(f"'--{name}' is no option of a run{nearest(name, RUN_OPTIONS)}")
        if not equals:
            if not words:
                raise ExpectationError(f"'--{name}' needs a value")
            value = words.pop(0)
        if name == "set":
            key, _, value = value.partition("=")
            overrides[key] = value
        else:
            options[name] = value
    return Run(options, overrides, tuple(words))
