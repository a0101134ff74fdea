"""Nested records: the shape of all machine state, seen by jitted code and by Python as the same bytes."""

from typing import Any

import numpy as np

I8 = np.int64
I4 = np.int32
I2 = np.int16

Field = tuple[Any, ...]


LINE = 64  # bytes of a line of the host's caches
LARGE = 1024


def record(*fields: Field) -> np.dtype[Any]:
    """Return a record dtype of `(name, type)` or `(name, type, shape)` fields.

    Large arrays, and records that hold some, begin on a line of the host's caches: then a set of a simulated cache of
    16 ways is one such line. A field named like an attribute of `np.record` (`flags`, `base`, ...) would be hidden in
    plain Python: refused.
    """
    clash = {field[0] for field in fields} & set(dir(np.record))
    assert not clash, f"field names {sorted(clash)} hide attributes of np.record"
    formats = [np.dtype((field[1], field[2])) if len(field) > 2 else np.dtype(field[1]) for field in fields]
    offsets, end, widest = [], 0, 1
    for kind in formats:
        step = _alignment(kind)
        end = -(-end // step) * step
        offsets.append(end)
        end, widest = end + kind.itemsize, max(widest, step)
    layout: Any = {"names": [field[0] for field in fields], "formats": formats, "offsets": offsets}
    layout["itemsize"] = -(-end // widest) * widest
    return np.dtype((np.record, np.dtype(layout)))


def _alignment(kind: np.dtype[Any]) -> int:
    """Return what the address of a field is a multiple of: 1, or LINE. Small records are packed, there being many."""
    inner = kind.base
    if inner.names:
        return max(_alignment(inner[name]) for name in inner.names)
    return LINE if kind.itemsize >= LARGE else 1
