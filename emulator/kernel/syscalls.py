"""System calls: Linux riscv64 numbers and ABI (a7 the number, a0-a5 the arguments, a0 the result, errors as -errno).

One row a call; those of threads are in `thread_calls`. One number is pagewalk's own: `mark`, for measuring.
"""

import errno
import struct

from emulator.base.bits import PAGE_BYTES
from emulator.base.names import Counter, Event, FlushCause, RegionKind
from emulator.hardware.memory import whole_pages
from emulator.kernel import entries, thread_calls
from emulator.kernel.call import Call
from emulator.kernel.files import NoSuchProgram, NotAProgram
from emulator.kernel.frames import NONE
from emulator.kernel.image import OutOfFrames
from emulator.kernel.kernel import Kernel
from emulator.kernel.process import Life, Process
from emulator.kernel.signals import LAST
from emulator.kernel.stack import ARGUMENT_BYTES, MMAP_TOP, USER_END
from emulator.kernel.usercopy import POINTER_BYTES, BadAddress, TooLong

MARK = 20567
MAP_SHARED, MAP_PRIVATE, MAP_FIXED, MAP_ANONYMOUS = 0x01, 0x02, 0x10, 0x20
MAP_IGNORED = 0x4000 | 0x20000 | 0x800  # NORESERVE, STACK, DENYWRITE
PROT_ALL = 7
PATH_BYTES = PAGE_BYTES  # Linux, PATH_MAX
WNOHANG = 1
MADV_DONTNEED, MADV_LAST = 4, 25
MMAP_LOWEST = 0x10000
NANOSECONDS = 10**9


def serve(kernel: Kernel) -> None:
    """Carry out the system call that the running thread has trapped with."""
    thread = kernel.current
    assert thread is not None
    number = kernel.hart.call_number
    if number == MARK:
        kernel.mark(*kernel.hart.arguments(1))
        return
    entries.enter_call(kernel.world, kernel.hart.number)
    call = CALLS.get(number)
    if call is None:
        kernel.hart.count(Counter.SYSCALL_UNKNOWN)
        result: int | None = -errno.ENOSYS
    else:
        try:
            result = call.handler(kernel, thread.process, *kernel.hart.arguments(call.arguments))
        except BadAddress:
            result = -errno.EFAULT
    if kernel.current is thread:
        kernel.leave_call()
        if result is not None:
            kernel.hart.set_result(result)
        kernel.hart.note(Event.SYSCALL, pages=number, value=result or 0)
        if not thread.may_run_on(kernel.hart.number):
            kernel.preempt()
        elif kernel.hart.clock >= kernel.hart.slice_ends:
            kernel.give_way()


def _execve(kernel: Kernel, process: Process, path: int, argv: int, envp: int) -> int | None:
    try:
        name = kernel.user.read_string(path, PATH_BYTES).decode("utf-8", "replace")
    except TooLong:
        return -errno.ENAMETOOLONG
    try:
        arguments = kernel.user.read_strings(argv, ARGUMENT_BYTES)
        taken = sum(len(text) + 1 + POINTER_BYTES for text in arguments)
        environment = kernel.user.read_strings(envp, ARGUMENT_BYTES - taken)
        kernel.exec(process, kernel.images.find(name), arguments, environment)
    except TooLong:
        return -errno.E2BIG
    except NoSuchProgram:
        return -errno.ENOENT
    except NotAProgram:
        return -errno.ENOEXEC
    except OutOfFrames:
        return -errno.ENOMEM
    return None


def _wait4(kernel: Kernel, process: Process, pid: int, status: int, options: int, usage: int) -> int | None:
    if options & ~WNOHANG:
        return -errno.EINVAL

    def look() -> int | None:
        candidates = [child for child in process.children if pid in (-1, 0, child.pid)]
        if not candidates:
            return -errno.ECHILD
        for child in candidates:
            if child.life is Life.ZOMBIE:
                try:
                    if status:
                        kernel.user.write(status, struct.pack("<i", child.wait_status))
                    if usage:
                        kernel.user.write(usage, bytes(144))
                except BadAddress:
                    return -errno.EFAULT
                kernel.reap(process, child)
                return child.pid
        return 0 if options & WNOHANG else None

    result = look()
    if result is None and kernel.current is not None:
        kernel.block(kernel.current, look)
    return result


