"""The world of a machine: the record that holds all of its state, physical memory, and who works on them.

What crosses from Python into compiled code is one number: the address of the record. Plain Python gets this object,
whose attributes are the record's parts by the same names.
"""

from typing import Any

import numpy as np
import numpy.typing as npt


class World:
    """All state of a machine: `records`, one `WORLD` record in an array of shape (1,), and `memory`, 8-byte words.

    Each part of the record is an attribute: nested records as records, arrays of them as arrays, all of them views.
    While `image` is None, plain Python works on it.
    """

    def __init__(self, records: npt.NDArray[Any], memory: npt.NDArray[np.int64]) -> None:
        assert memory.flags.c_contiguous, "compiled code takes memory without gaps"
        self.records, self.memory = records, memory
        self.image: Any = None
        self.address = records.ctypes.data
        for name in records.dtype.names or ():
            if name not in ("memory", "memory_bytes", "failed"):
                setattr(self, name, records[name][0])
        records["memory"], records["memory_bytes"] = memory.ctypes.data, memory.nbytes

    def __getattr__(self, name: str) -> Any:
        """Return a part of the record. Raises AttributeError for one that there is not."""
        raise AttributeError(f"a world has no {name!r}")

    @property
    def harts(self) -> npt.NDArray[Any]:
        """The harts that the machine has, a view of `HART` records of shape (harts,)."""
        harts: npt.NDArray[Any] = self.hart[: int(self.chip.harts)]
        return harts

    @property
    def tasks(self) -> npt.NDArray[Any]:
        """What the kernel knows of each of them, `TASK` records of shape (harts,)."""
        tasks: npt.NDArray[Any] = self.task[: int(self.chip.harts)]
        return tasks

    @property
    def failed(self) -> bool:
        """Whether compiled code has found an index out of bounds; asking forgets it."""
        found = bool(self.records["failed"][0])
        if found:
            self.records["failed"] = 0
        return found
