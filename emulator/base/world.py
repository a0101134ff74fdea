"""The world of a machine: the arrays that hold all of its state, and how compiled code finds them.

What crosses from Python into compiled code is one number: the address of a table of the arrays' addresses and lengths.
"""

from collections.abc import Iterator
from ctypes import addressof, c_int64
from typing import Any

import numpy as np
import numpy.typing as npt

ARRAYS = ("harts", "chips", "kernels", "memory", "frames")


class World:
    """All state of a machine, unpacked as (harts, chips, kernels, memory, frames), and the `image` that works on it.

    While `image` is None, plain Python works on it.
    """

    def __init__(
        self,
        harts: npt.NDArray[Any],
        chips: npt.NDArray[Any],
        kernels: npt.NDArray[Any],
        memory: npt.NDArray[np.int64],
        frames: npt.NDArray[Any],
    ) -> None:
        self.harts, self.chips, self.kernels, self.memory, self.frames = harts, chips, kernels, memory, frames
        self.image: Any = None
        self.failed = c_int64(0)  # set by compiled code that has found an index out of bounds
        numbers = [addressof(self.failed)]
        for array in self:
            assert array.flags.c_contiguous, "compiled code takes arrays without gaps"
            numbers += array.ctypes.data, len(array)
        self._table = (c_int64 * len(numbers))(*numbers)
        self.address = addressof(self._table)

    def __iter__(self) -> Iterator[npt.NDArray[Any]]:
        return iter((self.harts, self.chips, self.kernels, self.memory, self.frames))
