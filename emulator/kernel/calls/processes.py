"""System calls of processes: running programs, waiting for children, signals, who is who."""

import errno
import struct

from emulator.base.bits import PAGE_BYTES
from emulator.kernel.call import Call
from emulator.kernel.files import CannotRun
from emulator.kernel.image import OutOfFrames
from emulator.kernel.kernel import Kernel
from emulator.kernel.process import Life, Process
from emulator.kernel.signals import LAST
from emulator.kernel.stack import ARGUMENT_BYTES
from emulator.kernel.usercopy import POINTER_BYTES, BadAddress, TooLong

PATH_BYTES = PAGE_BYTES  # Linux, PATH_MAX
WNOHANG = 1


def _execve(kernel: Kernel, process: Process, path: int, argv: int, envp: int) -> int | None:
    try:
        found = kernel.images.find(kernel.user.read_string(path, PATH_BYTES))
    except TooLong:
        return -errno.ENAMETOOLONG
    except CannotRun as error:
        return -error.errno
    try:
        arguments = kernel.user.read_strings(argv, ARGUMENT_BYTES)
        taken = sum(len(text) + 1 + POINTER_BYTES for text in arguments)
        environment = kernel.user.read_strings(envp, ARGUMENT_BYTES - taken)
        kernel.exec(process, kernel.images.read(found), arguments, environment)
    except TooLong:
        return -errno.E2BIG
    except CannotRun as error:
        return -error.errno
    except OutOfFrames:
        return -errno.ENOMEM
    return None


def _wait4(kernel: Kernel, process: Process, pid: int, status: int, options: int, usage: int) -> int | None:
    if options & ~WNOHANG:
        return -errno.EINVAL

    def look() -> int | None:
        candidates = [child for child in process.children if pid in (-1, 0, child.pid)]
        if not candidates:
            return -errno.ECHILD
        for child in candidates:
            if child.life is Life.ZOMBIE:
                try:
                    if status:
                        kernel.user.write(status, struct.pack("<i", child.wait_status))
                    if usage:
                        kernel.user.write(usage, bytes(144))
                except BadAddress:
                    return -errno.EFAULT
                kernel.reap(process, child)
                return child.pid
        return 0 if options & WNOHANG else None

    result = look()
    if result is None and kernel.current is not None:
        kernel.block(kernel.current, look)
    return result


def _getpid(_: Kernel, process: Process) -> int:
    return process.pid


def _getppid(_: Kernel, process: Process) -> int:
    return process.parent


def _kill(kernel: Kernel, process: Process, pid: int, signal: int) -> int | None:
    if not 0 <= signal <= LAST:
        return -errno.EINVAL
    target = process if pid == 0 else kernel.processes.get(pid)
    if target is None or target.life is Life.GONE:
        return -errno.ESRCH
    kernel.kill(target, signal)
    return None if target is process and not process.alive else 0


CALLS: dict[int, Call] = {
    129: Call("kill", "ii", _kill, "sends a signal; no process handles one: it ends, or nothing"),
    172: Call("getpid", "", _getpid, "the process"),
    173: Call("getppid", "", _getppid, "its parent, 0 for none"),
    221: Call("execve", "www", _execve, "runs a source or ELF file of the first program's folder"),
    260: Call("wait4", "iwiw", _wait4, "waits for a child; `WNOHANG`; `usage` is filled with zeros"),
}
