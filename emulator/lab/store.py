"""Rows on disk: files that a sweep writes, and continues after a crash.

While a sweep runs, each row goes to a *journal* beside the first of its files (`rows.csv.journal`) as soon as it is
measured. At the end, or when the sweep is interrupted, the files are written anew with all rows and put in place in one
step, and the journal goes. So a file is whole at any time, and after a crash the journal holds what the files lack; a
line that a crash broke off is dropped.
"""

import csv
import fcntl
import io
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple

from emulator.base.errors import ConfigError, EmulatorError
from emulator.base.files import told

Value = str | int | float
Row = Mapping[str, Value]
Key = tuple[Value, ...]


class Column(NamedTuple):
    """A column of a table of rows: its name, the type of its values, what they say."""

    name: str
    kind: type[str] | type[int] | type[float]
    meaning: str


class Store:
    """The rows of one sweep, in memory and in files; `key` are the columns that tell rows apart.

    `paths` end in .csv or .parquet. Raises ConfigError for a file that exists with other columns, EmulatorError when
    another run is writing the same files.
    """

    def __init__(self, paths: Sequence[str], columns: Sequence[Column], key: Sequence[str]) -> None:
        self._columns, self._key = tuple(columns), tuple(key)
        self._paths = [Path(path) for path in paths]
        self._journal: IO[str] | None = None
        self.rows: dict[Key, Row] = {}  # by key: those in the files first, in their order
        for path in self._paths:
            self._keep(_read(path, self._columns))
        self.found = len(self.rows)
        if self._paths:
            self._journal = self._open_journal()
            self.found = len(self.rows)

    @property
    def journal_path(self) -> Path:
        """Where rows are kept until the files are written."""
        return self._paths[0].with_name(self._paths[0].name + ".journal")

    def add(self, row: Row) -> None:
        """Keep a row that was measured; it is on disk when this returns."""
        self._keep([row])
        if self._journal is not None:
            text = io.StringIO()
            self._writer(text).writerow(row)
            with told(self.journal_path, "; what was measured before is kept"):
                self._journal.write(text.getvalue())
                self._journal.flush()
                os.fsync(self._journal.fileno())

    def finish(self, order: Iterable[Key]) -> None:
        """Write the files, rows that are not in `order` first, and forget the journal."""
        if self._journal is None:
            return
        rows = self.in_order(order)
        for path in self._paths:
            with told(path, f"; what was measured is kept in {self.journal_path}"):
                _replace(path, self._encoded(path, rows))
        self.journal_path.unlink(missing_ok=True)
        self._journal.close()
        self._journal = None

    def in_order(self, order: Iterable[Key]) -> list[Row]:
        """Return all rows, those that are not in `order` first."""
        wanted = [key for key in order if key in self.rows]
        others = self.rows.keys() - set(wanted)
        return [*(row for key, row in self.rows.items() if key in others), *(self.rows[key] for key in wanted)]

    def _keep(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self.rows[tuple(row[name] for name in self._key)] = row

    def _open_journal(self) -> IO[str]:
        """Return the journal, opened for more; what it holds is kept."""
        path = self.journal_path
        with told(path):
            file = open(path, "a+", encoding="utf-8", newline="")  # noqa: SIM115  # it is open as long as the sweep
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            raise EmulatorError(
                f"{self._paths[0]}: another run is writing it; wait for it, or choose another file"
            ) from None
        file.seek(0)
        whole = file.read()
        whole = whole[: whole.rfind("\n") + 1]  # a crash may have broken the last line off
        self._keep(_from_csv(whole, path, self._columns))
        with told(path):
            file.truncate(len(whole.encode()))
            if not whole:
                self._writer(file).writeheader()
                file.flush()
        return file

    def _writer(self, file: IO[str]) -> "csv.DictWriter[str]":
        return csv.DictWriter(file, [column.name for column in self._columns], lineterminator="\n")

    def _encoded(self, path: Path, rows: list[Row]) -> bytes:
        if path.suffix == ".parquet":
            return as_parquet(rows, self._columns)
        return as_csv(rows, self._columns).encode()


def as_csv(rows: Iterable[Row], columns: Sequence[Column]) -> str:
    """Return the rows as CSV, a line each under the names of the columns."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [column.name for column in columns], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def as_parquet(rows: Iterable[Row], columns: Sequence[Column]) -> bytes:
    """Return the rows as a Parquet file."""
    import polars

    kinds = {int: polars.Int64, float: polars.Float64, str: polars.String}
    schema = {column.name: kinds[column.kind] for column in columns}
    out = io.BytesIO()
    polars.DataFrame([dict(row) for row in rows], schema=schema).write_parquet(out)
    return out.getvalue()


def _read(path: Path, columns: Sequence[Column]) -> list[Row]:
    """Return the rows of a file, none where there is no file or an empty one."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    if not content:
        return []
    if path.suffix == ".parquet":
        return _from_parquet(content, path, columns)
    try:
        return list(_from_csv(content.decode(), path, columns))
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{path}: exists and is no CSV: byte {error.start} is no UTF-8; choose another file"
        ) from None


