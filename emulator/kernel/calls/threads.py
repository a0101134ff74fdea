"""System calls of threads: starting and ending them, waiting for each other, choosing harts."""

import errno
import struct

from emulator.kernel import entries
from emulator.kernel.call import Call
from emulator.kernel.kernel import Kernel
from emulator.kernel.process import Process
from emulator.kernel.thread import Thread
from emulator.kernel.usercopy import BadAddress

CLONE_VM, CLONE_SIGHAND, CLONE_VFORK, CLONE_THREAD, CLONE_SIGNAL = 0x100, 0x800, 0x4000, 0x10000, 0xFF
CLONE_SETTLS, CLONE_PARENT_SETTID = 0x80000, 0x100000
CLONE_CHILD_CLEARTID, CLONE_CHILD_SETTID = 0x200000, 0x1000000
CLONE_IGNORED = 0x200 | 0x400 | 0x40000 | 0x400000  # FS, FILES, SYSVSEM, DETACHED
CLONE_TIDS = CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID
CLONE_KINDS = (  # fork, vfork, thread; who shares signal handlers shares memory
    *(0, CLONE_VFORK, CLONE_VM | CLONE_VFORK, CLONE_VM | CLONE_SIGHAND | CLONE_VFORK),
    *(CLONE_VM | CLONE_THREAD, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD),  # Linux: with CLONE_SIGHAND only
)
FUTEX_WAIT, FUTEX_WAKE, FUTEX_FLAGS = 0, 1, 0x80 | 0x100  # PRIVATE, CLOCK_REALTIME
MEMBARRIER_QUERY, MEMBARRIER_GLOBAL, MEMBARRIER_PRIVATE, MEMBARRIER_REGISTER = 0, 1, 8, 16
TID = struct.Struct("<i")
MASK_UNIT = 8  # bytes: affinity masks come in whole longs


def _clone(
    kernel: Kernel, process: Process, flags: int, stack: int, parent_tid: int, tls: int, child_tid: int
) -> int | None:
    chosen = flags & ~(CLONE_SIGNAL | CLONE_TIDS | CLONE_IGNORED)
    if chosen not in CLONE_KINDS:
        return -errno.EINVAL
    pointer = tls if flags & CLONE_SETTLS else None
    if chosen & CLONE_THREAD:
        thread = kernel.start_thread(process, stack, pointer)
        if flags & CLONE_CHILD_CLEARTID:
            thread.clear_tid = child_tid
        if flags & CLONE_CHILD_SETTID:
            _tell(kernel, child_tid, thread.tid)
        if flags & CLONE_PARENT_SETTID:
            _tell(kernel, parent_tid, thread.tid)
        return thread.tid
    child = kernel.fork(process, stack, share_space=bool(flags & CLONE_VM), tls=pointer)
    if child is None:
        return -errno.ENOMEM
    if flags & CLONE_PARENT_SETTID:
        _tell(kernel, parent_tid, child.pid)
    if flags & CLONE_CHILD_CLEARTID:
        child.threads[0].clear_tid = child_tid
    if flags & CLONE_CHILD_SETTID:
        child.threads[0].set_tid = child_tid
    if flags & CLONE_VFORK:
        child.vfork_parent = process.pid
        kernel.block(_running(kernel), lambda: None if child.vfork_parent else child.pid)
        return None
    return child.pid


def _tell(kernel: Kernel, address: int, tid: int) -> None:
    """Write a thread's id where its starter asked for it; Linux ignores an address that cannot be written."""
    try:
        kernel.user.write(address, TID.pack(tid))
    except BadAddress:
        pass


def _running(kernel: Kernel) -> Thread:
    assert kernel.current is not None
    return kernel.current


def _exit(kernel: Kernel, _: Process, status: int) -> None:
    kernel.exit_thread(_running(kernel), status & 0xFF)


def _exit_group(kernel: Kernel, process: Process, status: int) -> None:
    kernel.end(process, status & 0xFF)


def _gettid(kernel: Kernel, _: Process) -> int:
    return _running(kernel).tid


def _set_tid_address(kernel: Kernel, _: Process, address: int) -> int:
    _running(kernel).clear_tid = address
    return _running(kernel).tid


