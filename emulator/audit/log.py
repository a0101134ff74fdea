"""A log, text or binary: its first line tells which, and of which version it is."""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from emulator.audit import binary, text
from emulator.audit.record import MAGIC, Row
from emulator.base.errors import LogError, shown

LONGEST_HEADER = 64
READERS = {text.HEADER: text.read_text, binary.HEADER: binary.read_binary}


class Log(NamedTuple):
    """A log that is being read."""

    rows: Iterator[Row]
    is_text: bool


def open_log(file: BinaryIO) -> Log:
    """Return the log in `file`, which stands at its beginning.

    Raises LogError: here for what is no log or of another version, while it is read for a record that is none.
    """
    header = file.readline(LONGEST_HEADER)
    known = " or ".join(f"`{line.decode().rstrip()}`" for line in READERS)
    if header in READERS:
        return Log(READERS[header](file), header == text.HEADER)
    if not header:
        raise LogError(0, f"is empty; a log begins with {known}")
    if not header.startswith(MAGIC + b" "):
        raise LogError(0, f"is no log: its first line is not {known}")
    said = shown(header.decode(errors="replace").rstrip("\n"))
    raise LogError(0, f"'{said}' is of a version that this pagewalk does not read; {known} is right")
