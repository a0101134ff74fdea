"""System calls on descriptors: copying and closing them, making pipes."""

import errno

from emulator.kernel.calls.files import open_file
from emulator.kernel.io.descriptors import MOST
from emulator.kernel.io.opened import OpenedFile
from emulator.kernel.io.openfile import O_APPEND, O_NONBLOCK, O_RDONLY, O_WRONLY
from emulator.kernel.io.pipes import CAPACITY, Pipe, PipeEnd
from emulator.kernel.kernel import Kernel
from emulator.kernel.processes.process import Process
from emulator.kernel.service.call import Call
from emulator.kernel.service.usercopy import BadAddress

O_CLOEXEC = 0o2000000
FD_CLOEXEC = 1
F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC, F_GETPIPE_SZ = 0, 1, 2, 3, 4, 1030, 1032
O_IGNORED = 0o3 | 0o100 | 0o200 | 0o400 | 0o1000 | 0o100000 | O_CLOEXEC  # what F_SETFL cannot change: fcntl(2)
WORD_MASK = 0xFFFFFFFF


def _close(kernel: Kernel, _: Process, descriptor: int) -> int:
    return 0 if kernel.running.descriptors.remove(descriptor) else -errno.EBADF


def _dup(kernel: Kernel, _: Process, descriptor: int) -> int:
    return _duplicate(kernel, descriptor, 0, close_on_exec=False)


def _duplicate(kernel: Kernel, descriptor: int, lowest: int, close_on_exec: bool) -> int:
    file = open_file(kernel, descriptor)
    if file is None:
        return -errno.EBADF
    if not 0 <= lowest < MOST:
        return -errno.EINVAL
    number = kernel.running.descriptors.add(file, lowest, close_on_exec)
    return -errno.EMFILE if number is None else number


def _dup3(kernel: Kernel, _: Process, old: int, new: int, flags: int) -> int:
    if flags & ~O_CLOEXEC or old == new:
        return -errno.EINVAL
    file = open_file(kernel, old)
    if file is None or not 0 <= new < MOST:
        return -errno.EBADF
    kernel.running.descriptors.put(new, file, bool(flags & O_CLOEXEC))
    return new


def _pipe2(kernel: Kernel, _: Process, address: int, flags: int) -> int:
    if flags & ~(O_CLOEXEC | O_NONBLOCK):
        return -errno.EINVAL
    table, pipe, made = kernel.running.descriptors, Pipe(), []
    number = kernel.files.next_number()
    for access in (O_RDONLY, O_WRONLY):
        end = PipeEnd(pipe, access, number)
        end.nonblocking = bool(flags & O_NONBLOCK)
        made.append(table.add(end, close_on_exec=bool(flags & O_CLOEXEC)))
    given = [descriptor for descriptor in made if descriptor is not None]
    result = 0 if len(given) == len(made) else -errno.EMFILE
    if result == 0:
        try:
            kernel.user.write(address, b"".join(descriptor.to_bytes(4, "little") for descriptor in given))
        except BadAddress:
            result = -errno.EFAULT
    if result:
        for descriptor in given:
            table.remove(descriptor)
    return result


def _fcntl(kernel: Kernel, _: Process, descriptor: int, command: int, argument: int) -> int:
    table = kernel.running.descriptors
    row = table.get(descriptor)
    if row is None:
        return -errno.EBADF
    if command in (F_DUPFD, F_DUPFD_CLOEXEC):
        return _duplicate(kernel, descriptor, argument & WORD_MASK, command == F_DUPFD_CLOEXEC)
    if command == F_GETFD:
        return FD_CLOEXEC if row.close_on_exec else 0
    if command == F_SETFD:
        table.set_close_on_exec(descriptor, bool(argument & FD_CLOEXEC))
        return 0
    if command == F_GETFL:
        status = (O_NONBLOCK if row.file.nonblocking else 0) | (O_APPEND if row.file.appends else 0)
        return row.file.access | status
    if command == F_SETFL and not argument & ~(O_NONBLOCK | O_APPEND | O_IGNORED):
        if bool(argument & O_APPEND) != row.file.appends:
            if not isinstance(row.file, OpenedFile):
                return -errno.EINVAL
            row.file.appends = bool(argument & O_APPEND)
        row.file.nonblocking = bool(argument & O_NONBLOCK)
        return 0
    if command == F_GETPIPE_SZ and isinstance(row.file, PipeEnd):
        return CAPACITY
    return -errno.EBADF if command == F_GETPIPE_SZ else -errno.EINVAL


def _ioctl(kernel: Kernel, _: Process, descriptor: int, request: int, argument: int) -> int:
    return -errno.EBADF if open_file(kernel, descriptor) is None else -errno.ENOTTY


CALLS = (
    Call("dup", "i", _dup, "gives one more descriptor, the lowest free one, to an open file"),
    Call("dup3", "iii", _dup3, "gives a chosen one to it; `O_CLOEXEC`"),
    Call(
        "fcntl",
        "iuw",
        _fcntl,
        "`F_DUPFD`, `F_DUPFD_CLOEXEC`; `F_GETFD`, `F_SETFD`; `F_GETFL`, `F_SETFL` of `O_NONBLOCK`, of files "
        "`O_APPEND`; `F_GETPIPE_SZ`",
    ),
    Call("ioctl", "iuw", _ioctl, "ENOTTY: no file here is a terminal"),
    Call("close", "i", _close, "closes a descriptor, with the last one of a pipe's end that end"),
    Call("pipe2", "wi", _pipe2, "makes a pipe of 65,536 bytes; `O_CLOEXEC`, `O_NONBLOCK`"),
)
