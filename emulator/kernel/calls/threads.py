"""System calls of threads: starting and ending them, waiting for each other, choosing harts."""

import errno
import struct

from emulator.kernel.doors import entries
from emulator.kernel.kernel import Kernel
from emulator.kernel.processes import family
from emulator.kernel.processes.altstack import NO_STACK
from emulator.kernel.processes.process import Process, Thread, Wait
from emulator.kernel.processes.robust import HEAD
from emulator.kernel.service.call import Call
from emulator.kernel.service.usercopy import BadAddress

CLONE_SIGNAL, CLONE_VM, CLONE_SIGHAND, CLONE_VFORK, CLONE_PARENT = 0xFF, 0x100, 0x800, 0x4000, 0x8000
CLONE_THREAD, CLONE_SETTLS, CLONE_PARENT_SETTID = 0x10000, 0x80000, 0x100000
CLONE_FILES, CLONE_CHILD_CLEARTID, CLONE_CHILD_SETTID = 0x400, 0x200000, 0x1000000
CLONE_ABSENT = 0x1000 | 0x20000 | 0x7E000000  # a descriptor of the child; namespaces
MEMBARRIER_QUERY, MEMBARRIER_GLOBAL, MEMBARRIER_PRIVATE, MEMBARRIER_REGISTER = 0, 1, 8, 16
TID = struct.Struct("<i")
MASK_UNIT = 8  # bytes: affinity masks come in whole longs


def _clone(
    kernel: Kernel, process: Process, flags: int, stack: int, parent_tid: int, tls: int, child_tid: int
) -> int | None:
    if flags & CLONE_ABSENT or (flags & (CLONE_SIGHAND | CLONE_THREAD) and not flags & CLONE_VM):
        return -errno.EINVAL
    if flags & CLONE_THREAD and not flags & CLONE_SIGHAND:
        return -errno.EINVAL
    if (flags & CLONE_THREAD and flags & CLONE_VFORK) or (flags & CLONE_PARENT and not process.parent):
        return -errno.EINVAL
    pointer = tls if flags & CLONE_SETTLS else None
    files = bool(flags & CLONE_FILES)
    if flags & CLONE_THREAD:
        thread = kernel.lives.start_thread(process, stack, pointer, files)
        thread.stack = NO_STACK
        if flags & CLONE_CHILD_CLEARTID:
            thread.clear_tid = child_tid
        if flags & CLONE_CHILD_SETTID:
            _tell(kernel, child_tid, thread.tid)
        if flags & CLONE_PARENT_SETTID:
            _tell(kernel, parent_tid, thread.tid)
        return thread.tid
    child = kernel.lives.fork(process, stack, share_space=bool(flags & CLONE_VM), tls=pointer, share_files=files)
    if child is None:
        return -errno.ENOMEM
    child.exit_signal = flags & CLONE_SIGNAL
    if flags & CLONE_SIGHAND:
        child.dispositions = process.dispositions
    if flags & (CLONE_VM | CLONE_VFORK) == CLONE_VM:
        child.threads[0].stack = NO_STACK
    if flags & CLONE_PARENT:
        family.be_siblings(kernel.lives, process, child)
    if flags & CLONE_PARENT_SETTID:
        _tell(kernel, parent_tid, child.pid)
    if flags & CLONE_CHILD_CLEARTID:
        child.threads[0].clear_tid = child_tid
    if flags & CLONE_CHILD_SETTID:
        child.threads[0].set_tid = child_tid
    if flags & CLONE_VFORK:
        child.vfork_parent = process.pid
        kernel.time.block(_running(kernel), lambda: None if child.vfork_parent else child.pid, Wait.PROGRAM)
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
    kernel.lives.exit_thread(_running(kernel), status & 0xFF)


def _exit_group(kernel: Kernel, process: Process, status: int) -> None:
    kernel.lives.end(process, status & 0xFF)


def _gettid(kernel: Kernel, _: Process) -> int:
    return _running(kernel).tid


def _set_tid_address(kernel: Kernel, _: Process, address: int) -> int:
    _running(kernel).clear_tid = address
    return _running(kernel).tid


def _set_robust_list(kernel: Kernel, _: Process, address: int, size: int) -> int:
    if size != HEAD.size:
        return -errno.EINVAL
    _running(kernel).robust_list = address
    return 0


def _get_robust_list(kernel: Kernel, _: Process, tid: int, address: int, size: int) -> int:
    thread = _find(kernel, tid)
    if thread is None:
        return -errno.ESRCH
    kernel.user.write(size, HEAD.size.to_bytes(8, "little"))
    kernel.user.write(address, thread.robust_list.to_bytes(8, "little", signed=True))
    return 0


def _sched_yield(kernel: Kernel, _: Process) -> int:
    kernel.time.end_slice()
    return 0


def _find(kernel: Kernel, tid: int) -> Thread | None:
    return _running(kernel) if tid == 0 else kernel.lives.threads.get(tid)


def _sched_setaffinity(kernel: Kernel, _: Process, tid: int, size: int, address: int) -> int:
    thread = _find(kernel, tid)
    if thread is None:
        return -errno.ESRCH
    mask = int.from_bytes(kernel.user.read(address, max(0, min(size, 128))), "little")
    if mask & ((1 << len(kernel.world.harts)) - 1) == 0:
        return -errno.EINVAL
    thread.affinity = mask
    kernel.time.move(thread)
    return 0


def _sched_getaffinity(kernel: Kernel, _: Process, tid: int, size: int, address: int) -> int:
    thread = _find(kernel, tid)
    if thread is None:
        return -errno.ESRCH
    length = -(-len(kernel.world.harts) // (8 * MASK_UNIT)) * MASK_UNIT
    if size < length or size % MASK_UNIT:
        return -errno.EINVAL
    mask = thread.affinity & ((1 << len(kernel.world.harts)) - 1)
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


CALLS = (
    Call("exit", "i", _exit, "ends the thread; with the last one the process, with the low 8 bits of `status`"),
    Call("exit_group", "i", _exit_group, "ends the process with all its threads"),
    Call("set_tid_address", "w", _set_tid_address, "where the thread's end is told: a zero, and a futex woken"),
    Call("set_robust_list", "ww", _set_robust_list, "where the thread keeps the locks that its end marks"),
    Call("get_robust_list", "iww", _get_robust_list, "that place"),
    Call("sched_setaffinity", "iuw", _sched_setaffinity, "the harts that a thread may run on; it moves at once"),
    Call("sched_getaffinity", "iuw", _sched_getaffinity, "those harts"),
    Call("sched_yield", "", _sched_yield, "lets the threads that are ready run first"),
    Call("getcpu", "www", _getcpu, "the hart; the node is 0"),
    Call("gettid", "", _gettid, "the thread"),
    Call(
        "clone",
        "uwwww",
        _clone,
        "a process, or with `CLONE_VM` and `CLONE_THREAD` a thread; `CLONE_VM` alone shares memory, `CLONE_VFORK` lets "
        "the parent wait for exec or exit; the signal told at its end; `CLONE_PARENT`, `_SETTLS`, `_PARENT_SETTID`, "
        "`_CHILD_SETTID`, `_CHILD_CLEARTID`; no namespaces",
    ),
    Call("membarrier", "iui", _membarrier, "interrupts other harts of the process: query, global, private"),
)
