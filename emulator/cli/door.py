"""One command line in, an exit status out: mistakes of the user end in one line, never in a traceback."""

import codecs
import os
import signal
import sys
from typing import NoReturn

import typer
from typer.exceptions import TyperException

from emulator.base.errors import EmulatorError, nearest
from emulator.cli.commands import app
from emulator.cli.output import note, report_error, silence
from emulator.cli.status import INTERRUPTED, MISTAKE
from isa.errors import IsaError

AS_IT_CAN = "pagewalk.as_it_can"


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
    occupy()
    sys.exit(invoke(sys.argv[1:]))


def occupy() -> None:
    """Put something in the place of standard streams that are closed, which fails when it is used.

    Else the next file that is opened would be the standard output, and get what is written there.
    """
    for descriptor, mode in ((0, os.O_WRONLY), (1, os.O_RDONLY), (2, os.O_RDONLY)):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, mode)
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        if getattr(sys, name) is None:
            setattr(sys, name, open(descriptor, "w", closefd=False))  # noqa: SIM115  # open until the process ends


def invoke(arguments: list[str]) -> int:
    """Run one command line and return its exit status; no exception that a user can cause leaves here."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=AS_IT_CAN)
    try:
        check_words(arguments)
        status = app(with_values(arguments), prog_name="pagewalk", standalone_mode=False)
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
    except MemoryError:
        note("error: this computer has too little memory for that")
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    return MISTAKE


def check_words(arguments: list[str]) -> None:
    """Raise EmulatorError for words that no command line can hold: what Python, not a shell, may hand over."""
    for word in arguments:
        try:
            whole = b"\0" not in os.fsencode(word)
        except UnicodeEncodeError:
            whole = False
        if not whole:
            raise EmulatorError(f"{word!a}: is no word of a command line: it holds a zero byte or stands for no bytes")


def with_values(arguments: list[str]) -> list[str]:
    """Return a command line where `--check-stale`, which may stand alone, has its value."""
    words, left = [], list(arguments)
    while left and left[0] != "--":
        word = left.pop(0)
        if word == "--check-stale":
            word += "=" + (left.pop(0) if left[:1] == ["every"] else "1")
        words.append(word)
    return words + left


def as_it_can(error: UnicodeError) -> tuple[str | bytes, int]:
    """Encode what a stream's encoding lacks: bytes that were no text as they were, all else as escapes."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letter = ord(error.object[error.start])
    if 0xDC80 <= letter <= 0xDCFF:
        return bytes([letter - 0xDC00]), error.start + 1
    return ascii(error.object[error.start])[1:-1], error.start + 1


codecs.register_error(AS_IT_CAN, as_it_can)
