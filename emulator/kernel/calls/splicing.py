"""Pages that go into pipes without being copied, from memory or from another pipe: vmsplice, tee (Linux, fs/splice.c).

The pipe refers to the frame: a write that comes later, by a process that was the page's only user, is seen by whoever
reads the pipe, and after a fork it is not, for then the frame has two owners and the write copies (F61).
"""

import errno

from emulator.base.bits import PAGE_BYTES
from emulator.kernel.calls.files import iovecs, open_file, read_pieces, refuse_broken, waiting
from emulator.kernel.io.openfile import O_WRONLY
from emulator.kernel.io.pipes import PipeEnd
from emulator.kernel.kernel import Kernel
from emulator.kernel.processes.process import Process
from emulator.kernel.service.call import Call
from emulator.kernel.service.usercopy import BadAddress, Pieces

MOVE, NONBLOCK, MORE, GIFT = 1, 2, 4, 8
WORDS = 1 << 64


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
        if end.broken:
            return refuse_broken(kernel, process)
        if not end.pipe.free:
            return _not_yet(kernel, end, not flags & NONBLOCK)
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


def _tee(kernel: Kernel, process: Process, source: int, target: int, size: int, flags: int) -> int | None:
    if flags & ~(MOVE | NONBLOCK | MORE | GIFT):
        return -errno.EINVAL
    if not size:
        return 0
    one, other = open_file(kernel, source), open_file(kernel, target)
    if one is None or other is None or not one.readable or not other.writable:
        return -errno.EBADF
    if not isinstance(one, PipeEnd) or not isinstance(other, PipeEnd) or one.pipe is other.pipe:
        return -errno.EINVAL
    waits = not (flags & NONBLOCK or one.nonblocking or other.nonblocking)
    return waiting(kernel, lambda: _double(kernel, process, one, other, size % WORDS, waits))


def _double(kernel: Kernel, process: Process, one: PipeEnd, other: PipeEnd, size: int, waits: bool) -> int | None:
    """Add what is in a pipe to another; return how many bytes, -errno for none, None to wait for bytes or room."""
    if one.pipe.empty and one.pipe.open[O_WRONLY]:
        return _not_yet(kernel, one, waits)
    if other.broken:
        return refuse_broken(kernel, process)
    if not other.pipe.free:
        return _not_yet(kernel, other, waits)
    done = one.pipe.double(other.pipe, size)
    kernel.sleepers.wake(other)
    return done


def _not_yet(kernel: Kernel, end: PipeEnd, waits: bool) -> int | None:
    if not waits:
        return -errno.EAGAIN
    kernel.sleepers.wait_for(end)
    return None


CALLS = (
    Call("tee", "iiwu", _tee, "adds what is in a pipe to another pipe as well: both refer to the same pages"),
    Call(
        "vmsplice",
        "iwwu",
        _vmsplice,
        "puts pages into a pipe, which refers to their frames, as they are when it is read, until then; from a pipe it "
        "reads as readv does",
    ),
)
