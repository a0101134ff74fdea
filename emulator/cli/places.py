"""Where files go that a command writes: tried before a long run; what fails half-way leaves no half file behind."""

import os
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from emulator.base.errors import EmulatorError, shown
from emulator.base.files import told
from emulator.cli.output import note, write_text

if TYPE_CHECKING:
    from emulator.result import Result

STANDARD_OUTPUT = "-"


def check_outputs(outputs: Mapping[str, str | None], *sources: str) -> None:
    """Raise EmulatorError for output files, by option, that could not be written; nothing is left behind, or lost.

    `sources` are files that are read: none of them may be written.
    """
    if outputs.get("--trace") is not None:
        from emulator.observe.trace import check_suffix

        check_suffix(str(outputs["--trace"]))
    if outputs.get("--ledger") not in (None, STANDARD_OUTPUT):
        from emulator.observe.ledger import check_suffix as check_ledger

        check_ledger(str(outputs["--ledger"]))
    files = {option: path for option, path in outputs.items() if path is not None and path != STANDARD_OUTPUT}
    for option, path in files.items():
        _check_name(option, path)
    for option, path in files.items():
        with told(path):
            if any(_same(path, source) for source in sources):
                raise EmulatorError(f"{option} {shown(path)}: is the file that is read; another one is right")
            for other, there in files.items():
                if other != option and _same(path, there):
                    raise EmulatorError(f"{option} {shown(path)}: is where {other} goes already; another file is right")
            _try(path)


@contextmanager
def writing(path: str) -> Iterator[IO[bytes]]:
    """Open `path` for writing. Raises EmulatorError naming it where that fails; a file that is new is gone then."""
    there = os.path.exists(path)
    try:
        with told(path), open(path, "wb") as file:
            yield file
    except BaseException:
        if not there and os.path.isfile(path):
            os.unlink(path)
        raise


def write_file(path: str, text: str) -> None:
    """Write `text` to the file `path`, or to standard output for `-`."""
    if path == STANDARD_OUTPUT:
        write_text(sys.stdout, text)
        return
    with writing(path) as file:
        file.write(text.encode("utf-8", "surrogateescape"))


def write_account(result: "Result", json: str | None) -> None:
    """Write the account of a run where it was asked for."""
    if json is not None:
        from emulator.observe.report import as_json

        write_file(json, as_json(result))


def write_ledger(result: "Result", path: str | None) -> None:
    """Write the frame ledger of a run where it was asked for; to standard output, a line each."""
    if path is None:
        return
    from emulator.observe.ledger import lines_of, write_rows

    if result.ledger.left_out:
        note(f"the first {len(result.ledger):,} rows were kept; {result.ledger.left_out:,} more were only counted")
    if path == STANDARD_OUTPUT:
        write_text(sys.stdout, lines_of(result.ledger))
    else:
        with writing(path) as file:
            write_rows(result.ledger, file, os.path.splitext(path)[1])


def _check_name(option: str, path: str) -> None:
    if not path:
        raise EmulatorError(f"{option}: the name of its file is empty; {option} FILE is right")
    if path.startswith("-"):
        raise EmulatorError(
            f"{option}: has no file; '{shown(path)}' is an option, and ./{shown(path)} a file of that name"
        )
    if "\0" in path:
        raise EmulatorError(f"{option} {shown(path)}: cannot be written: no path holds a zero byte")
    if os.path.isdir(path):
        raise EmulatorError(f"{shown(path)}: cannot be written: it is a folder")
    if not os.path.isdir(os.path.dirname(path) or "."):
        raise EmulatorError(f"{shown(path)}: cannot be written: its folder does not exist")


def _try(path: str) -> None:
    """Raise OSError if `path` cannot be written. A pipe, which might wait for its reader, is left to its time."""
    path = os.path.realpath(path)
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        os.unlink(path)
        return
    if not stat.S_ISFIFO(mode):
        os.close(os.open(path, os.O_WRONLY))


def _same(one: str, other: str) -> bool:
    """Return whether two paths are one regular file, or would be."""
    try:
        return os.path.samefile(one, other) and os.path.isfile(one)
    except (OSError, ValueError):
        return os.path.realpath(one) == os.path.realpath(other) if "\0" not in one + other else False
