"""System calls that send signals: to processes, to groups of them, to threads."""

import errno

from emulator.kernel.kernel import Kernel
from emulator.kernel.processes import signalling
from emulator.kernel.processes.process import Process
from emulator.kernel.processes.siginfo import INFO_BYTES, SI_TKILL, Info, from_bytes, from_sender
from emulator.kernel.processes.signals import LAST
from emulator.kernel.service.call import Call

LOWEST_INT = -(1 << 31)


def _kill(kernel: Kernel, process: Process, pid: int, signal: int) -> int | None:
    reached = kernel.lives.jobs.reached(process, pid) if pid != LOWEST_INT else []
    if not reached:
        return -errno.ESRCH
    if not 0 <= signal <= LAST:
        return -errno.EINVAL
    for target in reached:
        signalling.send(kernel.lives, target, from_sender(signal, process.pid))
    return 0 if process.alive else None


def _tkill(kernel: Kernel, process: Process, tid: int, signal: int) -> int | None:
    if tid <= 0:
        return -errno.EINVAL
    return _to_thread(kernel, process, 0, tid, from_sender(signal, process.pid, SI_TKILL))


def _tgkill(kernel: Kernel, process: Process, group: int, tid: int, signal: int) -> int | None:
    if tid <= 0 or group <= 0:
        return -errno.EINVAL
    return _to_thread(kernel, process, group, tid, from_sender(signal, process.pid, SI_TKILL))


def _to_thread(kernel: Kernel, process: Process, group: int, tid: int, info: Info) -> int | None:
    thread = kernel.lives.threads.get(tid)
    if thread is None or (group and thread.process.pid != group):
        return -errno.ESRCH
    if not 0 <= info.signal <= LAST:
        return -errno.EINVAL
    signalling.send(kernel.lives, thread.process, info, thread)
    return 0 if process.alive else None


def _rt_sigqueueinfo(kernel: Kernel, process: Process, pid: int, signal: int, address: int) -> int | None:
    info = from_bytes(signal, kernel.user.read(address, INFO_BYTES))
    if not _may_say(info, process, pid):
        return -errno.EPERM
    target = kernel.lives.processes.get(pid)
    if target is None or target not in kernel.lives.jobs.present():
        return -errno.ESRCH
    if not 0 <= signal <= LAST:
        return -errno.EINVAL
    signalling.send(kernel.lives, target, info)
    return 0 if process.alive else None


def _rt_tgsigqueueinfo(kernel: Kernel, process: Process, group: int, tid: int, signal: int, address: int) -> int | None:
    info = from_bytes(signal, kernel.user.read(address, INFO_BYTES))
    if tid <= 0 or group <= 0:
        return -errno.EINVAL
    if not _may_say(info, process, tid):
        return -errno.EPERM
    return _to_thread(kernel, process, group, tid, info)


def _may_say(info: Info, process: Process, target: int) -> bool:
    """Return whether `process` may make up that: to others, nothing that the kernel or kill(2) would say."""
    return (info.code < 0 and info.code != SI_TKILL) or target == process.pid


CALLS = (
    Call("kill", "ii", _kill, "sends a signal to a process or a group"),
    Call("tkill", "ii", _tkill, "sends a signal to a thread; what it does without a handler, it does to the process"),
    Call("tgkill", "iii", _tgkill, "the same to a thread of a process"),
    Call("rt_sigqueueinfo", "iiw", _rt_sigqueueinfo, "sends a signal with what is told of it"),
    Call("rt_tgsigqueueinfo", "iiiw", _rt_tgsigqueueinfo, "the same to a thread of a process"),
)
