"""The system call of futexes: waiting at a word of user memory, waking who waits there (Linux, kernel/futex)."""

import errno

from emulator.hardware.turns import FAR
from emulator.kernel.calls.clock import cycles_of, read_time
from emulator.kernel.kernel import Kernel
from emulator.kernel.processes.futex import ANY_BIT, Key
from emulator.kernel.processes.process import Process
from emulator.kernel.service.call import Call

WAIT, WAKE, REQUEUE, CMP_REQUEUE, WAKE_OP, WAIT_BITSET, WAKE_BITSET = 0, 1, 3, 4, 5, 9, 10
PRIVATE, CLOCK_REALTIME = 0x80, 0x100
WORD_BYTES = 4


def _futex(
    kernel: Kernel, process: Process, address: int, operation: int, value: int, timeout: int, second: int, value3: int
) -> int | None:
    command, private = operation & ~(PRIVATE | CLOCK_REALTIME), bool(operation & PRIVATE)
    until = FAR
    if command in (WAIT, WAIT_BITSET) and timeout:
        time = read_time(kernel, timeout)
        if time is None:
            return -errno.EINVAL
        until = min(FAR, cycles_of(kernel, time) + (kernel.hart.clock if command == WAIT else 0))
    if operation & CLOCK_REALTIME and command != WAIT_BITSET:
        return -errno.ENOSYS
    bits = value3 if command in (WAIT_BITSET, WAKE_BITSET) else ANY_BIT
    if not bits:
        return -errno.EINVAL
    if command in (REQUEUE, CMP_REQUEUE):
        return _requeue(kernel, process, operation, (address, second), (_signed(value), _signed(timeout)), value3)
    if command not in (WAIT, WAKE, WAIT_BITSET, WAKE_BITSET):
        return -errno.ENOSYS
    key = _key(kernel, process, address, private)
    if key is None:
        return -errno.EINVAL
    if command in (WAKE, WAKE_BITSET):
        return kernel.futexes.wake(key, max(_signed(value), 1), bits)
    if _word(kernel, address) != value:
        return -errno.EAGAIN
    kernel.futexes.wait(key, bits, until)
    return None


def _requeue(
    kernel: Kernel, process: Process, operation: int, places: tuple[int, int], counts: tuple[int, int], expected: int
) -> int:
    private = bool(operation & PRIVATE)
    (address, second), (wake, move) = places, counts
    if wake < 0 or move < 0:
        return -errno.EINVAL
    source = _key(kernel, process, address, private)
    target = _key(kernel, process, second, private) if source is not None else None
    if source is None or target is None:
        return -errno.EINVAL
    if operation & ~PRIVATE == CMP_REQUEUE and _word(kernel, address) != expected:
        return -errno.EAGAIN
    woken = kernel.futexes.wake(source, wake)
    return woken + kernel.futexes.move(source, target, move)


def _key(kernel: Kernel, process: Process, address: int, private: bool) -> Key | None:
    """Return what names the futex, None for a word that is not aligned. Raises BadAddress."""
    return None if address % WORD_BYTES else kernel.futexes.key(process.space, address, private)


def _word(kernel: Kernel, address: int) -> int:
    return int.from_bytes(kernel.user.read(address, WORD_BYTES), "little")


def _signed(value: int) -> int:
    return (value & 0xFFFFFFFF ^ 0x80000000) - 0x80000000


CALLS = (
    Call(
        "futex",
        "wiuwwu",
        _futex,
        "`FUTEX_WAIT`, `_WAKE`, `_WAIT_BITSET`, `_WAKE_BITSET`, `_REQUEUE`, `_CMP_REQUEUE`, private or shared",
    ),
)
