"""System calls on signals: what a process or a thread wants of them, and waiting for them."""

import errno
import struct

from emulator.hardware.turns import FAR
from emulator.kernel.calls.clock import cycles_of, read_time
from emulator.kernel.kernel import Kernel
from emulator.kernel.processes import handling, signalling
from emulator.kernel.processes.altstack import STACK, AltStack
from emulator.kernel.processes.process import Process, Thread, Wait
from emulator.kernel.processes.siginfo import Info
from emulator.kernel.processes.signals import ALWAYS, FLAGS, LAST, Disposition, Signal, bit_of
from emulator.kernel.programs.image import OutOfFrames
from emulator.kernel.service.call import Call
from emulator.kernel.service.served import SP

SET = struct.Struct("<Q")
ACTION = struct.Struct("<QQQ")  # handler, flags, mask
SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK = 0, 1, 2


def _rt_sigaction(kernel: Kernel, process: Process, signal: int, new: int, old: int, size: int) -> int:
    if size != SET.size:
        return -errno.EINVAL
    wanted = Disposition(*ACTION.unpack(kernel.user.read(new, ACTION.size))) if new else None
    if not 1 <= signal <= LAST or (wanted is not None and bit_of(signal) & ALWAYS):
        return -errno.EINVAL
    before = process.wish(signal)
    if wanted is not None:
        if wanted.handles:
            try:
                kernel.lives.map_vdso(process)
            except OutOfFrames:
                return -errno.ENOMEM
        process.dispositions[signal] = wanted._replace(flags=wanted.flags & FLAGS, mask=wanted.mask & ~ALWAYS)
        signalling.forget_ignored(process, signal)
    if old:
        kernel.user.write(old, ACTION.pack(*before))
    return 0


def _rt_sigprocmask(kernel: Kernel, process: Process, how: int, new: int, old: int, size: int) -> int:
    if size != SET.size:
        return -errno.EINVAL
    thread = kernel.running
    before = thread.blocked
    if new:
        given = _set_at(kernel, new)
        changed = {SIG_BLOCK: before | given, SIG_UNBLOCK: before & ~given, SIG_SETMASK: given}.get(how)
        if changed is None:
            return -errno.EINVAL
        thread.blocked = changed & ~ALWAYS
        signalling.look_again(kernel.lives, thread)
    if old:
        kernel.user.write(old, SET.pack(before))
    return 0


def _set_at(kernel: Kernel, address: int) -> int:
    """Return the set of signals at `address`. Raises BadAddress."""
    (found,) = SET.unpack(kernel.user.read(address, SET.size))
    return int(found)


def _rt_sigpending(kernel: Kernel, process: Process, address: int, size: int) -> int:
    if size > SET.size:
        return -errno.EINVAL
    thread = kernel.running
    pending = (thread.pending.mask | process.pending.mask) & thread.blocked
    kernel.user.write(address, SET.pack(pending)[:size])
    return 0


def _sigaltstack(kernel: Kernel, _: Process, new: int, old: int) -> int:
    thread, sp = kernel.running, kernel.hart.register(SP)
    before = thread.stack
    if new:
        changed = before.changed(kernel.user.read(new, STACK.size), sp)
        if not isinstance(changed, AltStack):
            return -changed
        thread.stack = changed
    if old:
        kernel.user.write(old, before.packed(sp))
    return 0


def _rt_sigreturn(kernel: Kernel, _: Process) -> int | None:
    thread = kernel.running
    if not handling.end(kernel.lives, thread):
        signalling.force(kernel.lives, thread, Info(Signal.SIGSEGV))
        return 0
    signalling.look_again(kernel.lives, thread)
    return None


def _rt_sigsuspend(kernel: Kernel, _: Process, address: int, size: int) -> int | None:
    if size != SET.size:
        return -errno.EINVAL
    thread = kernel.running
    wanted = _set_at(kernel, address)
    thread.saved_mask, thread.blocked = thread.blocked, wanted & ~ALWAYS
    signalling.look_again(kernel.lives, thread)
    kernel.time.block(thread, lambda: None, Wait.SIGNAL, give_up=lambda: -errno.EINTR)
    return None


def _rt_sigtimedwait(kernel: Kernel, _: Process, wanted: int, told: int, timeout: int, size: int) -> int | None:
    if size != SET.size:
        return -errno.EINVAL
    thread = kernel.running
    signals = _set_at(kernel, wanted) & ~ALWAYS
    until = FAR
    if timeout:
        time = read_time(kernel, timeout)
        if time is None:
            return -errno.EINVAL
        until = min(FAR, kernel.hart.clock + cycles_of(kernel, time))

    def look() -> int | None:
        info = signalling.take(kernel.lives, thread, ~signals)
        if info is None and kernel.hart.clock < until:
            return None
        thread.awaited = 0
        if info is None:
            return -errno.EAGAIN
        if told:
            kernel.user.write(told, info.packed)
        return info.signal

    result = look()
    if result is None:
        thread.awaited = signals
        kernel.time.block(thread, look, Wait.SIGNAL, until, lambda: _awaits_no_more(thread))
    return result


def _awaits_no_more(thread: Thread) -> int:
    thread.awaited = 0
    return -errno.EINTR


CALLS = (
    Call(
        "rt_sigaction",
        "iwwu",
        _rt_sigaction,
        "a handler, `SIG_IGN`, `SIG_DFL`; all flags; with `SIGCHLD` ignored, or `SA_NOCLDWAIT`, children need not be "
        "waited for; with the first handler comes the page that handlers return to",
    ),
    Call("rt_sigprocmask", "iwwu", _rt_sigprocmask, "the signals that the thread puts off until it lets them in"),
    Call("rt_sigpending", "wu", _rt_sigpending, "those that have come meanwhile"),
    Call("sigaltstack", "ww", _sigaltstack, "the stack of handlers that ask for it; `SS_DISABLE`, `SS_AUTODISARM`"),
    Call("rt_sigreturn", "", _rt_sigreturn, "returns from a handler to where its frame says; SIGSEGV without one"),
    Call("rt_sigsuspend", "wu", _rt_sigsuspend, "waits for a signal that has a handler, putting off others"),
    Call("rt_sigtimedwait", "wwwu", _rt_sigtimedwait, "takes a signal that has come, or comes in time"),
)
