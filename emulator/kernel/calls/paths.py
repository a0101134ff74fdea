"""Where the paths that system calls are given lead: from the root, a process's folder, or an open folder."""

import errno
import os

from emulator.base.bits import PAGE_BYTES
from emulator.kernel.calls.files import open_file
from emulator.kernel.io.file import Folder
from emulator.kernel.io.names import Place
from emulator.kernel.io.opened import OpenedFolder
from emulator.kernel.io.openfile import FileError
from emulator.kernel.kernel import Kernel
from emulator.kernel.processes.process import Process
from emulator.kernel.service.usercopy import TooLong

PATH_BYTES = PAGE_BYTES  # Linux, PATH_MAX
AT_FDCWD = -100


def read_path(kernel: Kernel, address: int) -> str:
    """Return the path at `address`. Raises BadAddress, or FileError: ENAMETOOLONG."""
    try:
        return os.fsdecode(kernel.user.read_string(address, PATH_BYTES))
    except TooLong:
        raise FileError(errno.ENAMETOOLONG) from None


def folder_of(kernel: Kernel, process: Process, descriptor: int) -> Folder:
    """Return the folder that `descriptor` names, for AT_FDCWD the process's. Raises FileError: EBADF, ENOTDIR."""
    if descriptor == AT_FDCWD:
        return process.folder or kernel.files.names.root
    file = open_file(kernel, descriptor)
    if file is None:
        raise FileError(errno.EBADF)
    if not isinstance(file, OpenedFolder):
        raise FileError(errno.ENOTDIR)
    return file.folder


def find(kernel: Kernel, process: Process, descriptor: int, path: str) -> Place:
    """Return where `path` leads from the folder that `descriptor` names. Raises FileError."""
    names = kernel.files.names
    start = names.root if path[:1] in ("", "/") else folder_of(kernel, process, descriptor)
    return names.find(start, path)


def find_there(kernel: Kernel, process: Process, descriptor: int, path: str) -> Place:
    """Return where `path` leads, where there is something. Raises FileError: ENOENT, ENOTDIR and those of `find`."""
    place = find(kernel, process, descriptor, path)
    if place.node is None:
        raise FileError(errno.ENOENT)
    if place.ends_in_slash and not isinstance(place.node, Folder):
        raise FileError(errno.ENOTDIR)
    return place
