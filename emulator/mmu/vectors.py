"""Accesses in columns, as `Mmu.translate_many` takes and answers them: a value for all, or an array of one for each."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from emulator.base.bits import ASID_LIMIT, asid_bits_of
from emulator.base.errors import ConfigError, nearest, shown
from emulator.base.names import Access, Fault, Privilege
from emulator.config.numbers import as_whole
from emulator.paging.architecture import Architecture
from emulator.world.hart import MAX_LEVELS

SIZES = (1, 2, 4, 8)
ACCESSES = {access.name.lower(): access.value for access in Access}
PRIVILEGES = {mode.name.lower(): mode.value for mode in Privilege}
OUTCOME = np.dtype(
    [(name, np.int64) for name in ("pa", "fault", "cause", "cycles", "references", "error")]
)  # as `hardware/many.py` fills it
COLUMNS: tuple[str, ...] = OUTCOME.names or ()
NONE = -1

Numbers = npt.NDArray[np.int64]


class Kinds(NamedTuple):
    """The kinds of access among many.

    `rows` has shape (k, 4): access, size, privilege, ASID. `which` says which row each access is of; it is empty where
    all are of the first.
    """

    rows: Numbers
    which: Numbers


def addresses(vas: object) -> Numbers:
    """Return virtual addresses as compiled code takes them. Raises ConfigError for what is no row of integers."""
    found = vas if isinstance(vas, np.ndarray) else np.array(vas, object)
    if found.ndim != 1 or (len(found) and found.dtype.kind not in "iuO"):
        raise ConfigError(f"vas: {found.dtype} of shape {found.shape}; integers of shape (n,) are right")
    if found.dtype == object:
        return np.array([address(va) for va in found], np.int64)
    if found.dtype == np.int64:
        return np.ascontiguousarray(found)
    return np.ascontiguousarray(found).astype(np.uint64, copy=False).view(np.int64)


def address(va: object) -> int:
    """Return a virtual address, signed or unsigned, as compiled code takes it."""
    return signed(as_whole(va, "va", -(1 << 63), (1 << 64) - 1))


def signed(value: int) -> int:
    """Return the 64-bit pattern of `value` as the signed number that compiled code works on."""
    value &= (1 << 64) - 1
    return value - (1 << 64) if value >> 63 else value


def word(key: str, name: object, known: Mapping[str, int]) -> int:
    """Return what `known` has under `name`. Raises ConfigError, naming `key` and the nearest name."""
    if not isinstance(name, str) or name not in known:
        near = nearest(name, known) if isinstance(name, str) else ""
        raise ConfigError(f"{key}: '{shown(name)}'; one of {', '.join(known)} is right{near}")
    return known[name]


def size_of(size: object) -> int:
    """Return the size of an access. Raises ConfigError for one that there is not."""
    found = as_whole(size, "size", -(1 << 64), 1 << 64)
    if found not in SIZES:
        raise ConfigError(f"size: {found} bytes; 1, 2, 4 or 8 is right")
    return found


def asid_of(asid: object) -> int:
    """Return an ASID. Raises ConfigError for one that there is not."""
    return as_whole(asid, "asid", 0, ASID_LIMIT - 1)


def asid_bits(asid: object, name: str = "asid") -> int:
    """Return an ASID, named so in errors, as a TLB's key has it. Raises ConfigError for one that there is not."""
    bits: int = asid_bits_of(as_whole(asid, name, 0, ASID_LIMIT - 1))
    return signed(bits)


def kinds_of(count: int, access: object, size: object, privilege: object, asid: object) -> Kinds:
    """Return the kinds of `count` accesses, each argument a value for all or a row of `count` values.

    Raises ConfigError for a value that there is not, and for a row of another length.
    """
    columns = [
        _column("access", access, count, lambda name: word("access", name, ACCESSES)),
        _column("size", size, count, size_of),
        _column("privilege", privilege, count, lambda name: word("privilege", name, PRIVILEGES)),
        _column("asid", asid, count, asid_of),
    ]
    if count == 0:
        return Kinds(np.zeros((1, len(columns)), np.int64), np.zeros(0, np.int64))
    if all(isinstance(column, int) for column in columns):
        return Kinds(np.array([columns], np.int64), np.zeros(0, np.int64))
    bounds = (len(Access), max(SIZES) + 1, len(Privilege), ASID_LIMIT)
    codes = np.ravel_multi_index(np.broadcast_arrays(*columns), bounds)
    present = np.zeros(np.prod(bounds), bool)
    present[codes] = True
    used = np.flatnonzero(present)
    rank = np.zeros(len(present), np.int64)
    rank[used] = np.arange(len(used))
    return Kinds(np.stack(np.unravel_index(used, bounds), axis=1).astype(np.int64), rank[codes])


def _column(key: str, value: object, count: int, read: Callable[[object], int]) -> int | Numbers:
    """Return `value`, or each of a row of `count` values, as a number."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        return read(value)
    row = value if isinstance(value, np.ndarray) else np.array(value, object)
    if row.shape != (count,):
        raise ConfigError(f"{key}: of shape {row.shape}; one value, or as many as addresses, ({count},), is right")
    found, inverse = np.unique(row, return_inverse=True) if row.dtype != object else _distinct(row)
    return np.array([read(each) for each in found.tolist()], np.int64)[inverse]


def _distinct(row: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """As `np.unique`, for values that have no order."""
    places: dict[object, int] = {}
    inverse = [places.setdefault(each, len(places)) for each in row]
    found = np.empty(len(places), object)
    found[:] = list(places)
    return found, np.array(inverse, np.int64)


def columns_of(keep: object) -> list[str]:
    """Return the columns of OUTCOME that `keep` names, in OUTCOME's order. Raises ConfigError for another name."""
    names = [keep] if isinstance(keep, str) else list(keep) if isinstance(keep, Iterable) else [keep]
    for name in names:
        word("keep", name, dict.fromkeys(COLUMNS, 0))
    return [name for name in COLUMNS if name in names]


def judge(found: npt.NDArray[Any], kinds: Kinds, which: Numbers, of: Architecture, on: Mapping[str, bool]) -> None:
    """Give the rows of `found` that were refused, accesses of the kinds `which`, what the architecture makes of it.

    That is the number of the exception and, where `error` has the level that the refusal was at, the error code; `on`
    are the switches.
    """
    rows = np.flatnonzero(found["fault"])
    kind = which[rows] if len(which) else np.zeros(len(rows), np.int64)
    bounds = len(kinds.rows), len(Fault), MAX_LEVELS + 1
    codes = np.ravel_multi_index((kind, found["fault"][rows], found["error"][rows] + 1), bounds)
    used, inverse = np.unique(codes, return_inverse=True)
    said = np.empty((len(used), 2), np.int64)
    for row, (number, value, above) in enumerate(zip(*np.unravel_index(used, bounds), strict=True)):
        access, mode = Access(kinds.rows[number, 0]), Privilege(kinds.rows[number, 2])
        error = of.error(Fault(value), access, mode, on, int(above) - 1)
        said[row] = of.cause(Fault(value), access, mode), NONE if error is None else error
    found["cause"][rows], found["error"][rows] = said[inverse].T
