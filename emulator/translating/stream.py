"""Accesses from a file through an `Mmu`, a batch at a time, and what became of them."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from emulator.base.errors import ConfigError, EmulatorError
from emulator.base.names import Fault
from emulator.config.numbers import read_whole
from emulator.mmu import Mmu, vectors
from emulator.translating import files
from emulator.translating.files import Batch, Cells

if TYPE_CHECKING:
    import polars

COLUMNS = ("va", "access", "size", "privilege", "asid")
USUAL = {"access": "load", "size": 8, "privilege": "user", "asid": 0}  # what an access has where a file says nothing
LEAST, MOST = -(1 << 63), (1 << 64) - 1
ALL = (1 << 64) - 1

Numbers = npt.NDArray[np.int64]


def outcomes(mmu: Mmu, path: str, roots: Mapping[int, int], hexadecimal: bool) -> "Iterator[polars.DataFrame]":
    """Yield what became of the accesses in the file `path`, at least one frame, of a row each.

    The columns are those of the file and `pa`, `fault`, `cause`, `error`, `cycles`, `references`; addresses are
    numbers, or text as `0x1000`. Raises EmulatorError, naming the row, for what is no access.
    """
    any_yet = False
    for batch in files.read(path, COLUMNS, ["va"]):
        vas, kinds = _accesses(batch)
        found = mmu.translate_many(vas, **kinds, roots=roots)
        yield _frame(batch, vas, kinds, found, hexadecimal)
        any_yet = True
    if not any_yet:
        raise EmulatorError(f"{path}: has no row; one for each access is right")


def count(mmu: Mmu, path: str, roots: Mapping[int, int]) -> int:
    """Translate the accesses in the file `path` for the counters alone; return how many there are. Raises as above."""
    rows = 0
    for batch in files.read(path, COLUMNS, ["va"]):
        vas, kinds = _accesses(batch)
        mmu.translate_many(vas, **kinds, roots=roots, keep=())
        rows += batch.rows
    return rows


def numbers(batch: Batch, name: str, least: int = LEAST, most: int = MOST) -> Numbers:
    """Return the cells of a column as 64-bit patterns. Raises EmulatorError naming the row of what is no number."""
    cells = batch.columns[name]
    try:
        return np.array([_number(cell, name, least, most) for cell in cells], np.uint64).view(np.int64)
    except ConfigError:
        raise placed(batch, name, lambda cell: _number(cell, name, least, most)) from None


def _number(cell: object, name: str, least: int, most: int) -> int:
    """Return the low 64 bits of the number in a cell."""
    if type(cell) is int:
        found = cell
    elif cell is None:
        raise ConfigError(f"{name}: is missing")
    elif isinstance(cell, str):
        try:
            found = int(cell, 0)
        except ValueError:
            found = read_whole(cell, name, least, most)
    else:
        raise ConfigError(f"{name}: {cell!r} is no whole number")
    if not least <= found <= most:
        read_whole(str(found), name, least, most)
    return found & ALL


def placed(batch: Batch, name: str, read: Callable[[Any], object]) -> EmulatorError:
    """Return the mistake of the first cell of a column that cannot be read, which there is, with its place."""
    for row, cell in enumerate(batch.columns[name]):
        try:
            read(cell)
        except ConfigError as error:
            return EmulatorError(f"{batch.place(row)}: {error.message}")
    raise AssertionError(f"{name}: each cell can be read alone")


def _accesses(batch: Batch) -> tuple[Numbers, dict[str, Any]]:
    """Return the addresses of a batch and, by name, what else there is to say of its accesses."""
    vas = numbers(batch, "va")
    kinds: dict[str, Any] = dict(USUAL)
    for name, usual in USUAL.items():
        cells: Cells | None = batch.columns.get(name)
        if cells is not None:
            if isinstance(usual, int):
                filled = [usual if cell is None else cell for cell in cells]
                kinds[name] = numbers(Batch({name: filled}, batch.path, batch.numbers), name)
            else:
                kinds[name] = np.array([usual if cell is None else cell for cell in cells], object)
    try:
        vectors.kinds_of(batch.rows, **kinds)
    except ConfigError:
        raise _mistake(batch, kinds) from None
    return vas, kinds


def _mistake(batch: Batch, kinds: Mapping[str, Any]) -> EmulatorError:
    """Return the mistake of the first row whose kind of access there is not, with its place."""
    for row in range(batch.rows):
        try:
            vectors.kinds_of(1, **{name: _of_row(value, row) for name, value in kinds.items()})
        except ConfigError as error:
            return EmulatorError(f"{batch.place(row)}: {error.message}")
    raise AssertionError("each row has a kind alone")


def _of_row(value: Any, row: int) -> Any:
    return value[row] if isinstance(value, np.ndarray) else value


def _frame(
    batch: Batch, vas: Numbers, kinds: Mapping[str, Any], found: npt.NDArray[Any], hexadecimal: bool
) -> "polars.DataFrame":
    """Return the rows of a batch with what became of them."""
    import polars

    columns: dict[str, polars.Series] = {"va": _addresses(vas, hexadecimal)}
    for name in COLUMNS[1:]:
        if name in batch.columns:
            kind = polars.Int64 if isinstance(USUAL[name], int) else polars.String
            columns[name] = polars.Series(name, kinds[name].tolist(), kind)
    refused = found["fault"] != 0
    columns["pa"] = _addresses(found["pa"], hexadecimal).set(polars.Series(refused), None)
    names = polars.Series([None, *(fault.name.lower() for fault in list(Fault)[1:])], dtype=polars.String)
    columns["fault"] = names.gather(found["fault"].copy())
    for name in ("cause", "error"):
        values = polars.Series(found[name].copy())
        columns[name] = values.set(values == -1, None)
    for name in ("cycles", "references"):
        columns[name] = polars.Series(found[name].copy())
    return polars.DataFrame(columns)


def _addresses(addresses: Numbers, hexadecimal: bool) -> "polars.Series":
    """Return addresses as unsigned numbers, or as text."""
    import polars

    unsigned = np.ascontiguousarray(addresses).view(np.uint64)
    return polars.Series(list(map(hex, unsigned.tolist()))) if hexadecimal else polars.Series(unsigned)