def _getpid(_: Kernel, process: Process) -> int:
    return process.pid


def _getppid(_: Kernel, process: Process) -> int:
    return process.parent


def _kill(kernel: Kernel, process: Process, pid: int, signal: int) -> int | None:
    if not 0 <= signal <= LAST:
        return -errno.EINVAL
    target = process if pid == 0 else kernel.processes.get(pid)
    if target is None or target.life is Life.GONE:
        return -errno.ESRCH
    kernel.kill(target, signal)
    return None if target is process and not process.alive else 0


def _write(kernel: Kernel, _: Process, descriptor: int, address: int, size: int) -> int:
    if descriptor not in (1, 2):
        return -errno.EBADF
    if size < 0:
        return -errno.EINVAL
    data = kernel.user.read(address, size)
    kernel.streams.write(descriptor, data)
    return len(data)


def _read(kernel: Kernel, _: Process, descriptor: int, address: int, size: int) -> int:
    if descriptor != 0:
        return -errno.EBADF
    if size < 0:
        return -errno.EINVAL
    data = kernel.streams.read(size)
    kernel.user.write(address, data)
    kernel.streams.consume(len(data))
    return len(data)


def _clock_gettime(kernel: Kernel, _: Process, clock: int, address: int) -> int:
    if not 0 <= clock <= 11:
        return -errno.EINVAL
    seconds, nanoseconds = divmod(int(kernel.hart.clock / kernel.clock_ghz), NANOSECONDS)
    kernel.user.write(address, struct.pack("<qq", seconds, nanoseconds))
    return 0


def _brk(kernel: Kernel, process: Process, address: int) -> int:
    start, now = kernel.spaces.heap(process.space)
    if not start <= address <= MMAP_TOP:
        return now
    old, new = whole_pages(now), whole_pages(address)
    if new > old:
        if entries.is_held(kernel.world, process.space, old, new):
            kernel.spaces.catch_up(process.space)
        if not entries.is_free(kernel.world, process.space, old, new):
            return now
        if not _add(kernel, process, old, new, PROT_ALL & ~4, 0, RegionKind.HEAP, 0):
            return now
    elif new < old and not kernel.spaces.unmap(process.space, new, old):
        return now
    kernel.spaces.set_heap(process.space, address)
    return address


