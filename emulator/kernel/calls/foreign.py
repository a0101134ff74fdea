"""Memory of other processes, by their numbers: process_vm_readv and process_vm_writev (Linux, mm/process_vm_access.c).

Each page there is reached by the fault road, in the other's address space: to write to one that it shares with others
copies it for that process (F66). What is beyond its regions does not grow for this, and all processes are one user's,
who may do so.
"""

import errno

from emulator.base.bits import PAGE_BYTES
from emulator.kernel.calls.files import far_iovecs, iovecs
from emulator.kernel.kernel import Kernel
from emulator.kernel.processes.process import Process
from emulator.kernel.programs.layout import USER_END
from emulator.kernel.service.call import Call
from emulator.kernel.service.usercopy import BadAddress, Pieces

WORDS = 1 << 64


def _readv(
    kernel: Kernel, _: Process, pid: int, local: int, local_count: int, far: int, far_count: int, flags: int
) -> int:
    return _transfer(kernel, pid, (local, local_count), (far, far_count), flags, write=False)


def _writev(
    kernel: Kernel, _: Process, pid: int, local: int, local_count: int, far: int, far_count: int, flags: int
) -> int:
    return _transfer(kernel, pid, (local, local_count), (far, far_count), flags, write=True)


def _transfer(kernel: Kernel, pid: int, local: tuple[int, int], far: tuple[int, int], flags: int, write: bool) -> int:
    """Copy between memory here and there, as far as it goes; return how much, or -errno where that is nothing."""
    if flags:
        return -errno.EINVAL
    here = iovecs(kernel, *local)
    if here is None:
        return -errno.EINVAL
    size = sum(length for _, length in here)
    if size == 0:
        return 0
    there = far_iovecs(kernel, *far)
    if there is None:
        return -errno.EINVAL
    there = [(base % WORDS, length) for base, length in there]
    if not any(length for _, length in there):
        return 0
    thread = kernel.lives.threads.get(pid)
    if thread is None:
        return -errno.ESRCH
    space = thread.process.space
    if write:
        done = _write(kernel, space, there, kernel.user.gather(here))
    else:
        done = kernel.user.scatter(here, _read(kernel, space, there, size))
    return done or -errno.EFAULT


def _read(kernel: Kernel, space: int, pieces: Pieces, size: int) -> bytes:
    """Return up to `size` bytes of what lies there, as far as whole pages may be read."""
    data = b""
    with kernel.user.of(space):
        for address, length in _pages(pieces, size):
            try:
                _find(kernel, space, address)
                data += kernel.user.read(address, length)
            except BadAddress:
                break
    return data


def _write(kernel: Kernel, space: int, pieces: Pieces, data: bytes) -> int:
    """Write `data` there, as far as whole pages may be written; return how much."""
    done = 0
    with kernel.user.of(space):
        for address, length in _pages(pieces, len(data)):
            try:
                _find(kernel, space, address)
                kernel.user.write(address, data[done : done + length])
            except BadAddress:
                break
            done += length
    return done


def _find(kernel: Kernel, space: int, address: int) -> None:
    """Raise BadAddress where no region has the address: none grows down to it, as it would for its own process."""
    if address >= USER_END or not kernel.spaces.pieces(space, address, address + 1):
        raise BadAddress


def _pages(pieces: Pieces, size: int) -> Pieces:
    """Return the first `size` bytes of `pieces`, cut where pages end."""
    cut: Pieces = []
    for address, length in pieces:
        left = min(length, size)
        size -= left
        while left > 0:
            part = min(left, PAGE_BYTES - address % PAGE_BYTES)
            cut.append((address, part))
            address, left = address + part, left - part
    return cut


CALLS = (
    Call(
        "process_vm_readv",
        "iwwwww",
        _readv,
        "reads another process's memory, as its own loads would; page by page, up to the first that may not be read",
    ),
    Call("process_vm_writev", "iwwwww", _writev, "writes it, as its own stores would: copy-on-write included"),
)