def _from_csv(text: str, path: Path, columns: Sequence[Column]) -> Iterator[Row]:
    lines = csv.reader(io.StringIO(text))
    header = next(lines, None)
    if header is None:
        return
    _check_columns(header, path, columns)
    for line in lines:
        if len(line) != len(columns):
            raise ConfigError(
                f"{path} line {lines.line_num}: has {len(line)} values, not {len(columns)}; mend or remove the file"
            )
        yield {
            column.name: _value(text, column, path, lines.line_num) for column, text in zip(columns, line, strict=True)
        }


def _value(text: str, column: Column, path: Path, line: int) -> Value:
    if column.kind is str:
        return text
    try:
        return column.kind(text)
    except ValueError:
        what = "whole number" if column.kind is int else "number"
        raise ConfigError(
            f"{path} line {line}: {column.name}: '{text}' is no {what}; mend or remove the file"
        ) from None


def _from_parquet(content: bytes, path: Path, columns: Sequence[Column]) -> list[Row]:
    import polars

    try:
        frame = polars.read_parquet(io.BytesIO(content))
    except Exception:  # polars has a dozen for a file that is none
        raise ConfigError(f"{path}: exists and is no Parquet file; choose another file") from None
    _check_columns(frame.columns, path, columns)
    for column in columns:
        kind = frame.schema[column.name]
        fits = {int: kind.is_integer(), float: kind.is_numeric(), str: kind == polars.String}
        if not fits[column.kind]:
            raise ConfigError(f"{path}: column {column.name} holds {kind}, not what is measured; choose another file")
    return list(frame.to_dicts())


def _check_columns(found: Sequence[str], path: Path, columns: Sequence[Column]) -> None:
    wanted = [column.name for column in columns]
    if list(found) == wanted:
        return
    missing = [name for name in wanted if name not in found]
    more = [name for name in found if name not in wanted]
    parts = [f"{word} {', '.join(names[:3])}" for word, names in (("lacks", missing), ("also has", more)) if names]
    raise ConfigError(
        f"{path}: exists with other columns ({'; '.join(parts) or 'in another order'}); choose another file"
    )


def _replace(path: Path, content: bytes) -> None:
    """Put `content` in the place of the file in one step; when that fails the file stays as it was."""
    beside = path.with_name(path.name + ".new")
    try:
        with open(beside, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def collect(rows: Iterable[Row], store: Store, order: Sequence[Key]) -> None:
    """Keep rows as they come, and write the files at the end, or when an error or Ctrl-C ends it before."""
    try:
        for row in rows:
            store.add(row)
    except BaseException:
        with suppress(EmulatorError):  # what stopped it is the better message, and the journal stays
            store.finish(order)
        raise
    store.finish(order)