def _mmap(kernel: Kernel, process: Process, hint: int, length: int, prot: int, flags: int, *_: int) -> int:
    sharing = flags & (MAP_SHARED | MAP_PRIVATE)
    if length <= 0 or prot & ~PROT_ALL or sharing not in (MAP_SHARED, MAP_PRIVATE):
        return -errno.EINVAL
    if not flags & MAP_ANONYMOUS:
        return -errno.ENODEV
    if flags & ~(MAP_SHARED | MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS | MAP_IGNORED):
        return -errno.EINVAL
    if length > USER_END:
        return -errno.ENOMEM
    size = whole_pages(length)
    start = _choose_range(kernel, process, hint, size, bool(flags & MAP_FIXED))
    if start < 0:
        return start
    target = 0
    if sharing == MAP_SHARED:
        frame = kernel.spaces.in_want(lambda: int(entries.new_frame(kernel.world, kernel.hart.number)))
        if frame == NONE:
            return -errno.ENOMEM
        target = frame * PAGE_BYTES
    if not _add(kernel, process, start, start + size, prot, target != 0, RegionKind.ANONYMOUS, target):
        if target:
            entries.drop_frame(kernel.world, kernel.hart.number, target // PAGE_BYTES)
        return -errno.ENOMEM
    return start


def _choose_range(kernel: Kernel, process: Process, hint: int, size: int, fixed: bool) -> int:
    """Return where a mapping goes: at `hint` if it is free or must be, else as high as possible; or -errno."""
    fits = hint % PAGE_BYTES == 0 and hint >= MMAP_LOWEST and hint + size <= USER_END
    if fixed:
        if not fits:
            return -errno.EINVAL
        if not kernel.spaces.unmap(process.space, hint, hint + size):
            return -errno.ENOMEM
        return hint
    if fits and entries.is_free(kernel.world, process.space, hint, hint + size):
        return hint
    gap = kernel.spaces.in_want(lambda: int(entries.find_gap(kernel.world, process.space, size, MMAP_TOP)))
    return gap or -errno.ENOMEM


def _add(
    kernel: Kernel, process: Process, start: int, end: int, prot: int, shared: bool | int, kind: RegionKind, target: int
) -> bool:
    region = (start, end, _pte_rights(prot), int(shared), kind.value, target)
    return bool(kernel.spaces.in_want(lambda: int(entries.add_region(kernel.world, process.space, *region))))


def _pte_rights(prot: int) -> int:
    """Return PROT_READ, PROT_WRITE, PROT_EXEC as R, W, X of a PTE; a page that may be written may be read."""
    rights = prot << 1
    return rights | 2 if prot & 2 else rights


def _munmap(kernel: Kernel, process: Process, address: int, length: int) -> int:
    if address % PAGE_BYTES or length <= 0 or address < 0 or address + length > USER_END:
        return -errno.EINVAL
    end = address + whole_pages(length)
    return 0 if kernel.spaces.unmap(process.space, address, end, postpone=True) else -errno.ENOMEM


def _mprotect(kernel: Kernel, process: Process, address: int, length: int, prot: int) -> int:
    if address % PAGE_BYTES or length < 0 or prot & ~PROT_ALL:
        return -errno.EINVAL
    if length == 0:
        return 0
    end = address + whole_pages(min(length, USER_END))
    if end > USER_END or not entries.is_mapped(kernel.world, process.space, address, end):
        return -errno.ENOMEM
    return 0 if kernel.spaces.protect(process.space, address, end, _pte_rights(prot)) else -errno.ENOMEM


def _madvise(kernel: Kernel, process: Process, address: int, length: int, advice: int) -> int:
    if address % PAGE_BYTES or length < 0 or address < 0 or address + length > USER_END:
        return -errno.EINVAL
    if advice != MADV_DONTNEED:
        return 0 if 0 <= advice <= MADV_LAST else -errno.EINVAL
    end = address + whole_pages(length)
    if length and not entries.is_mapped(kernel.world, process.space, address, end):
        return -errno.ENOMEM
    if length:
        kernel.spaces.discard(process.space, address, end, FlushCause.DISCARD)
    return 0


CALLS: dict[int, Call] = {
    **thread_calls.CALLS,
    63: Call("read", 3, _read, "reads standard input (descriptor 0); what is there, up to `size` bytes, 0 at its end"),
    64: Call("write", 3, _write, "writes to standard output or standard error (1, 2)"),
    113: Call("clock_gettime", 2, _clock_gettime, "the time since boot: cycles at `clock_ghz`"),
    129: Call("kill", 2, _kill, "sends a signal, to the caller for pid 0; no process handles one: it ends, or nothing"),
    172: Call("getpid", 0, _getpid, "the process"),
    173: Call("getppid", 0, _getppid, "its parent, 0 for none"),
    214: Call("brk", 1, _brk, "moves the end of the heap, page by page; the end as it was when that cannot be"),
    215: Call("munmap", 2, _munmap, "unmaps pages, cutting regions where need be"),
    221: Call("execve", 3, _execve, "runs a source or ELF file of the first program's folder"),
    222: Call("mmap", 6, _mmap, "maps anonymous memory, private or shared, `MAP_FIXED` or not; no files"),
    226: Call("mprotect", 3, _mprotect, "changes what whole pages grant, cutting and joining regions"),
    233: Call("madvise", 3, _madvise, "`MADV_DONTNEED` drops pages: they read as zeros again; other advice is ignored"),
    260: Call("wait4", 4, _wait4, "waits for a child; `WNOHANG`; `usage` is filled with zeros"),
}
