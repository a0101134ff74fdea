"""One command line in, an exit status out: mistakes of the user end in one line, never in a traceback."""

import os
import signal
import sys
from typing import IO, NoReturn

import typer
from typer.exceptions import TyperException

from emulator.base.errors import EmulatorError, nearest
from emulator.cli.commands import app
from emulator.cli.output import note, report_error
from emulator.cli.status import INTERRUPTED, MISTAKE
from isa.errors import IsaError


def usage_message(error: TyperException) -> str:
    """Return what is wrong with a command line, the nearest option or command named."""
    message = error.format_message().splitlines()[0].rstrip(".")
    possible = getattr(error, "possibilities", None)
    if possible is not None:
        name = getattr(error, "option_name", "")
        return f"no option '{name}'{nearest(name, possible)}"
    return message[:1].lower() + message[1:]


def main() -> NoReturn:
    """Run the command line of this process and exit with its status."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # a reader that leaves (`| head`) ends us, as it does other tools
    sys.exit(invoke(sys.argv[1:]))


def invoke(arguments: list[str]) -> int:
    """Run one command line and return its exit status; no exception that a user can cause leaves here."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="surrogateescape")
    try:
        status = app(arguments, prog_name="pagewalk", standalone_mode=False)
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except (EmulatorError, IsaError) as error:
        report_error(error)
    except TyperException as error:
        note(f"error: {usage_message(error)}")
    except OSError as error:
        silence(sys.stdout)
        place = f"{error.filename}: " if error.filename else ""
        note(f"error: {place}{error.strerror or error}")
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    return MISTAKE


def silence(stream: IO[str]) -> None:
    """Send what is still in `stream`'s buffer to nowhere, or Python would complain about it when it exits."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except OSError:
        pass
