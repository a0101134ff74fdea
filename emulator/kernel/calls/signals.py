"""System calls on signals. A process can ignore a signal or put it off; it cannot handle one."""

import errno
import struct

from emulator.base.call_names import CALL_NUMBERS
from emulator.kernel.kernel import Kernel
from emulator.kernel.processes import signalling
from emulator.kernel.processes.process import Process
from emulator.kernel.processes.signals import ALWAYS, LAST, SIG_DFL, SIG_IGN, Disposition, bit_of
from emulator.kernel.service.call import Call

SET = struct.Struct("<Q")
ACTION = struct.Struct("<QQQ")  # handler, flags, mask
SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK = 0, 1, 2
RT_SIGACTION = CALL_NUMBERS["rt_sigaction"]


def _rt_sigaction(kernel: Kernel, process: Process, signal: int, new: int, old: int, size: int) -> int:
    if size != SET.size:
        return -errno.EINVAL
    wanted = Disposition(*ACTION.unpack(kernel.user.read(new, ACTION.size))) if new else None
    if not 1 <= signal <= LAST or (wanted is not None and bit_of(signal) & ALWAYS):
        return -errno.EINVAL
    before = process.dispositions.get(signal, Disposition())
    if wanted is not None:
        if wanted.handler not in (SIG_DFL, SIG_IGN):
            kernel.notes.unknown(RT_SIGACTION)
            return -errno.ENOSYS
        process.dispositions[signal] = wanted
        signalling.forget_ignored(process)
    if old:
        kernel.user.write(old, ACTION.pack(*before))
    return 0


def _rt_sigprocmask(kernel: Kernel, process: Process, how: int, new: int, old: int, size: int) -> int | None:
    if size != SET.size:
        return -errno.EINVAL
    thread = kernel.running
    before = thread.blocked
    if new:
        (given,) = SET.unpack(kernel.user.read(new, SET.size))
        changed = {SIG_BLOCK: before | given, SIG_UNBLOCK: before & ~given, SIG_SETMASK: given}.get(how)
        if changed is None:
            return -errno.EINVAL
        thread.blocked = changed & ~ALWAYS
    try:
        if old:
            kernel.user.write(old, SET.pack(before))
    finally:
        signalling.deliver(kernel.lives, thread)
    return 0 if process.alive else None


def _rt_sigpending(kernel: Kernel, process: Process, address: int, size: int) -> int:
    if size > SET.size:
        return -errno.EINVAL
    thread = kernel.running
    pending = sum(bit_of(signal) for signal in thread.pending | set(process.pending)) & thread.blocked
    kernel.user.write(address, SET.pack(pending)[:size])
    return 0


def _tkill(kernel: Kernel, process: Process, tid: int, signal: int) -> int | None:
    return _send(kernel, process, 0, tid, signal) if tid > 0 else -errno.EINVAL


def _tgkill(kernel: Kernel, process: Process, group: int, tid: int, signal: int) -> int | None:
    return _send(kernel, process, group, tid, signal) if tid > 0 and group > 0 else -errno.EINVAL


def _send(kernel: Kernel, process: Process, group: int, tid: int, signal: int) -> int | None:
    thread = kernel.lives.threads.get(tid)
    if thread is None or (group and thread.process.pid != group):
        return -errno.ESRCH
    if not 0 <= signal <= LAST:
        return -errno.EINVAL
    signalling.send_to_thread(kernel.lives, thread, signal)
    return 0 if process.alive else None


CALLS = (
    Call("tkill", "ii", _tkill, "sends a signal to a thread: what it does, it does to the process"),
    Call("tgkill", "iii", _tgkill, "the same to a thread of a process"),
    Call(
        "rt_sigaction",
        "iwwu",
        _rt_sigaction,
        "`SIG_IGN`, `SIG_DFL`; with `SIGCHLD` ignored, or `SA_NOCLDWAIT`, children need not be waited for; "
        "ENOSYS for a handler, which is told as an unknown call",
    ),
    Call("rt_sigprocmask", "iwwu", _rt_sigprocmask, "the signals that the thread puts off until it lets them in"),
    Call("rt_sigpending", "wu", _rt_sigpending, "those that have come meanwhile"),
)
