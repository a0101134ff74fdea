"""Names: the files and folders of a machine, those in memory over those of the host under its root.

A program can never leave the root: `..` of it is itself, and what a symbolic link of the host leads to outside is not
there. The host is never written to: what a program changes or makes is in the machine's memory alone.
"""

import errno
import os
from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import NamedTuple

from emulator.kernel.io.cache import PageCache
from emulator.kernel.io.file import MOST_BYTES, File, Folder, Node
from emulator.kernel.io.host import Host
from emulator.kernel.io.openfile import FileError

ROOT_NUMBER = 2  # as in Linux's own file systems
LONGEST = 255


class Place(NamedTuple):
    """Where a path leads: the folder, the name in it, "" for the folder itself, and what is there, if anything."""

    folder: Folder
    name: str
    node: Node | None
    ends_in_slash: bool = False


def nothing() -> bytes:
    """Return the content of a new file."""
    return b""


class Names:
    """All names of a machine whose files are in `cache`."""

    def __init__(self, cache: PageCache) -> None:
        self._cache, self._host = cache, Host(None)
        self._next = ROOT_NUMBER + 1
        self.root = Folder(ROOT_NUMBER, None)

    def root_at(self, folder: str) -> None:
        """Let the root show `folder` of the host."""
        self._host = Host(folder)
        self.root.host = self._host.root

    def new_file(self, mode: int = 0o644, content: Callable[[], bytes] = nothing, size: int = 0) -> File:
        """Return a file that no name stands for yet."""
        return File(self._cache, self._number(), content, size, mode)

    def _number(self) -> int:
        self._next += 1
        return self._next - 1

    # looking

    def find(self, start: Folder, path: str) -> Place:
        """Return where `path` leads from `start`. Raises FileError: ENOENT, ENOTDIR, ENAMETOOLONG, ELOOP, EACCES."""
        if not path:
            raise FileError(errno.ENOENT)
        place = Place(self.root if path[0] == "/" else start, "", None)
        place = place._replace(node=place.folder)
        for name in path.split("/"):
            if not name:
                continue
            place = self._step(place, name)
        return place._replace(ends_in_slash=path[-1] == "/")

    def _step(self, place: Place, name: str) -> Place:
        folder = place.node
        if folder is None:
            raise FileError(errno.ENOENT)
        if not isinstance(folder, Folder):
            raise FileError(errno.ENOTDIR)
        if name == ".":
            return Place(folder, name, folder)
        if name == "..":
            return Place(folder.parent, name, folder.parent)
        if len(os.fsencode(name)) > LONGEST:
            raise FileError(errno.ENAMETOOLONG)
        return Place(folder, name, self.look_up(folder, name))

    def look_up(self, folder: Folder, name: str) -> Node | None:
        """Return what `name` stands for in `folder`. Raises FileError: EACCES, ELOOP."""
        if name in folder.names or folder.host is None:
            return folder.names.get(name)
        path = os.path.join(folder.host, name)
        seen = self._host.look(path)
        if seen is None:
            return None
        if seen.path != path:  # a symbolic link; what it leads to has a name of its own
            assert self._host.root is not None, "only under a root there is anything of the host"
            inside = os.path.relpath(seen.path, self._host.root)
            return self.find(self.root, inside).node
        if seen.is_folder:
            folder.names[name] = Folder(self._number(), folder, path)
        else:
            file = self.new_file(seen.mode, lambda: self._host.read(path), seen.size)
            file.host = path
            folder.names[name] = file
        return folder.names[name]

    def list(self, folder: Folder) -> list[tuple[str, Node]]:
        """Return the names in `folder`, sorted, and what they stand for."""
        names = {name for name, node in folder.names.items() if node is not None}
        if folder.host is not None:
            names |= {name for name in self._host.names(folder.host) if name not in folder.names}
        found = []
        for name in sorted(names):
            try:
                node = self.look_up(folder, name)
            except FileError:
                continue  # what nobody may open here is not shown
            if node is not None:
                found.append((name, node))
        return found

    def path_of(self, folder: Folder) -> str:
        """Return the path of `folder` from the root. Raises FileError: ENOENT for one that was removed."""
        words: list[str] = []
        while folder is not self.root:
            if not folder.links:
                raise FileError(errno.ENOENT)
            words.append(next(name for name, node in folder.parent.names.items() if node is folder))
            folder = folder.parent
        return "/" + "/".join(reversed(words))

    def in_memory(self) -> Iterator[tuple[str, File]]:
        """Return path and file of all that programs have made or changed, or the machine was given, sorted."""
        return ((path, file) for path, file in sorted(self._known(), key=itemgetter(0)) if file.changed)

    def put_away(self) -> None:
        """Give back the frames of all files, which nobody has open or maps: the last process has ended."""
        for _, file in sorted(self._known(), key=itemgetter(0)):
            file.put_away()

    def _known(self) -> Iterator[tuple[str, File]]:
        """Yield path and file of all that was looked at, in no order."""
        left: list[tuple[str, Folder]] = [("", self.root)]
        while left:
            path, folder = left.pop()
            for name, node in folder.names.items():
                if isinstance(node, Folder):
                    left.append((f"{path}/{name}", node))
                elif isinstance(node, File):
                    yield f"{path}/{name}", node

    # changing

    def make_file(self, place: Place, mode: int) -> File:
        """Return a new empty file at `place`, where there is nothing. Raises FileError: ENOENT."""
        file = self.new_file(mode)
        file.changed = True
        self._put(place, file)
        return file

    def make_folder(self, place: Place, mode: int) -> None:
        """Make a folder at `place`. Raises FileError: EEXIST, ENOENT."""
        if place.node is not None:
            raise FileError(errno.EEXIST)
        self._put(place, Folder(self._number(), place.folder, None, mode))

    def add(self, path: str, content: bytes) -> None:
        """Let the file at `path` hold `content`, and make the folders that lead there. Raises FileError."""
        words = [word for word in path.split("/") if word]
        for count in range(1, len(words)):
            place = self.find(self.root, "/".join(words[:count]))
            if place.node is None:
                self.make_folder(place, 0o755)
        place = self.find(self.root, path)
        if not place.name or isinstance(place.node, Folder) or place.ends_in_slash:
            raise FileError(errno.EISDIR)
        if len(content) > MOST_BYTES:
            raise FileError(errno.EFBIG)
        file = self.new_file(0o644, lambda: content, len(content))
        file.changed = True
        self._put(place, file)

    def remove_file(self, place: Place) -> None:
        """Remove the file at `place`. Raises FileError: ENOENT, EISDIR, ENOTDIR."""
        if place.node is None:
            raise FileError(errno.ENOENT)
        if isinstance(place.node, Folder):
            raise FileError(errno.EISDIR)
        if place.ends_in_slash:
            raise FileError(errno.ENOTDIR)
        self._put(place, None)

    def remove_folder(self, place: Place) -> None:
        """Remove the folder at `place`. Raises FileError: ENOENT, ENOTDIR, ENOTEMPTY, EINVAL, EBUSY."""
        if place.name in (".", ".."):
            raise FileError(errno.EINVAL if place.name == "." else errno.ENOTEMPTY)
        if place.node is None:
            raise FileError(errno.ENOENT)
        if not isinstance(place.node, Folder):
            raise FileError(errno.ENOTDIR)
        if place.node is self.root:
            raise FileError(errno.EBUSY)
        if self.list(place.node):
            raise FileError(errno.ENOTEMPTY)
        self._put(place, None)

    def rename(self, old: Place, new: Place, may_replace: bool) -> None:
        """Let what is at `old` be at `new`. Raises FileError with Linux's errors (rename(2))."""
        if old.name in ("", ".", "..") or new.name in ("", ".", ".."):
            raise FileError(errno.EBUSY)
        if old.node is None:
            raise FileError(errno.ENOENT)
        if new.node is not None and not may_replace:
            raise FileError(errno.EEXIST)
        if not isinstance(old.node, Folder) and (old.ends_in_slash or new.ends_in_slash):
            raise FileError(errno.ENOTDIR)
        if old.node is new.node:
            return
        if isinstance(old.node, Folder):
            self._check_folder_may_move(old.node, new)
        elif isinstance(new.node, Folder):
            raise FileError(errno.ENOTEMPTY if self._is_within(old.folder, new.node) else errno.EISDIR)
        moved = old.node
        self._put(new, moved)
        moved.links += 1  # its name at `old` goes
        self._put(old, None)
        if isinstance(moved, Folder):
            moved.parent = new.folder

    def _check_folder_may_move(self, folder: Folder, new: Place) -> None:
        if self._is_within(new.folder, folder):
            raise FileError(errno.EINVAL)
        if isinstance(new.node, Folder) and self.list(new.node):
            raise FileError(errno.ENOTEMPTY)
        if new.node is not None and not isinstance(new.node, Folder):
            raise FileError(errno.ENOTDIR)

    def _is_within(self, inner: Folder, outer: Node) -> bool:
        while inner is not outer and inner is not self.root:
            inner = inner.parent
        return inner is outer

    def _put(self, place: Place, node: Node | None) -> None:
        """Let the name at `place` stand for `node`, and no more for what it did. Raises FileError: ENOENT."""
        if not place.folder.links:
            raise FileError(errno.ENOENT)
        gone = place.folder.names.get(place.name)
        place.folder.names[place.name] = node
        if node is None and place.folder.host is None:
            del place.folder.names[place.name]
        if gone is not None:
            gone.links -= 1
            if isinstance(gone, File):
                gone.close()
