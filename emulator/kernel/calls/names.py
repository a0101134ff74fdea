"""System calls on names: folders, what is in them, where a process stands; removing and renaming."""

import errno
import os
import struct

from emulator.kernel.calls.files import open_file
from emulator.kernel.calls.paths import AT_FDCWD, find, find_there, folder_of, read_path
from emulator.kernel.io.file import Folder, Node
from emulator.kernel.io.opened import OpenedFolder
from emulator.kernel.kernel import Kernel
from emulator.kernel.processes.process import Process
from emulator.kernel.service.call import Call

AT_REMOVEDIR = 0x200
AT_ACCESS_KNOWN = 0x100 | 0x200 | 0x1000  # SYMLINK_NOFOLLOW, EACCESS, EMPTY_PATH
AT_EMPTY_PATH = 0x1000
RENAME_NOREPLACE = 1
X_OK, ALL_OK, EXECUTABLE = 1, 7, 0o111
UMASK, ALL_MODES = 0o022, 0o7777
ENTRY = struct.Struct("<QqHB")
ALIGNMENT = 8
TYPE_SHIFT = 12  # of a mode: what is above is the type that getdents64 tells


def _getcwd(kernel: Kernel, process: Process, address: int, size: int) -> int:
    names = kernel.files.names
    path = os.fsencode(names.path_of(process.folder or names.root)) + b"\0"
    if not len(path) <= size % (1 << 64):
        return -errno.ERANGE
    kernel.user.write(address, path)
    return len(path)


def _chdir(kernel: Kernel, process: Process, path: int) -> int:
    node = find_there(kernel, process, AT_FDCWD, read_path(kernel, path)).node
    if not isinstance(node, Folder):
        return -errno.ENOTDIR
    process.folder = node
    return 0


def _fchdir(kernel: Kernel, process: Process, descriptor: int) -> int:
    if descriptor == AT_FDCWD:
        return -errno.EBADF
    process.folder = folder_of(kernel, process, descriptor)
    return 0


def _mkdirat(kernel: Kernel, process: Process, folder: int, path: int, mode: int) -> int:
    place = find(kernel, process, folder, read_path(kernel, path))
    kernel.files.names.make_folder(place, mode & ALL_MODES & ~UMASK)
    return 0


def _unlinkat(kernel: Kernel, process: Process, folder: int, path: int, flags: int) -> int:
    if flags & ~AT_REMOVEDIR:
        return -errno.EINVAL
    place = find(kernel, process, folder, read_path(kernel, path))
    if flags & AT_REMOVEDIR:
        kernel.files.names.remove_folder(place)
    else:
        kernel.files.names.remove_file(place)
    return 0


def _renameat2(kernel: Kernel, process: Process, old_at: int, old: int, new_at: int, new: int, flags: int) -> int:
    if flags & ~RENAME_NOREPLACE:
        return -errno.EINVAL
    first = find(kernel, process, old_at, read_path(kernel, old))
    second = find(kernel, process, new_at, read_path(kernel, new))
    kernel.files.names.rename(first, second, may_replace=not flags)
    return 0


def _faccessat(kernel: Kernel, process: Process, folder: int, path: int, mode: int) -> int:
    return _faccessat2(kernel, process, folder, path, mode, 0)


def _faccessat2(kernel: Kernel, process: Process, folder: int, path: int, mode: int, flags: int) -> int:
    if mode & ~ALL_OK or flags & ~AT_ACCESS_KNOWN:
        return -errno.EINVAL
    name = read_path(kernel, path)
    if not name and flags & AT_EMPTY_PATH:
        return 0 if folder == AT_FDCWD or open_file(kernel, folder) else -errno.EBADF
    node = find_there(kernel, process, folder, name).node
    refused = mode & X_OK and node is not None and not node.mode & EXECUTABLE
    return -errno.EACCES if refused else 0


def _readlinkat(kernel: Kernel, process: Process, folder: int, path: int, _: int, size: int) -> int:
    if size <= 0:
        return -errno.EINVAL
    find_there(kernel, process, folder, read_path(kernel, path))
    return -errno.EINVAL


def _getdents64(kernel: Kernel, _: Process, descriptor: int, address: int, size: int) -> int:
    file = open_file(kernel, descriptor)
    if file is None:
        return -errno.EBADF
    if not isinstance(file, OpenedFolder):
        return -errno.ENOTDIR
    if not file.folder.links:
        return -errno.ENOENT
    if file.position == 0:
        here: list[tuple[str, Node]] = [(".", file.folder), ("..", file.folder.parent)]
        here += kernel.files.names.list(file.folder)
        file.listed = [(name, node.number, node.mode) for name, node in here]
    found, position = b"", file.position
    for name, number, mode in file.listed[position:]:
        entry = _entry(name, number, mode, position + 1)
        if len(found) + len(entry) > size:
            break
        found, position = found + entry, position + 1
    if not found and position < len(file.listed):
        return -errno.EINVAL
    kernel.user.write(address, found)
    file.position = position
    return len(found)


def _entry(name: str, number: int, mode: int, after: int) -> bytes:
    """Return what getdents64 writes of one name."""
    text = os.fsencode(name) + b"\0"
    length = -(-(ENTRY.size + len(text)) // ALIGNMENT) * ALIGNMENT
    return (ENTRY.pack(number, after, length, mode >> TYPE_SHIFT) + text).ljust(length, b"\0")


CALLS = (
    Call("getcwd", "ww", _getcwd, "the folder that paths begin at which begin with no `/`: at first the root"),
    Call("chdir", "w", _chdir, "goes to another one; no path leads out of the root, `..` of which is itself"),
    Call("fchdir", "i", _fchdir, "goes to an open one"),
    Call("mkdirat", "iwu", _mkdirat, "makes a folder, in memory"),
    Call(
        "unlinkat",
        "iwi",
        _unlinkat,
        "removes a name, with `AT_REMOVEDIR` an empty folder; the host keeps its own",
    ),
    Call("renameat2", "iwiwu", _renameat2, "renames a file or folder; `RENAME_NOREPLACE`; exchanging gives EINVAL"),
    Call("faccessat", "iwi", _faccessat, "says whether there is something, and whether its mode lets anybody run it"),
    Call("faccessat2", "iwii", _faccessat2, "the same, with flags"),
    Call("readlinkat", "iwwi", _readlinkat, "EINVAL: no name is a symbolic link, those of the host are followed"),
    Call("getdents64", "iwu", _getdents64, "reads the names in a folder, sorted"),
)
