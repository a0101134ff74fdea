"""Tables of rows in files, CSV, JSON lines or Parquet by the file's suffix: read and written a batch at a time.

    .csv        a header, then a row a line; lines that begin with `#` are passed over
    .jsonl      an object a line
    .parquet    as others have it

Cells are whole numbers or words. A number may also be text, as `0x4000`; a cell that is empty or missing is none.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from emulator.base.errors import EmulatorError, nearest, shown

if TYPE_CHECKING:
    import polars

SUFFIXES = (".csv", ".jsonl", ".parquet")
BATCH = 1 << 16  # rows that are in memory at a time
Cells = list[Any]


class Batch(NamedTuple):
    """Rows of a file: the cells of each column that it has, and where each row stands."""

    columns: dict[str, Cells]
    path: str
    numbers: Sequence[int]  # of the rows, as lines of the file or, in Parquet, as rows

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.numbers)

    def place(self, row: int) -> str:
        """Return where a row of the batch stands."""
        what = ": row " if Path(self.path).suffix == ".parquet" else ":"
        return f"{shown(self.path)}{what}{self.numbers[row]}"


def check_suffix(path: str, option: str = "") -> None:
    """Raise EmulatorError unless `path` ends in a suffix that a table has."""
    suffix = Path(path).suffix
    if suffix not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        which = f"{option} {shown(path)}" if option else shown(path)
        raise EmulatorError(f"{which}: '{shown(suffix)}' is no table{nearest(suffix, SUFFIXES)} ({known} are right)")


def read(path: str, known: Sequence[str], needed: Sequence[str]) -> Iterator[Batch]:
    """Yield the rows of the file `path`, whose columns are some of those `known`, all of those `needed`.

    Raises EmulatorError naming the file, and the line where there is one.
    """
    reader = {".csv": _csv, ".jsonl": _jsonl, ".parquet": _parquet}[Path(path).suffix]
    with _named(path):
        yield from reader(path, known, needed)


@contextmanager
def _named(path: str) -> Iterator[None]:
    """Name the file that cannot be read."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise EmulatorError(f"{shown(path)}: cannot be read: byte {error.start} is no UTF-8") from None
    except OSError as error:
        raise EmulatorError(f"{shown(path)}: cannot be read: {error.strerror or error}") from None


def _check(where: str, names: Iterable[str], known: Sequence[str], needed: Sequence[str]) -> None:
    """Raise EmulatorError for a column that is unknown, twice there, or missing."""
    seen: set[str] = set()
    for name in names:
        if name not in known:
            raise EmulatorError(f"{where}: '{shown(name)}' is no column{nearest(name, known)} ({', '.join(known)} are)")
        if name in seen:
            raise EmulatorError(f"{where}: column '{name}' is there twice")
        seen.add(name)
    for name in needed:
        if name not in seen:
            raise EmulatorError(f"{where}: column '{name}' is missing")


def _csv(path: str, known: Sequence[str], needed: Sequence[str]) -> Iterator[Batch]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file, strict=True)
        try:
            header = [name.strip() for name in next(_told_rows(lines), [])]
            _check(f"{shown(path)}:{max(lines.line_num, 1)}", header, known, needed)
            while True:
                rows: list[list[str]] = []
                numbers: list[int] = []
                for row in _told_rows(lines):
                    if len(row) != len(header):
                        cells = f"{len(row)} cell{'s' * (len(row) != 1)}"
                        raise EmulatorError(
                            f"{shown(path)}:{lines.line_num}: {cells}; {len(header)}, as its header has, is right"
                        )
                    rows.append(row)
                    numbers.append(lines.line_num)
                    if len(rows) == BATCH:
                        break
                if not rows:
                    return
                columns = {name: _cells(column) for name, column in zip(header, zip(*rows, strict=True), strict=True)}
                yield Batch(columns, path, numbers)
        except csv.Error as error:
            raise EmulatorError(f"{shown(path)}:{lines.line_num}: no row of CSV: {error}") from None


