"""Blocks of the host's memory, zeroed, whose pages the host gives as they are touched."""

import mmap

import numpy as np
import numpy.typing as npt

from emulator.base.record import I8

MAP_NORESERVE = 0x4000  # Linux, mmap(2): the size is a bound, not a claim on the host's memory


def allocate(size: int) -> npt.NDArray[np.int64]:
    """Return `size` bytes (a multiple of 4096) of zeroed memory as words; the host gives pages only when touched.

    Large host pages are asked for: a simulated page copy then costs a copy, not a host page fault.
    """
    block = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | MAP_NORESERVE)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        try:
            block.madvise(mmap.MADV_HUGEPAGE)
        except OSError:
            pass  # a host without them serves small pages: slower, the same result
    return np.frombuffer(block, I8)
