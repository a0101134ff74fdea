"""Events of a run as a file: CSV, JSON lines or Parquet, by the file's suffix; one row an event, costs as columns.

A timeline is the fourth kind, which `emulator.timeline` writes.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING

from emulator.base.errors import EmulatorError, nearest, shown
from emulator.result import Events

if TYPE_CHECKING:
    import polars

TIMELINE = ".perfetto-trace"
SUFFIXES = (".csv", ".jsonl", ".parquet", TIMELINE)


def is_timeline(path: str | Path) -> bool:
    """Return whether the trace `path` is a timeline."""
    return Path(path).suffix == TIMELINE


def check_suffix(path: str | Path) -> None:
    """Raise `EmulatorError` unless `path` ends in a suffix that a trace can be written as, with what is installed."""
    suffix = Path(path).suffix
    if suffix not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        raise EmulatorError(
            f"--trace {shown(path)}: '{shown(suffix)}' is no trace{nearest(suffix, SUFFIXES)} ({known} are right)"
        )
    if is_timeline(path) and find_spec("perfetto") is None:
        raise EmulatorError(
            f"--trace {shown(path)}: needs the package perfetto; pip install 'pagewalk[perfetto]' installs it"
        )


def write_trace(events: Events, out: IO[bytes], suffix: str) -> None:
    """Write `events` to `out` as `suffix` says, one of `SUFFIXES` but for a timeline's."""
    frame = events.to_frame()
    match suffix:
        case ".parquet":
            frame.write_parquet(out)
        case ".jsonl":
            frame.write_ndjson(out)
        case _:
            _without_lists(frame).write_csv(out)


def _without_lists(frame: "polars.DataFrame") -> "polars.DataFrame":
    """Return `frame` with each list as its numbers, parted by blanks: CSV has no lists."""
    import polars

    lists = [name for name, kind in frame.schema.items() if isinstance(kind, polars.List | polars.Array)]
    return frame.with_columns(polars.col(name).cast(polars.List(polars.String)).list.join(" ") for name in lists)
