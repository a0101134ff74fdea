"""The frame ledger of a run as text to read, and as a file: CSV, JSON lines or Parquet, by the file's suffix."""

from pathlib import Path
from typing import IO

from emulator.base.errors import EmulatorError, nearest, shown
from emulator.ledger import FrameLedger

SUFFIXES = (".csv", ".jsonl", ".parquet")


def check_suffix(path: str) -> None:
    """Raise EmulatorError unless `path` ends in a suffix that a ledger can be written as."""
    suffix = Path(path).suffix
    if suffix not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        raise EmulatorError(
            f"--ledger {shown(path)}: '{shown(suffix)}' is no table{nearest(suffix, SUFFIXES)} ({known} are right)"
        )


def lines_of(ledger: FrameLedger) -> str:
    """Return the rows as text, frame by frame, a line each."""
    lines = []
    for frame in ledger.frames():
        lines += [f"frame {frame:#x}", *(f"  {row}" for row in ledger.of(frame))]
    return "".join(f"{line}\n" for line in lines)


def write_rows(ledger: FrameLedger, out: IO[bytes], suffix: str) -> None:
    """Write the rows in order to `out` as `suffix` says, one of `SUFFIXES`."""
    frame = ledger.to_frame()
    match suffix:
        case ".parquet":
            frame.write_parquet(out)
        case ".jsonl":
            frame.write_ndjson(out)
        case _:
            frame.write_csv(out)
