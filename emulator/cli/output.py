"""Where text goes: to a terminal or a pipe, one that cannot spell it, or one that is closed."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from emulator.base.errors import EmulatorError, printable
from isa.errors import AssemblyError, IsaError

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from isa import Program

LONGEST = 1000  # characters of a message
PIPE_WIDTH = 200  # columns of tables where standard output is no terminal
STORY_WIDTH = 80  # columns of a story there


def show(parts: "Iterable[RenderableType]", stream: IO[str], wrap: bool = False) -> None:
    """Print strings and rich renderables: coloured on a terminal, plain and without trailing blanks in a pipe.

    With `wrap` it is a story, whose lines are broken between words.
    """
    from rich.console import Console

    width = None if stream.isatty() else STORY_WIDTH if wrap else PIPE_WIDTH
    console = Console(file=stream, width=width, highlight=False, markup=False, emoji=False)
    for part in parts:
        with _told(stream), console.capture() as capture:
            print_part(console, part, wrap)
        lines = capture.get().removesuffix("\n").split("\n")
        write_text(stream, "".join(f"{line.rstrip()}\n" for line in lines))


def print_part(console: "Console", part: "RenderableType", wrap: bool) -> None:
    """Print one part; lines of text are broken only with `wrap`, tables fit the width."""
    from rich.text import Text

    if wrap and isinstance(part, Text):
        from emulator.observe.wrap import wrapped

        part = wrapped(part, console.width)
    console.print(part, soft_wrap=isinstance(part, (str, Text)))


def print_listing(program: "Program") -> None:
    """Print the instructions of `program`."""
    from isa import disassemble

    write_text(sys.stdout, disassemble(program).rstrip("\n") + "\n")


def write_text(stream: IO[str], text: str) -> None:
    """Write `text`, what the stream's encoding lacks as escapes. Raises EmulatorError naming the stream."""
    if text:  # /dev/full refuses even nothing
        with _told(stream):
            stream.write(text)
            stream.flush()


def write_bytes(stream: IO[str], text: str) -> None:
    """Write the output of a program, whatever the stream's encoding: its bytes, as they were."""
    buffer = getattr(stream, "buffer", None)
    if buffer is None or not text:
        write_text(stream, text)
        return
    with _told(stream):
        stream.flush()
        buffer.write(text.encode("utf-8", "surrogateescape"))
        buffer.flush()


@contextmanager
def _told(stream: IO[str]) -> Iterator[None]:
    """Name the stream that cannot be written."""
    try:
        yield
    except OSError as error:
        silence(stream)
        name = "standard error" if stream is sys.stderr else "standard output"
        raise EmulatorError(f"{name}: cannot be written: {error.strerror or error}") from None


def silence(stream: IO[str]) -> None:
    """Send what is still in `stream`'s buffer to nowhere, or Python would complain about it when it exits."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        stream.flush()
    except OSError:
        pass


def say(text: str) -> None:
    """Write `text` to standard error. Where that takes nothing, the exit status has to do."""
    try:
        write_text(sys.stderr, text)
    except EmulatorError:
        pass


def note(message: str) -> None:
    """Say `message` on standard error, in one line that can be read: of a very long one both ends."""
    if len(message) > LONGEST:
        message = f"{message[: LONGEST // 2]}...{message[-LONGEST // 4 :]}"
    say(f"pagewalk: {printable(message)}\n")


def report_error(error: EmulatorError | IsaError) -> None:
    """Print a mistake of the user in one line; assembly errors all, each with its source line and a caret."""
    if isinstance(error, AssemblyError):
        say(f"{error.message}\n")
        count = len(error.diagnostics)
        note(f"error: {error.diagnostics[0].file}: {count} assembly error{'s' if count > 1 else ''}")
    else:
        note(f"error: {error.message}")
