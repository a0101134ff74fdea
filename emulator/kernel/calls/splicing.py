"""Pages that go into pipes without being copied: vmsplice (Linux, fs/splice.c).

The pipe refers to the frame: a write that comes later, by a process that was the page's only user, is seen by whoever
reads the pipe, and after a fork it is not, for then the frame has two owners and the write copies (F61).
"""

import errno

from emulator.base.bits import PAGE_BYTES
from emulator.kernel.calls.files import Pieces, iovecs, open_file, read_pieces, waiting
from emulator.kernel.io.openfile import O_RDONLY
from emulator.kernel.io.pipes import PipeEnd
from emulator.kernel.kernel import Kernel
from emulator.kernel.processes import signalling
from emulator.kernel.processes.process import Process
from emulator.kernel.processes.siginfo import from_sender
from emulator.kernel.processes.signals import Signal
from emulator.kernel.service.call import Call
from emulator.kernel.service.usercopy import BadAddress

MOVE, NONBLOCK, MORE, GIFT = 1, 2, 4, 8


def _vmsplice(kernel: Kernel, process: Process, descriptor: int, pieces: int, count: int, flags: int) -> int | None:
    if flags & ~(MOVE | NONBLOCK | MORE | GIFT):
        return -errno.EINVAL
    end = open_file(kernel, descriptor)
    if end is None or not (end.writable or end.readable):
        return -errno.EBADF
    found = iovecs(kernel, pieces, count)
    if found is None:
        return -errno.EINVAL
    if not any(size for _, size in found):
        return 0
    if not isinstance(end, PipeEnd):
        return -errno.EBADF
    return _lend(kernel, process, end, found, flags) if end.writable else read_pieces(kernel, end, found)


def _lend(kernel: Kernel, process: Process, end: PipeEnd, pieces: Pieces, flags: int) -> int | None:
    """Put pages into a pipe as long as it has room and they are there; return how many bytes, or -errno for none."""

    def look() -> int | None:
        if not end.pipe.open[O_RDONLY]:
            signalling.send(kernel.lives, process, from_sender(Signal.SIGPIPE, process.pid), kernel.running)
            return -errno.EPIPE
        if not end.pipe.free:
            if flags & NONBLOCK:
                return -errno.EAGAIN
            kernel.sleepers.wait_for(end)
            return None
        done = _put(kernel, end, pieces)
        kernel.sleepers.wake(end)
        return done or -errno.EFAULT

    return waiting(kernel, look)


def _put(kernel: Kernel, end: PipeEnd, pieces: Pieces) -> int:
    """Put pages into a pipe; return how many bytes of them."""
    done = 0
    for address, size in pieces:
        while size > 0 and end.pipe.free:
            length = min(size, PAGE_BYTES - address % PAGE_BYTES)
            try:
                end.pipe.lend(kernel.user.pin(address, length))
            except BadAddress:
                return done
            address, size, done = address + length, size - length, done + length
    return done


CALLS = (
    Call(
        "vmsplice",
        "iwwu",
        _vmsplice,
        "puts pages into a pipe, which refers to their frames, as they are when it is read, until then; from a pipe it "
        "reads as readv does",
    ),
)
