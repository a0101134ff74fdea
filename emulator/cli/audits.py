"""Logs of other kernels: read, audited, converted."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from emulator.audit import Audit, open_log
from emulator.audit.binary import write_binary
from emulator.audit.text import write_text as write_lines
from emulator.base.errors import EmulatorError, LogError, shown
from emulator.cli.output import report_error, show
from emulator.cli.places import STANDARD_OUTPUT, write_file, writing
from emulator.cli.status import MISTAKE

STANDARD_INPUT = "-"


@contextmanager
def reading(path: str) -> Iterator[BinaryIO]:
    """Open a log. Raises EmulatorError naming it where it cannot be read."""
    name = "standard input" if path == STANDARD_INPUT else shown(path)
    try:
        with open(0 if path == STANDARD_INPUT else path, "rb", closefd=path != STANDARD_INPUT) as file:
            yield file
    except LogError as error:
        raise EmulatorError(f"{name}: {error.message}") from None
    except OSError as error:
        raise EmulatorError(f"{name}: cannot be read: {error.strerror or error}") from None


def audit_log(path: str, json: str | None) -> int:
    """Audit a log, report what was found, be it only until a mistake in it, and return the exit status."""
    from emulator.observe.audit import as_json, audit_report

    audit, mistake = Audit(), None
    try:
        with reading(path) as file:
            audit.feed(open_log(file).rows)
    except EmulatorError as error:
        mistake = error
    if mistake is None or audit.number:
        if json != STANDARD_OUTPUT:
            show(audit_report(audit), sys.stdout)
        if json is not None:
            write_file(json, as_json(audit, mistake.message if mistake else None))
    if mistake is not None:
        report_error(mistake)
        return MISTAKE
    return int(bool(audit.findings.groups))


def convert_log(path: str, to: str) -> int:
    """Write a log in the format that it has not, and return the exit status."""
    if to == STANDARD_OUTPUT:
        raise EmulatorError("--to -: may be no text; a file is right")
    with reading(path) as file, writing(to) as out:
        log = open_log(file)
        (write_binary if log.is_text else write_lines)(log.rows, out)
    return 0
