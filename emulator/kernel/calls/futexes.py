"""The system call of futexes: waiting at a word of user memory, waking who waits there (Linux, kernel/futex)."""

import errno

from emulator.kernel.call import Call
from emulator.kernel.futex import ANY_BIT
from emulator.kernel.kernel import Kernel
from emulator.kernel.process import Process

WAIT, WAKE, REQUEUE, CMP_REQUEUE, WAKE_OP, WAIT_BITSET, WAKE_BITSET = 0, 1, 3, 4, 5, 9, 10
PRIVATE, CLOCK_REALTIME = 0x80, 0x100
WORD_BYTES = 4


def _futex(
    kernel: Kernel, process: Process, address: int, operation: int, value: int, timeout: int, second: int, value3: int
) -> int | None:
    command, private = operation & ~(PRIVATE | CLOCK_REALTIME), bool(operation & PRIVATE)
    if command in (WAIT, WAIT_BITSET):
        return _wait(kernel, process, address, operation, value, timeout, ANY_BIT if command == WAIT else value3)
    if operation & CLOCK_REALTIME:
        return -errno.ENOSYS
    if command in (WAKE, WAKE_BITSET):
        bits = ANY_BIT if command == WAKE else value3
        if not bits:
            return -errno.EINVAL
        if address % WORD_BYTES:
            return -errno.EINVAL
        return kernel.wake_futex(kernel.futex(process.space, address, private), max(_signed(value), 1), bits)
    if command in (REQUEUE, CMP_REQUEUE):
        return _requeue(kernel, process, operation, (address, second), (_signed(value), _signed(timeout)), value3)
    return -errno.ENOSYS


def _wait(
    kernel: Kernel, process: Process, address: int, operation: int, value: int, timeout: int, bits: int
) -> int | None:
    if operation & CLOCK_REALTIME and operation & ~(PRIVATE | CLOCK_REALTIME) == WAIT:
        return -errno.ENOSYS
    if timeout:
        return -errno.ENOSYS
    if not bits or address % WORD_BYTES:
        return -errno.EINVAL
    key = kernel.futex(process.space, address, bool(operation & PRIVATE))
    if _word(kernel, address) != value:
        return -errno.EAGAIN
    kernel.wait_futex(key, bits)
    return None


def _requeue(
    kernel: Kernel, process: Process, operation: int, places: tuple[int, int], counts: tuple[int, int], expected: int
) -> int:
    private = bool(operation & PRIVATE)
    (address, second), (wake, move) = places, counts
    if wake < 0 or move < 0 or address % WORD_BYTES or second % WORD_BYTES:
        return -errno.EINVAL
    source, target = kernel.futex(process.space, address, private), kernel.futex(process.space, second, private)
    if operation & ~PRIVATE == CMP_REQUEUE and _word(kernel, address) != expected:
        return -errno.EAGAIN
    woken = kernel.wake_futex(source, wake)
    return woken + kernel.futexes.move(source, target, move)


def _word(kernel: Kernel, address: int) -> int:
    return int.from_bytes(kernel.user.read(address, WORD_BYTES), "little")


def _signed(value: int) -> int:
    return (value & 0xFFFFFFFF ^ 0x80000000) - 0x80000000


CALLS: dict[int, Call] = {
    98: Call(
        "futex",
        "wiuwwu",
        _futex,
        "`FUTEX_WAIT`, `_WAKE`, `_WAIT_BITSET`, `_WAKE_BITSET`, `_REQUEUE`, `_CMP_REQUEUE`, private or shared",
    ),
}
