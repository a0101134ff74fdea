"""The runs that a program's source asks for: `#? run: --fork eager --set price.pte=3 word`, options, then arguments."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

from emulator.base.errors import ConfigError, ExpectationError, nearest, shown
from emulator.config import Config
from emulator.config.limits import MOST_INSTRUCTIONS
from emulator.config.numbers import read_whole
from emulator.config.override import split_override
from emulator.config.settings import MACHINE_OPTIONS

LIMIT = "max-instructions"
RUN_OPTIONS = (*MACHINE_OPTIONS, "set", LIMIT)


@dataclass(frozen=True)
class Run:
    """One run that a source asks for: options by name without dashes, `overrides` from `--set`, and arguments.

    `line` is where it is asked for, 0 for the run of a source that asks for none.
    """

    options: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    max_instructions: int | None = None
    line: int = field(default=0, compare=False)

    def __str__(self) -> str:
        words = [f"--{name} {value}" for name, value in self.options.items()]
        words += [f"--set {key}={value}" for key, value in self.overrides.items()]
        if self.max_instructions is not None:
            words.append(f"--{LIMIT} {self.max_instructions}")
        return " ".join([*words, *self.arguments])


def read_run(text: str, line: int) -> Run:
    """Return the run that the words after `run:` ask for. Raises ExpectationError for what makes no run."""
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
            raise ExpectationError(f"'--{shown(name)}' is no option of a run{nearest(name, RUN_OPTIONS)}")
        if not equals:
            if not words:
                raise ExpectationError(f"'--{name}' needs a value")
            value = words.pop(0)
        if name != "set":
            options[name] = value
            continue
        try:
            overrides.update([split_override(value)])
        except ConfigError as error:
            raise ExpectationError(error.message) from error
    return _checked(options, overrides, tuple(words), line)


def _checked(options: dict[str, str], overrides: dict[str, str], arguments: tuple[str, ...], line: int) -> Run:
    """Return the run, if there is a machine for it: a mistake in the line is one of the line, wherever it shows."""
    limit = options.pop(LIMIT, None)
    if any("\0" in word for word in arguments):
        raise ExpectationError("an argument holds a zero byte, which ends arguments")
    try:
        most = None if limit is None else read_whole(limit, LIMIT, 1, MOST_INSTRUCTIONS)
        Config.read(options, overrides)
    except ConfigError as error:
        raise ExpectationError(error.message) from error
    return Run(options, overrides, arguments, most, line)
