"""Nested records: the shape of all machine state, seen by jitted code and by Python as the same bytes."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

I8 = np.int64
I4 = np.int32
I2 = np.int16

Field = tuple[Any, ...]


def record(*fields: Field) -> np.dtype[Any]:
    """Return a record dtype of `(name, type)` or `(name, type, shape)` fields.

    A field named like an attribute of `np.record` (`flags`, `base`, ...) would be hidden in plain Python: refused.
    """
    clash = {field[0] for field in fields} & set(dir(np.record))
    assert not clash, f"field names {sorted(clash)} hide attributes of np.record"
    return np.dtype((np.record, list(fields)), align=True)


def views(array: npt.NDArray[Any]) -> SimpleNamespace:
    """Return `array`'s fields as a namespace of ndarray views, nested records included: the same bytes, no copies.

    Each view keeps the leading shape of `array`, so `views(harts).regs[h, 5]` is register x5 of hart h.
    """
    found = {}
    for name in array.dtype.names or ():
        field = array[name]
        found[name] = views(field) if field.dtype.names else np.asarray(field)
    return SimpleNamespace(**found)
