"""Where text goes: a terminal, a pipe, a file."""

import os
import sys
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING

from emulator.base.errors import EmulatorError
from isa.errors import AssemblyError, IsaError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from emulator.result import Result
    from isa import Program

PIPE_WIDTH = 160  # columns of tables where standard output is no terminal


def show(parts: "Iterable[RenderableType]", stream: IO[str]) -> None:
    """Print strings and rich renderables: coloured on a terminal, plain and without trailing blanks in a pipe."""
    from rich.console import Console

    console = Console(
        file=stream, width=None if stream.isatty() else PIPE_WIDTH, highlight=False, markup=False, emoji=False
    )
    for part in parts:
        with console.capture() as capture:
            print_part(console, part)
        write_text(stream, "".join(f"{line.rstrip()}\n" for line in capture.get().splitlines()))


def print_part(console: "Console", part: "RenderableType") -> None:
    """Print one part; lines of text are never broken, tables fit the width."""
    from rich.text import Text

    console.print(part, soft_wrap=isinstance(part, (str, Text)))


def print_listing(program: "Program") -> None:
    """Print the instructions of `program`."""
    from isa import disassemble

    write_text(sys.stdout, disassemble(program).rstrip("\n") + "\n")


def write_text(stream: IO[str], text: str) -> None:
    """Write `text`, bytes of a program's output that are no UTF-8 included, as they are."""
    stream.write(text)
    stream.flush()


def check_outputs(json: str | None, trace: str | None) -> None:
    """Raise for output files that could not be written, before a long run rather than after it."""
    if trace is not None:
        from emulator.observe.trace import check_suffix

        check_suffix(trace)
    for path in (json, trace):
        if path is not None and path != "-":
            if os.path.isdir(path):
                raise EmulatorError(f"{path}: cannot be written: it is a folder")
            if not os.path.isdir(os.path.dirname(path) or "."):
                raise EmulatorError(f"{path}: cannot be written: its folder does not exist")


def write_outputs(result: "Result", json: str | None, trace: str | None) -> None:
    """Write the account and the events of a run where they were asked for."""
    if json is not None:
        from emulator.observe.report import as_json

        write_file(json, as_json(result))
    if trace is not None:
        from emulator.observe.trace import write_trace

        write_trace(result.events, trace)


def write_file(path: str, text: str) -> None:
    """Write `text` to the file `path`, or to standard output for `-`."""
    if path == "-":
        write_text(sys.stdout, text)
        return
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def note(message: str) -> None:
    """Say `message` on standard error."""
    write_text(sys.stderr, f"pagewalk: {message}\n")


def report_error(error: EmulatorError | IsaError) -> None:
    """Print a mistake of the user in one line; assembly errors all, each with its source line and a caret."""
    if isinstance(error, AssemblyError):
        write_text(sys.stderr, f"{error.message}\n")
        count = len(error.diagnostics)
        note(f"error: {error.diagnostics[0].file}: {count} assembly error{'s' if count > 1 else ''}")
    else:
        note(f"error: {error.message}")
