"""Files and folders: what names stand for."""

import errno
from collections.abc import Callable

from emulator.base.bits import PAGE_BYTES
from emulator.hardware.memory import whole_pages
from emulator.kernel.io.cache import PageCache
from emulator.kernel.io.openfile import FileError, Stat

FILES = 1  # the device that files and folders are on; streams are on another, 0
S_IFDIR, S_IFREG = 0o040000, 0o100000
MOST_BYTES = 1 << 30  # of one file; what is beyond gives EFBIG


class Node:
    """What a name stands for: its number, its mode, how many names stand for it."""

    def __init__(self, number: int, mode: int) -> None:
        self.number, self.mode = number, mode
        self.links = 1

    @property
    def size(self) -> int:
        """Its size in bytes."""
        return 0

    @property
    def stat(self) -> Stat:
        """What fstat tells."""
        return Stat(FILES, self.number, self.mode, self.links, self.size)


class Folder(Node):
    """A folder: names and what they stand for, None for a name that the host's folder `host` has and this one has not.

    The names of the host that nobody has asked for are not there yet.
    """

    def __init__(self, number: int, parent: "Folder | None", host: str | None = None, mode: int = 0o755) -> None:
        super().__init__(number, S_IFDIR | mode)
        self.parent, self.host = parent or self, host
        self.names: dict[str, Node | None] = {}

    @property
    def stat(self) -> Stat:
        """What fstat tells: a folder has a name in itself, too."""
        return super().stat._replace(links=2 if self.links else 0)


class File(Node):
    """A file of `size` bytes, which `content` gives when they are first asked for.

    They are in the page cache once it is written to or mapped, and as long as it is open or somebody has changed it:
    else they lie apart, as on a disk. A file without a name and without an open file that stands for it is gone.
    """

    def __init__(self, cache: PageCache, number: int, content: Callable[[], bytes], size: int, mode: int) -> None:
        super().__init__(number, S_IFREG | mode)
        self._cache, self._content, self._size = cache, content, size
        self._pages: dict[int, bytes] | None = None  # those that are not zeros, by number, while `root` is 0
        self._stored = 0  # where storage has them
        self.host: str | None = None  # the real path of a file of the host
        self.root = 0  # the place of its tree in the page cache
        self.opens = 0
        self.changed = False

    @property
    def size(self) -> int:
        """Its size in bytes."""
        return self._size

    def read(self, position: int, size: int) -> bytes:
        """Return up to `size` bytes from `position` on, none beyond the end."""
        size = max(min(size, self._size - position), 0)
        if self.root:
            return self._cache.read(self.root, position, size)
        first, skip = divmod(position, PAGE_BYTES)
        pages = self._apart()
        numbers = range(first, -(-(position + size) // PAGE_BYTES))
        found = b"".join(pages.get(number, b"").ljust(PAGE_BYTES, b"\0") for number in numbers)
        return found[skip : skip + size]

    def write(self, position: int, data: bytes) -> int:
        """Write as much of `data` as there is room for; return how much. Raises FileError: EFBIG, ENOSPC."""
        if data and position >= MOST_BYTES:
            raise FileError(errno.EFBIG)
        data = data[: MOST_BYTES - position]
        self.hold()
        if data and position > self._size:
            self._cache.clear_tail(self.root, self._size)
        done = self._cache.write(self.root, position, data)
        if data and not done:
            raise FileError(errno.ENOSPC)
        self.changed = True
        if position + done > self._size:
            self._grow(position + done)
        return done

    def resize(self, size: int, forget: Callable[[int, int], None]) -> None:
        """Let it have `size` bytes. Raises FileError: EFBIG, ENOSPC.

        `forget` is called with its root and the first offset beyond the last page: no page table may map what follows.
        """
        if size > MOST_BYTES:
            raise FileError(errno.EFBIG)
        self.hold()
        self.changed = True
        if size >= self._size:
            self._cache.clear_tail(self.root, self._size)
            self._grow(size)
            return
        self._grow(size)
        if self._cache.is_mapped(self.root):
            forget(self.root, whole_pages(size))
        self._cache.cut(self.root, size)

    def _grow(self, size: int) -> None:
        self._size = size
        self._cache.set_size(self.root, size)

    def hold(self) -> None:
        """See to it that its pages are in the page cache. Raises FileError: EFBIG, ENOSPC."""
        if not self.root:
            if self._size > MOST_BYTES:
                raise FileError(errno.EFBIG)
            pages = self._apart()
            if pages and not self._stored:
                self._stored = self._cache.store(pages.items(), self._size)
            self.root = self._cache.plant(self._stored, self._size if pages else 0)
            self._cache.set_size(self.root, self._size)

    def pages(self) -> dict[int, bytes]:
        """Return what its pages hold, by number, those left out that hold zeros."""
        return self._cache.pages(self.root, self._size) if self.root else self._apart()

    def _apart(self) -> dict[int, bytes]:
        if self._pages is None:
            content = self._content()[: self._size]
            starts = range(0, len(content), PAGE_BYTES)
            self._pages = {start // PAGE_BYTES: content[start : start + PAGE_BYTES] for start in starts}
        return self._pages

    def close(self) -> None:
        """Note that one open file fewer stands for it, or one name."""
        if not self.root or self.opens:
            return
        if not self.links or (not self.changed and not self._cache.is_mapped(self.root)):
            self._leave()

    def put_away(self) -> None:
        """Give its frames back, which nobody maps: what they hold lies apart from now on."""
        if self.root:
            if self.changed:
                self._pages, self._stored = self._cache.pages(self.root, self._size), 0
            self._leave()

    def _leave(self) -> None:
        self._cache.leave(self.root)
        self.root = 0
