"""`pagewalk step`: a run walked through in a terminal."""

import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import PurePath

from emulator.base.errors import EmulatorError
from emulator.cli.options import Chosen
from emulator.cli.runs import both_of, first_asked, load, machine_for, placed
from emulator.cli.stdin import StandardInput
from emulator.stepper.room import COLUMNS, LINES


def check_terminal() -> None:
    """Raise EmulatorError unless there is a terminal that is large enough, and the package that draws on it."""
    if find_spec("textual") is None:
        raise EmulatorError("step: needs the package textual; pip install 'pagewalk[step]' installs it")
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM") == "dumb":
        raise EmulatorError("step: needs a terminal to draw on and to read keys from; `pagewalk explain` needs none")
    columns, lines = os.get_terminal_size(sys.stdout.fileno())
    if columns < COLUMNS or lines < LINES:
        raise EmulatorError(f"step: needs {COLUMNS} columns and {LINES} lines; this terminal has {columns} and {lines}")


def step_through(path: str, chosen: Chosen, arguments: Sequence[str] | None, history: str | None) -> None:
    """Let somebody walk through the run of `path` that its first `#? run:` line asks for, `chosen` overriding that.

    Raises ConfigError for what makes no machine, or a history that holds nothing.
    """
    from emulator.stepper.app import Stepper
    from emulator.stepper.walk import Walk

    program = load(path)
    asked, _ = first_asked(program, path)
    both = both_of(asked, chosen)
    kept = {} if history is None else {"history": history}
    argv = [path, *(asked.arguments if arguments is None else arguments)]
    with placed(path, asked):
        machine = machine_for(program, argv, Chosen({**both.options, **kept}, both.overrides), StandardInput())
    Stepper(Walk(machine), PurePath(path).name).run()
