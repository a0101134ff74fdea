"""`explain --html`: a run as a page."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from emulator.base.errors import EmulatorError, shown
from emulator.base.files import told
from emulator.cli.output import say
from emulator.cli.places import STANDARD_OUTPUT, write_file

if TYPE_CHECKING:
    from emulator.result import Result
    from isa import Program

OURS = b'<meta name="generator" content="pagewalk explain --html">'  # in the head of every page
HEAD_BYTES = 1000


def check_page(path: str | None) -> None:
    """Raise EmulatorError for a file that is there already and is no page of ours: it would be lost."""
    if path is None or path == STANDARD_OUTPUT or not os.path.isfile(path):
        return
    with told(path):
        try:
            with open(path, "rb") as file:
                head = file.read(HEAD_BYTES)
        except PermissionError:
            head = b"?"
    if head and OURS not in head:
        raise EmulatorError(
            f"--html {shown(path)}: is there already and no page that explain wrote; another file is right"
        )


def write_page(path: str, program: "Program", limit: int | None, run: Callable[..., "Result"]) -> "Result":
    """Run a program and write its page, of `limit` events at most; return how it went.

    `run` takes what runs the machine, as `runs`.
    """
    from emulator.page import MOST_EVENTS, Recorder, page

    recorder = Recorder(MOST_EVENTS if limit is None else min(limit, MOST_EVENTS))
    result = run(runs=recorder.run)
    write_file(path, page(result, recorder, os.path.basename(program.name)))
    if path != STANDARD_OUTPUT:
        say(f"{path}: {recorder.shown} events; open it in a browser\n")
    return result