def _futex(kernel: Kernel, _: Process, address: int, operation: int, value: int, timeout: int) -> int | None:
    if address % 4:
        return -errno.EINVAL
    if operation & ~FUTEX_FLAGS == FUTEX_WAKE:
        return kernel.wake_futex(address, max(value & 0x7FFFFFFF, 1))
    if operation & ~FUTEX_FLAGS != FUTEX_WAIT or timeout:
        return -errno.ENOSYS
    if kernel.user.read(address, 4) != (value & 0xFFFFFFFF).to_bytes(4, "little"):
        return -errno.EAGAIN
    kernel.wait_futex(address)
    return None


def _sched_yield(kernel: Kernel, _: Process) -> int:
    kernel.end_slice()
    return 0


def _find(kernel: Kernel, tid: int) -> Thread | None:
    return _running(kernel) if tid == 0 else kernel.threads.get(tid)


def _sched_setaffinity(kernel: Kernel, _: Process, tid: int, size: int, address: int) -> int:
    thread = _find(kernel, tid)
    if thread is None:
        return -errno.ESRCH
    mask = int.from_bytes(kernel.user.read(address, max(0, min(size, 128))), "little")
    if mask & ((1 << kernel.harts) - 1) == 0:
        return -errno.EINVAL
    thread.affinity = mask
    kernel.move(thread)
    return 0


def _sched_getaffinity(kernel: Kernel, _: Process, tid: int, size: int, address: int) -> int:
    thread = _find(kernel, tid)
    if thread is None:
        return -errno.ESRCH
    length = -(-kernel.harts // (8 * MASK_UNIT)) * MASK_UNIT
    if size < length or size % MASK_UNIT:
        return -errno.EINVAL
    mask = thread.affinity & ((1 << kernel.harts) - 1)
    kernel.user.write(address, mask.to_bytes(length, "little"))
    return length


def _getcpu(kernel: Kernel, _: Process, hart: int, node: int, __: int) -> int:
    if hart:
        kernel.user.write(hart, TID.pack(kernel.hart.number))
    if node:
        kernel.user.write(node, TID.pack(0))
    return 0


def _membarrier(kernel: Kernel, process: Process, command: int, flags: int, _: int) -> int:
    if flags:
        return -errno.EINVAL
    if command == MEMBARRIER_QUERY:
        return MEMBARRIER_GLOBAL | MEMBARRIER_PRIVATE | MEMBARRIER_REGISTER
    if command == MEMBARRIER_REGISTER:
        process.barriers = True
        return 0
    if command == MEMBARRIER_PRIVATE and not process.barriers:
        return -errno.EPERM
    if command in (MEMBARRIER_GLOBAL, MEMBARRIER_PRIVATE):
        entries.begin_barrier(kernel.world, kernel.hart.number, process.space)
        kernel.spaces.settle()
        return 0
    return -errno.EINVAL


CALLS: dict[int, Call] = {
    93: Call("exit", "i", _exit, "ends the thread; with the last one the process, with the low 8 bits of `status`"),
    94: Call("exit_group", "i", _exit_group, "ends the process with all its threads"),
    96: Call("set_tid_address", "w", _set_tid_address, "where the thread's end is told: a zero, and a futex woken"),
    98: Call("futex", "wiuw", _futex, "`FUTEX_WAIT` without a time limit, `FUTEX_WAKE`; private or shared"),
    122: Call("sched_setaffinity", "iuw", _sched_setaffinity, "the harts that a thread may run on; it moves at once"),
    123: Call("sched_getaffinity", "iuw", _sched_getaffinity, "those harts"),
    124: Call("sched_yield", "", _sched_yield, "lets the threads that are ready run first"),
    168: Call("getcpu", "www", _getcpu, "the hart; the node is 0"),
    178: Call("gettid", "", _gettid, "the thread"),
    220: Call(
        "clone",
        "uwwww",
        _clone,
        "fork; `CLONE_VFORK`, alone or with `CLONE_VM`: the parent waits for exec or exit; `CLONE_VM` with "
        "`CLONE_THREAD`: a thread, with `CLONE_SETTLS`, `_PARENT_SETTID`, `_CHILD_SETTID`, `_CHILD_CLEARTID`",
    ),
    283: Call("membarrier", "iui", _membarrier, "interrupts other harts of the process: query, global, private"),
}
