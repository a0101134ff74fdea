"""System calls on files: standard input, output and error."""

import errno

from emulator.kernel.call import Call
from emulator.kernel.kernel import Kernel
from emulator.kernel.process import Process


def _read(kernel: Kernel, _: Process, descriptor: int, address: int, size: int) -> int:
    if descriptor != 0:
        return -errno.EBADF
    if size < 0:
        return -errno.EINVAL
    data = kernel.streams.read(size)
    kernel.user.write(address, data)
    kernel.streams.consume(len(data))
    return len(data)


def _write(kernel: Kernel, _: Process, descriptor: int, address: int, size: int) -> int:
    if descriptor not in (1, 2):
        return -errno.EBADF
    if size < 0:
        return -errno.EINVAL
    data = kernel.user.read(address, size)
    kernel.streams.write(descriptor, data)
    return len(data)


CALLS: dict[int, Call] = {
    63: Call("read", "iww", _read, "reads standard input (0): what is there, up to `size` bytes; 0 at its end"),
    64: Call("write", "iww", _write, "writes to standard output or standard error (1, 2)"),
}
