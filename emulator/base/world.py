"""The world of a machine: the record that holds all of its state, physical memory, and who works on them.

What crosses from Python into compiled code is one number: the address of the record. Plain Python gets this object,
whose attributes are the record's parts by the same names.
"""

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from emulator.base.parts import Parts, part_of

FEW = 256  # records that are made a `Part` each and kept: harts, and what the kernel knows of them


class World:
    """All state of a machine: `records`, one `WORLD` record in an array of shape (1,), and `memory`, 8-byte words.

    Each part of the record is an attribute, a view: nested records, harts and tasks as in `base/parts.py`, arrays of
    other records as NumPy's. While `image` is None, plain Python works on it.
    """

    def __init__(self, records: npt.NDArray[Any], memory: npt.NDArray[np.int64]) -> None:
        assert memory.flags.c_contiguous, "compiled code takes memory without gaps"
        self.records, self.memory = records, memory
        self.image: Any = None
        self.address = records.ctypes.data
        self.failed = memoryview(records["failed"].data)  # [0] is 1 if compiled code has found an index out of bounds
        for name in records.dtype.names or ():
            if name not in ("memory", "memory_bytes", "failed"):
                setattr(self, name, _seen(records[name]))
        self.hold_memory()

    def hold_memory(self) -> None:
        """Let the record say where the memory stands, whatever it said."""
        self.records["memory"], self.records["memory_bytes"] = self.memory.ctypes.data, self.memory.nbytes

    def __getattr__(self, name: str) -> Any:
        """Return a part of the record. Raises AttributeError for one that there is not."""
        raise AttributeError(f"a world has no {name!r}")

    @cached_property
    def harts(self) -> npt.NDArray[Any]:
        """The harts that the machine has, a view of `HART` records of shape (harts,)."""
        return np.asarray(self.records["hart"][0, : int(self.chip.harts)])

    @cached_property
    def tasks(self) -> npt.NDArray[Any]:
        """What the kernel knows of each of them, `TASK` records of shape (harts,)."""
        return np.asarray(self.records["task"][0, : int(self.chip.harts)])


def _seen(field: npt.NDArray[Any]) -> Any:
    """Return a part of the one world as Python takes it."""
    if field.ndim == 1:
        return part_of(field)
    few = field.dtype.names and field.shape[1] <= FEW
    return Parts(field[0]) if few else field[0]