def _told_rows(lines: Iterable[list[str]]) -> Iterator[list[str]]:
    """Yield the rows that are neither empty nor comments."""
    for row in lines:
        if row and not row[0].lstrip().startswith("#"):
            yield row


def _cells(column: Iterable[str]) -> Cells:
    """Return the cells of a column, None for an empty one."""
    return [cell.strip() or None for cell in column]


def _jsonl(path: str, known: Sequence[str], needed: Sequence[str]) -> Iterator[Batch]:
    import msgspec

    decode = msgspec.json.Decoder(dict[str, int | str | None]).decode
    with open(path, "rb") as file:
        number, last = 0, False
        while not last:
            rows: list[dict[str, int | str | None]] = []
            numbers: list[int] = []
            for line in file:
                number += 1
                if line.isspace():
                    continue
                try:
                    row = decode(line)
                except msgspec.MsgspecError as error:
                    raise EmulatorError(f"{shown(path)}:{number}: {_json_mistake(line, error)}") from None
                if not row.keys() <= set(known) or not all(name in row for name in needed):
                    _check(f"{shown(path)}:{number}", row, known, needed)
                rows.append(row)
                numbers.append(number)
                if len(rows) == BATCH:
                    break
            else:
                last = True
            if rows:
                columns = {name: [row.get(name) for row in rows] for name in known if any(name in row for row in rows)}
                yield Batch(columns, path, numbers)


def _json_mistake(line: bytes, error: Exception) -> str:
    """Return what is wrong with a line of JSON."""
    try:
        json.loads(line)
    except ValueError:
        return "no JSON"
    what = str(error).partition(" - at ")[0].replace("`", "'")
    return f"no row of numbers and text: {what[0].lower()}{what[1:]}"


def _parquet(path: str, known: Sequence[str], needed: Sequence[str]) -> Iterator[Batch]:
    import polars

    with open(path, "rb"):  # what the host says of a file that cannot be read is clearer than polars
        pass
    try:
        frame = polars.scan_parquet(path)
        _check(shown(path), frame.collect_schema().names(), known, needed)
        for name, kind in frame.collect_schema().items():
            if not (kind.is_integer() or kind in (polars.String, polars.Null, polars.Categorical)):
                raise EmulatorError(
                    f"{shown(path)}: column '{name}' has values of type {kind}; integers or text are right"
                )
        first = 0
        for batch in frame.collect_batches(chunk_size=BATCH, maintain_order=True):
            columns = {name: batch[name].to_list() for name in batch.columns}
            yield Batch(columns, path, range(first + 1, first + 1 + len(batch)))
            first += len(batch)
    except (polars.exceptions.PolarsError, OSError) as error:
        raise EmulatorError(f"{shown(path)}: is no Parquet file, or is broken: {str(error).splitlines()[0]}") from None


class Writer:
    """Writes frames, all of the same columns, to `out` as one table of the form that `suffix` names."""

    def __init__(self, out: IO[bytes], suffix: str) -> None:
        self._out, self._suffix = out, suffix

    def write(self, frames: "Iterator[polars.DataFrame]") -> None:
        """Write all frames, of which there is at least one."""
        if self._suffix == ".parquet":
            self._write_parquet(frames)
            return
        for number, frame in enumerate(frames):
            if self._suffix == ".jsonl":
                frame.write_ndjson(self._out)
            else:
                frame.write_csv(self._out, include_header=number == 0)

    def _write_parquet(self, frames: "Iterator[polars.DataFrame]") -> None:
        import polars
        from polars.io.plugins import register_io_source

        first = next(frames)
        mistakes: list[EmulatorError] = []

        def batches(*_: Any) -> "Iterator[polars.DataFrame]":
            yield first
            try:
                yield from frames
            except EmulatorError as error:
                mistakes.append(error)
                raise

        try:
            register_io_source(batches, schema=first.schema).sink_parquet(self._out)
        except polars.exceptions.PolarsError:
            if mistakes:
                raise mistakes[0] from None
            raise
