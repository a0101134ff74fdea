"""System calls of processes: running programs, waiting for children, signals, who is who."""

import errno
import struct

from emulator.kernel.calls.paths import AT_FDCWD, find_there, read_path
from emulator.kernel.calls.usage import packed
from emulator.kernel.io.file import File
from emulator.kernel.io.openfile import FileError
from emulator.kernel.kernel import Kernel
from emulator.kernel.processes import family
from emulator.kernel.processes.process import Life, Process
from emulator.kernel.processes.signals import Signal
from emulator.kernel.programs.image import Image, Misplaced, OutOfFrames
from emulator.kernel.programs.images import ENDINGS, CannotRun
from emulator.kernel.programs.stack import ARGUMENT_BYTES
from emulator.kernel.service.call import Call
from emulator.kernel.service.usercopy import POINTER_BYTES, BadAddress, TooLong

EXECUTABLE = 0o111
WNOHANG, WUNTRACED, WCONTINUED = 1, 2, 8
WNOTHREAD, WALL, WCLONE = 0x20000000, 0x40000000, 0x80000000
LOWEST_INT = -(1 << 31)


def _execve(kernel: Kernel, process: Process, path: int, argv: int, envp: int) -> int | None:
    found = _find_program(kernel, process, read_path(kernel, path))
    try:
        arguments = kernel.user.read_strings(argv, ARGUMENT_BYTES)
        taken = sum(len(text) + 1 + POINTER_BYTES for text in arguments)
        environment = kernel.user.read_strings(envp, ARGUMENT_BYTES - taken)
        kernel.lives.exec(process, _image_of(kernel, found), arguments, environment)
    except TooLong:
        return -errno.E2BIG
    except CannotRun as error:
        return -error.errno
    except Misplaced:
        return -errno.ENOEXEC
    except OutOfFrames:
        return -errno.ENOMEM
    return None


def _find_program(kernel: Kernel, process: Process, path: str) -> File:
    """Return the file at `path`, `.s` and `.elf` understood. Raises FileError: ENOENT, EACCES for a folder, ..."""
    failed = errno.ENOENT
    for ending in ENDINGS if path else ():
        try:
            node = find_there(kernel, process, AT_FDCWD, path + ending).node
            if isinstance(node, File):
                return node
            raise FileError(errno.EACCES)
        except FileError as error:
            failed = error.errno if failed == errno.ENOENT else failed
    raise FileError(failed)


def _image_of(kernel: Kernel, file: File) -> Image:
    """Return the image of the program in `file`. Raises CannotRun: ENOEXEC, or EACCES where its mode forbids that."""
    if file.host is not None and not file.changed:
        return kernel.images.read(file.host)
    if not file.mode & EXECUTABLE:
        raise CannotRun(errno.EACCES)
    return kernel.images.made_of(file.read(0, file.size))


def _wait4(kernel: Kernel, process: Process, pid: int, status: int, options: int, usage: int) -> int | None:
    options &= 0xFFFFFFFF
    if options & ~(WNOHANG | WUNTRACED | WCONTINUED | WNOTHREAD | WCLONE | WALL):
        return -errno.EINVAL
    if pid == LOWEST_INT:
        return -errno.ESRCH

    def look() -> int | None:
        candidates = [child for child in process.children if _is_meant(process, child, pid, options)]
        if not candidates:
            return -errno.ECHILD
        for child in candidates:
            told = _news(kernel, process, child, options)
            if told is not None:
                return _tell_status(kernel, child, told, status, usage)
        return 0 if options & WNOHANG else None

    result = look()
    if result is None and kernel.current is not None:
        kernel.time.block(kernel.current, look)
    return result


def _is_meant(process: Process, child: Process, pid: int, options: int) -> bool:
    """Return whether a wait for `pid` with these options is one for `child`: Linux, kernel/exit.c."""
    group = process.group if pid == 0 else -pid
    if child.pid != pid if pid > 0 else pid != -1 and child.group != group:
        return False
    return bool(options & WALL) or (child.exit_signal != Signal.SIGCHLD) == bool(options & WCLONE)


def _news(kernel: Kernel, process: Process, child: Process, options: int) -> int | None:
    """Return the status of `child` if there is one to tell, which from then on is told (F72)."""
    if child.life is Life.ZOMBIE:
        family.reap(process, child)
        return child.wait_status
    if options & WUNTRACED and child.stop_told:
        told, child.stop_told = child.stop_told << 8 | 0x7F, 0
        return told
    if options & WCONTINUED and child.continue_told:
        child.continue_told = False
        return 0xFFFF
    return None


def _tell_status(kernel: Kernel, child: Process, told: int, status: int, usage: int) -> int:
    try:
        if status:
            kernel.user.write(status, struct.pack("<i", told))
        if usage:
            kernel.user.write(usage, packed(kernel, kernel.time.used_by(child).plus(child.used_by_children)))
    except BadAddress:
        return -errno.EFAULT
    return child.pid


def _getpid(_: Kernel, process: Process) -> int:
    return process.pid


def _getppid(_: Kernel, process: Process) -> int:
    return process.parent


def _setpgid(kernel: Kernel, process: Process, pid: int, group: int) -> int:
    target = kernel.lives.processes.get(pid or process.pid)
    if group < 0:
        return -errno.EINVAL
    if target is None or (target is not process and target not in process.children):
        return -errno.ESRCH
    group = group or target.pid
    if target.session != process.session or target.session == target.pid:
        return -errno.EPERM
    if target is not process and target.began_program:
        return -errno.EACCES
    if group != target.pid and all(member.session != process.session for member in kernel.lives.jobs.group(group)):
        return -errno.EPERM
    target.group = group
    return 0


def _getpgid(kernel: Kernel, process: Process, pid: int) -> int:
    target = _present(kernel, pid or process.pid)
    return -errno.ESRCH if target is None else target.group


def _getsid(kernel: Kernel, process: Process, pid: int) -> int:
    target = _present(kernel, pid or process.pid)
    return -errno.ESRCH if target is None else target.session


def _present(kernel: Kernel, pid: int) -> Process | None:
    target = kernel.lives.processes.get(pid)
    return None if target is None or target.life is Life.GONE else target


def _setsid(kernel: Kernel, process: Process) -> int:
    if kernel.lives.jobs.group(process.pid):
        return -errno.EPERM
    process.group = process.session = process.pid
    return process.pid


CALLS = (
    Call("setpgid", "ii", _setpgid, "puts a process into a process group"),
    Call("getpgid", "i", _getpgid, "its process group"),
    Call("getsid", "i", _getsid, "its session"),
    Call("setsid", "", _setsid, "begins a session and a group"),
    Call("getpid", "", _getpid, "the process"),
    Call("getppid", "", _getppid, "its parent; the first process for an orphan, 0 for the first process"),
    Call(
        "execve",
        "www",
        _execve,
        "runs a source or ELF file under the root, or an ELF file in memory with a mode to run it",
    ),
    Call("wait4", "iwiw", _wait4, "waits for a child; all options of Linux; `usage` as `getrusage` tells it"),
)
