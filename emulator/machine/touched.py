"""Which pages of the host's memory have been touched: the host is asked, and where it says nothing, all may have been.

Linux tells it by /proc/self/pagemap: from 6.7 on in runs of pages (`PAGEMAP_SCAN`), a hundred times as quickly as in
an entry for each page, which older ones have (Documentation/admin-guide/mm/pagemap.rst).
"""

import fcntl
import struct
from mmap import PAGESIZE
from typing import IO

import numpy as np

from emulator.base.bits import PAGE_BYTES

Runs = list[tuple[int, int]]  # of pages: the first, and the one after the last

SCAN = 0xC0606610  # _IOWR('f', 16, struct pm_scan_arg)
ARGUMENT = struct.Struct("=12Q")  # size, flags, start, end, walk_end, vec, vec_len, max_pages, and four masks
WALK_END = 4
PRESENT, SWAPPED = 1 << 3, 1 << 4
REGIONS = 512  # at a time

ENTRY_BYTES = 8
IN_USE = np.uint64(62)  # this bit of an entry and the next: the page is in memory, or in swap


def touched(address: int, pages: int) -> Runs:
    """Return runs of pages that may hold anything but zeros, of so many from `address` on, counted from there."""
    if PAGESIZE == PAGE_BYTES:
        try:
            with open("/proc/self/pagemap", "rb", buffering=0) as pagemap:
                return _told(pagemap, address, pages)
        except OSError:
            pass
    return [(0, pages)]


def _told(pagemap: IO[bytes], address: int, pages: int) -> Runs:
    try:
        return _scanned(pagemap, address, pages)
    except OSError:
        return _read(pagemap, address, pages)


def _scanned(pagemap: IO[bytes], address: int, pages: int) -> Runs:
    regions = np.zeros((REGIONS, 3), np.uint64)  # start, end, categories
    start, end = address, address + pages * PAGE_BYTES
    found: Runs = []
    while start < end:
        vector = (regions.ctypes.data, REGIONS, 0)
        argument = bytearray(ARGUMENT.pack(ARGUMENT.size, 0, start, end, 0, *vector, 0, 0, *(PRESENT | SWAPPED,) * 2))
        count = fcntl.ioctl(pagemap, SCAN, argument)
        bounds = (regions[:count, :2].astype(np.int64) - address) // PAGE_BYTES
        found += [(first, last) for first, last in bounds.tolist()]
        start = ARGUMENT.unpack(argument)[WALK_END]
    return found


def _read(pagemap: IO[bytes], address: int, pages: int) -> Runs:
    pagemap.seek(address // PAGE_BYTES * ENTRY_BYTES)
    entries = np.frombuffer(pagemap.read(pages * ENTRY_BYTES), np.uint64)
    if len(entries) != pages:
        raise OSError("the pagemap ends early")
    edges = np.flatnonzero(np.diff(np.concatenate(([0], entries >> IN_USE != 0, [0])))).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))
