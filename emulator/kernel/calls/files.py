"""System calls that read and write open files, at their position or at another one, and tell what is open."""

import errno
import struct
from collections.abc import Callable

from emulator.kernel.io.opened import OpenedFile, OpenedFolder
from emulator.kernel.io.openfile import BrokenPipe, FileError, OpenFile, Stat
from emulator.kernel.kernel import Kernel
from emulator.kernel.processes import signalling
from emulator.kernel.processes.process import RESTART, Process, Wait, restarts
from emulator.kernel.processes.siginfo import from_sender
from emulator.kernel.processes.signals import Signal
from emulator.kernel.programs.layout import USER_END
from emulator.kernel.service.call import Call
from emulator.kernel.service.usercopy import BadAddress, Pieces

MOST_BYTES = 0x7FFFF000  # Linux, MAX_RW_COUNT: what one call reads or writes at most
MOST_PIECES = 1024  # UIO_MAXIOV
UNSIGNED_MASK = 0xFFFFFFFF
SEEK_SET, SEEK_CUR, SEEK_END, SEEK_DATA, SEEK_HOLE = range(5)
MOST_POSITION = (1 << 44) - 4096  # in a file: Linux, ext4; how long a file can be is another matter
WORDS = 1 << 63
PIECE = struct.Struct("<qq")
STAT = struct.Struct("<QQIIIIQQqiiq6q8x")
BLOCK_BYTES, SECTOR_BYTES = 4096, 512


def open_file(kernel: Kernel, descriptor: int) -> OpenFile | None:
    """Return what `descriptor` of the running thread stands for, None for nothing."""
    row = kernel.running.descriptors.get(descriptor)
    return row.file if row is not None else None


def one_piece(address: int, size: int) -> Pieces:
    """Return the memory that a call names, of which it takes what it can. Raises BadAddress beyond user memory."""
    if size < 0 or address < 0 or address + size > USER_END:
        raise BadAddress
    return [(address, min(size, MOST_BYTES))]


def iovecs(kernel: Kernel, address: int, count: int) -> Pieces | None:
    """Return the memory that an array of `count` iovecs names; None for an array that is none. Raises BadAddress."""
    found = far_iovecs(kernel, address, count & UNSIGNED_MASK)  # Linux: import_iovec takes an unsigned int
    if found is None:
        return None
    pieces: Pieces = []
    left = MOST_BYTES
    for base, size in found:
        pieces += [(at, min(length, left)) for at, length in one_piece(base, size)]
        left -= pieces[-1][1]
    return pieces


def far_iovecs(kernel: Kernel, address: int, count: int) -> Pieces | None:
    """Return the same where the memory is not the caller's own, and nobody looks where it lies."""
    if not 0 <= count <= MOST_PIECES:
        return None
    rows = kernel.user.read_most(address, PIECE.size * count) if count else b""
    found = list(PIECE.iter_unpack(rows[: len(rows) - len(rows) % PIECE.size]))
    if any(size < 0 for _, size in found):
        return None
    if len(found) < count:
        raise BadAddress
    return found


def read_pieces(kernel: Kernel, file: OpenFile, pieces: Pieces) -> int | None:
    """Read from `file`, at once or when there is something; a page that is not there ends what is read."""

    def look() -> int | None:
        data = file.peek(sum(size for _, size in pieces))
        if data is None:
            return _not_yet(kernel, file)
        done = file.takeable(len(data), kernel.user.scatter(pieces, data))
        if data and not done:
            return -errno.EFAULT
        file.consume(done)
        kernel.sleepers.wake(file)
        return done

    return waiting(kernel, look)


def _write_pieces(kernel: Kernel, process: Process, file: OpenFile, pieces: Pieces) -> int | None:
    """Write to `file`, at once or bit by bit as there is room; a page that is not there ends what is written."""
    wanted = sum(size for _, size in pieces)
    wrong = file.refusal(wanted)
    if wrong:
        return -wrong
    if wanted and file.broken:
        return refuse_broken(kernel, process)
    data = kernel.user.gather(pieces)
    data = data[: file.fillable(wanted, len(data))]
    if wanted and not data:
        return -errno.EFAULT
    done = 0

    def look() -> int | None:
        nonlocal done
        try:
            put = file.put(data[done:])
        except BrokenPipe:
            return refuse_broken(kernel, process, done)
        except FileError as error:
            return done or -error.errno
        done += put
        if put:
            kernel.sleepers.wake(file)
        if done == len(data) or (file.nonblocking and done):
            return done
        if not file.waits:
            return look()
        return _not_yet(kernel, file)

    return waiting(kernel, look, lambda: done or RESTART)


def refuse_broken(kernel: Kernel, process: Process, done: int = 0) -> int:
    """Send SIGPIPE; return what was written before, or that nobody can read (F96)."""
    signalling.send(kernel.lives, process, from_sender(Signal.SIGPIPE, process.pid), kernel.running)
    return done or -errno.EPIPE


def _not_yet(kernel: Kernel, file: OpenFile) -> int | None:
    """Refuse to wait, or have the running thread woken when `file` changes."""
    if file.nonblocking:
        return -errno.EAGAIN
    kernel.sleepers.wait_for(file)
    return None


