"""System calls that open files, make them longer or shorter, and tell what a name stands for."""

import errno

from emulator.kernel.calls.files import fstat, open_file, tell_stat
from emulator.kernel.calls.paths import AT_FDCWD, find, find_there, folder_of, read_path
from emulator.kernel.io.file import MOST_BYTES, File, Folder
from emulator.kernel.io.opened import OpenedFile, OpenedFolder
from emulator.kernel.io.openfile import O_APPEND, O_NONBLOCK, O_RDONLY, FileError
from emulator.kernel.kernel import Kernel
from emulator.kernel.processes.process import Process
from emulator.kernel.service import mapped_files
from emulator.kernel.service.call import Call
from emulator.kernel.service.usercopy import TooLong

O_ACCESS, O_CREAT, O_EXCL, O_TRUNC, O_DIRECT = 0o3, 0o100, 0o200, 0o1000, 0o40000
O_DIRECTORY, O_CLOEXEC, O_PATH, O_TMPFILE = 0o200000, 0o2000000, 0o10000000, 0o20000000
UMASK, ALL_MODES = 0o022, 0o7777
AT_EMPTY_PATH = 0x1000
AT_KNOWN = AT_EMPTY_PATH | 0x100 | 0x800  # SYMLINK_NOFOLLOW, NO_AUTOMOUNT: there is nothing to follow
MFD_CLOEXEC, MFD_EXEC, MFD_NAME_BYTES = 1, 0x10, 249
MEMORY_MODE = 0o777


def _openat(kernel: Kernel, process: Process, folder: int, path: int, flags: int, mode: int) -> int:
    if flags & (O_PATH | O_DIRECT) or (flags & O_CREAT and flags & O_DIRECTORY):
        return -errno.EINVAL
    if flags & O_TMPFILE:
        whole = flags & O_DIRECTORY and flags & O_ACCESS != O_RDONLY
        return -errno.EOPNOTSUPP if whole else -errno.EINVAL
    table, name = kernel.running.descriptors, read_path(kernel, path)
    if table.is_full:
        return -errno.EMFILE
    place = find(kernel, process, folder, name)
    node = place.node
    if flags & O_CREAT and place.ends_in_slash:
        return -errno.EISDIR
    if node is None:
        if not flags & O_CREAT:
            return -errno.ENOENT
        node = kernel.files.names.make_file(place, mode & ALL_MODES & ~UMASK)
    elif flags & O_CREAT and flags & O_EXCL:
        return -errno.EEXIST
    elif isinstance(node, File):
        if flags & O_DIRECTORY or place.ends_in_slash:
            return -errno.ENOTDIR
        if node.size > MOST_BYTES:
            return -errno.EFBIG
        if flags & O_TRUNC:
            resize(kernel, node, 0)
    if isinstance(node, Folder):
        if flags & (O_ACCESS | O_CREAT | O_TRUNC):
            return -errno.EISDIR
        return _add(kernel, OpenedFolder(node), flags)
    assert isinstance(node, File), "there are files and folders"
    return _add(kernel, OpenedFile(node, flags & O_ACCESS, bool(flags & O_APPEND)), flags)


def _add(kernel: Kernel, file: OpenedFile | OpenedFolder, flags: int) -> int:
    """Return a descriptor for `file`, one more than which there is room for."""
    file.nonblocking = bool(flags & O_NONBLOCK)
    number = kernel.running.descriptors.add(file, close_on_exec=bool(flags & O_CLOEXEC))
    assert number is not None, "somebody has looked whether the table is full"
    return number


def _memfd_create(kernel: Kernel, _: Process, name: int, flags: int) -> int:
    if flags & ~(MFD_CLOEXEC | MFD_EXEC):
        return -errno.EINVAL
    try:
        kernel.user.read_string(name, MFD_NAME_BYTES + 1)
    except TooLong:
        return -errno.EINVAL
    if kernel.running.descriptors.is_full:
        return -errno.EMFILE
    file = kernel.files.names.new_file(MEMORY_MODE)
    file.links = 0
    return _add(kernel, OpenedFile(file, O_ACCESS - 1), O_CLOEXEC if flags & MFD_CLOEXEC else 0)


def resize(kernel: Kernel, file: File, size: int) -> None:
    """Let `file` have `size` bytes. Raises FileError: EFBIG, ENOSPC."""
    file.resize(size, lambda root, first: mapped_files.forget(kernel.world, kernel.spaces, root, first))


def _truncate(kernel: Kernel, process: Process, path: int, size: int) -> int:
    if size < 0:
        return -errno.EINVAL
    node = find_there(kernel, process, AT_FDCWD, read_path(kernel, path)).node
    if not isinstance(node, File):
        return -errno.EISDIR
    resize(kernel, node, size)
    node.close()
    return 0


def _ftruncate(kernel: Kernel, _: Process, descriptor: int, size: int) -> int:
    if size < 0:
        return -errno.EINVAL
    file = open_file(kernel, descriptor)
    if file is None:
        return -errno.EBADF
    if not isinstance(file, OpenedFile) or not file.writable:
        return -errno.EINVAL
    resize(kernel, file.file, size)
    return 0


def _fsync(kernel: Kernel, _: Process, descriptor: int) -> int:
    file = open_file(kernel, descriptor)
    if file is None:
        return -errno.EBADF
    return 0 if isinstance(file, OpenedFile | OpenedFolder) else -errno.EINVAL


def _newfstatat(kernel: Kernel, process: Process, folder: int, path: int, address: int, flags: int) -> int:
    if flags & ~AT_KNOWN:
        return -errno.EINVAL
    name = read_path(kernel, path)
    if not name and flags & AT_EMPTY_PATH:
        if folder == AT_FDCWD:
            return tell_stat(kernel, folder_of(kernel, process, folder).stat, address)
        return fstat(kernel, process, folder, address)
    node = find_there(kernel, process, folder, name).node
    if node is None:
        raise FileError(errno.ENOENT)
    return tell_stat(kernel, node.stat, address)


CALLS = (
    Call(
        "openat",
        "iwiu",
        _openat,
        "opens a file or folder under the root; `O_CREAT`, `_EXCL`, `_TRUNC`, `_APPEND`, `_DIRECTORY`, `_CLOEXEC`, "
        "`_NONBLOCK`; `O_TMPFILE` gives EOPNOTSUPP, `O_PATH` and `O_DIRECT` EINVAL; all may be read and written, "
        "and what is written to a file of the host is in memory alone",
    ),
    Call("memfd_create", "wu", _memfd_create, "makes a file without a name; `MFD_CLOEXEC`; seals, huge pages: EINVAL"),
    Call("truncate", "ww", _truncate, "makes a file longer or shorter, up to 1 GiB; what it loses is unmapped"),
    Call("ftruncate", "iw", _ftruncate, "the same of an open file"),
    Call("fsync", "i", _fsync, "nothing to do: no file leaves memory"),
    Call("fdatasync", "i", _fsync, "the same"),
    Call("newfstatat", "iwwi", _newfstatat, "as `fstat`, of a name, with `AT_EMPTY_PATH` of a descriptor"),
)
