"""The page cache: the pages of files in frames of the machine, where mappings and calls find the same bytes.

A file that has been written to or mapped has a tree (`memory/object_pages.py`) whose root holds one reference for the
file itself. What was not read into memory yet lies in storage, beyond the frames that processes get.
"""

import errno
from collections.abc import Iterable, Iterator
from typing import Protocol

from emulator.base.bits import PAGE_BYTES
from emulator.base.world import World
from emulator.hardware.memory import read_bytes, whole_pages, write_bytes
from emulator.kernel.doors import entries, files
from emulator.kernel.doors.writing import put_bytes
from emulator.kernel.io.openfile import FileError
from emulator.kernel.memory.frames import NONE
from emulator.kernel.programs.storage import OutOfStorage, Storage


class Served(Protocol):
    """The hart that Python serves."""

    number: int


class PageCache:
    """The page cache of `world`, as `hart` works on it. A tree is named by the place of its root."""

    def __init__(self, world: World, hart: Served, storage: Storage) -> None:
        self._world, self._hart, self.storage = world, hart, storage
        self.roots: set[int] = set()  # of all trees that files have

    def store(self, pages: Iterable[tuple[int, bytes]], size: int) -> int:
        """Return the place of storage that holds `pages`, by number, of a file. Raises FileError: EFBIG."""
        try:
            place = self.storage.take(whole_pages(size))
        except OutOfStorage:
            raise FileError(errno.EFBIG) from None
        for number, content in pages:
            write_bytes(self._world.memory, place + number * PAGE_BYTES, content)
        return place

    def plant(self, place: int, size: int) -> int:
        """Return a new tree for a file of `size` bytes that are stored at `place`. Raises FileError: ENOSPC."""
        frame = int(entries.new_frame(self._world, self._hart.number))
        if frame == NONE:
            raise FileError(errno.ENOSPC)
        root, pages = frame * PAGE_BYTES, whole_pages(size) // PAGE_BYTES
        if not files.store_file(self._world, self._hart.number, root, place // PAGE_BYTES, pages):
            self.leave(root)
            raise FileError(errno.ENOSPC)
        self.roots.add(root)
        return root

    def leave(self, root: int) -> None:
        """Drop the file's own reference to its tree: its frames go with the last mapping."""
        self.roots.discard(root)
        files.leave_file(self._world, self._hart.number, root)

    def is_mapped(self, root: int) -> bool:
        """Return whether a region has the file."""
        return int(self._world.frame["refs"][root // PAGE_BYTES]) > 1

    def set_size(self, root: int, size: int) -> None:
        """Let accesses to pages beyond `size` bytes be refused."""
        self._world.frame["cached"][root // PAGE_BYTES] = whole_pages(size) // PAGE_BYTES

    def has_page(self, root: int, offset: int) -> bool:
        """Return whether the file is so long that a byte of the page at `offset` is in it."""
        return offset // PAGE_BYTES < int(self._world.frame["cached"][root // PAGE_BYTES])

    def cut(self, root: int, size: int) -> None:
        """Give up what lies beyond `size` bytes, which no page table maps. Raises FileError: ENOSPC."""
        files.cut_file(self._world, self._hart.number, root, whole_pages(size))
        self.clear_tail(root, size)

    def clear_tail(self, root: int, size: int) -> None:
        """Let zeros come after `size` bytes on the last page. Raises FileError: ENOSPC."""
        rest = -size % PAGE_BYTES
        if rest and entries.find_place(self._world, root, size) and not self.write(root, size, bytes(rest)):
            raise FileError(errno.ENOSPC)

    def read(self, root: int, position: int, size: int) -> bytes:
        """Return `size` bytes, zeros where there is no page."""
        found = []
        for offset, length in _pieces(position, size):
            place = int(entries.find_place(self._world, root, offset))
            if place:
                files.touch_page(self._world, self._hart.number, place, length)
            found.append(read_bytes(self._world.memory, place, length) if place else bytes(length))
        return b"".join(found)

    def write(self, root: int, position: int, data: bytes) -> int:
        """Write as much of `data` as there are frames for; return how much."""
        done = 0
        for offset, length in _pieces(position, len(data)):
            page = int(files.cache_page(self._world, self._hart.number, root, offset))
            if not page:
                break
            place = page + offset % PAGE_BYTES
            files.touch_page(self._world, self._hart.number, place, length)
            put_bytes(self._world, self._hart.number, place, data[done : done + length])
            done += length
        return done

    def pages(self, root: int, size: int) -> dict[int, bytes]:
        """Return what the pages of a file hold, by number, those left out that hold zeros; it costs nothing."""
        found = {}
        for offset in range(0, whole_pages(size), PAGE_BYTES):
            place = int(entries.find_place(self._world, root, offset))
            content = read_bytes(self._world.memory, place, min(PAGE_BYTES, size - offset)) if place else b""
            if any(content):
                found[offset // PAGE_BYTES] = content
        return found


def _pieces(position: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield (offset, size) of what each page has of a range."""
    while size > 0:
        length = min(size, PAGE_BYTES - position % PAGE_BYTES)
        yield position, length
        position += length
        size -= length