def waiting(kernel: Kernel, look: Callable[[], int | None], give_up: Callable[[], int] = restarts) -> int | None:
    """Return what `look` does, at once or when the file that it waits for has changed."""
    thread = kernel.running
    result = look()
    if result is None and kernel.current is thread:
        kernel.time.block(thread, look, Wait.FILE, give_up=give_up)
    return result


def _read(kernel: Kernel, _: Process, descriptor: int, address: int, size: int) -> int | None:
    file = open_file(kernel, descriptor)
    if file is None or not file.readable:
        return -errno.EBADF
    return read_pieces(kernel, file, one_piece(address, size))


def _write(kernel: Kernel, process: Process, descriptor: int, address: int, size: int) -> int | None:
    file = open_file(kernel, descriptor)
    if file is None or not file.writable:
        return -errno.EBADF
    return _write_pieces(kernel, process, file, one_piece(address, size))


def _readv(kernel: Kernel, _: Process, descriptor: int, pieces: int, count: int) -> int | None:
    file = open_file(kernel, descriptor)
    if file is None or not file.readable:
        return -errno.EBADF
    found = iovecs(kernel, pieces, count)
    return -errno.EINVAL if found is None else read_pieces(kernel, file, found)


def _writev(kernel: Kernel, process: Process, descriptor: int, pieces: int, count: int) -> int | None:
    file = open_file(kernel, descriptor)
    if file is None or not file.writable:
        return -errno.EBADF
    found = iovecs(kernel, pieces, count)
    return -errno.EINVAL if found is None else _write_pieces(kernel, process, file, found)


def _lseek(kernel: Kernel, _: Process, descriptor: int, offset: int, whence: int) -> int:
    file = open_file(kernel, descriptor)
    if file is None:
        return -errno.EBADF
    if not SEEK_SET <= whence <= SEEK_HOLE:
        return -errno.EINVAL
    if not isinstance(file, OpenedFile | OpenedFolder):
        return -errno.ESPIPE
    size = file.stat.size
    if whence in (SEEK_DATA, SEEK_HOLE):  # Linux, generic_file_llseek: all of a file is data
        if not 0 <= offset < size:
            return -errno.ENXIO
        position = offset if whence == SEEK_DATA else size
    else:
        position = offset + (0, file.position, size)[whence]
    if not 0 <= position <= MOST_POSITION:
        return -errno.EINVAL
    file.position = position
    return position


def _at_position(kernel: Kernel, descriptor: int, position: int) -> OpenFile | int:
    """Return the file that a descriptor stands for as one whose position is `position`, or -errno."""
    if position < 0:
        return -errno.EINVAL
    file = open_file(kernel, descriptor)
    if file is None:
        return -errno.EBADF
    return file.at(position) if isinstance(file, OpenedFile | OpenedFolder) else -errno.ESPIPE


def _pread(kernel: Kernel, _: Process, descriptor: int, address: int, size: int, position: int) -> int | None:
    file = _at_position(kernel, descriptor, position)
    if isinstance(file, int):
        return file
    if not file.readable:
        return -errno.EBADF
    pieces = one_piece(address, size)
    return -errno.EINVAL if position + size >= WORDS else read_pieces(kernel, file, pieces)


def _pwrite(kernel: Kernel, process: Process, descriptor: int, address: int, size: int, position: int) -> int | None:
    file = _at_position(kernel, descriptor, position)
    if isinstance(file, int):
        return file
    if not file.writable:
        return -errno.EBADF
    pieces = one_piece(address, size)
    return -errno.EINVAL if position + size >= WORDS else _write_pieces(kernel, process, file, pieces)


def fstat(kernel: Kernel, _: Process, descriptor: int, address: int) -> int:
    """Tell what is open."""
    file = open_file(kernel, descriptor)
    if file is None:
        return -errno.EBADF
    return tell_stat(kernel, file.stat, address)


def tell_stat(kernel: Kernel, stat: Stat, address: int) -> int:
    """Write what there is to tell of a file; its times are 0, so that every run is the same."""
    device, number, mode, links, size = stat
    blocks = -(-size // SECTOR_BYTES)
    rest = (0, 0, 0, 0, size, BLOCK_BYTES, 0, blocks, *[0] * 6)
    kernel.user.write(address, STAT.pack(device, number, mode, links, *rest))
    return 0


CALLS = (
    Call(
        "lseek",
        "iwu",
        _lseek,
        "moves the position of a file; to `SEEK_DATA` and `_HOLE` as if it had no holes",
    ),
    Call("read", "iww", _read, "reads a file, standard input or a pipe: what is there, up to `size` bytes"),
    Call("write", "iww", _write, "writes to a file, standard output, standard error or a pipe; ENOSPC without frames"),
    Call("readv", "iww", _readv, "reads into several pieces of memory"),
    Call("writev", "iww", _writev, "writes several pieces of memory"),
    Call("pread64", "iwww", _pread, "reads a file at a position of its own; else ESPIPE"),
    Call("pwrite64", "iwww", _pwrite, "writes there; to the end of a file that appends, as on Linux"),
    Call("fstat", "iw", fstat, "tells what is open: a file or folder, or a pipe, of no size; times are 0"),
)
