"""System calls that tell who a program is and where it runs."""

import errno
import struct

from emulator.base.bits import PAGE_BYTES
from emulator.kernel.calls.clock import NANOSECONDS, now
from emulator.kernel.calls.files import one_piece
from emulator.kernel.io.descriptors import MOST
from emulator.kernel.kernel import Kernel
from emulator.kernel.processes.process import NAME_BYTES, Process
from emulator.kernel.programs.layout import STACK_BYTES
from emulator.kernel.service.call import Call
from emulator.kernel.service.usercopy import BadAddress

NAMES = ("Linux", "pagewalk", "6.18.0", "#1 SMP", "riscv64", "(none)")  # of the system, the machine, the release, ...
NAME_FIELD = 65
SYSINFO = struct.Struct("<q3Q6QHH4x2QI4x")
LIMIT = struct.Struct("<QQ")
NO_LIMIT = (1 << 64) - 1
LIMITS: dict[int, tuple[int, int]] = {  # soft and hard, by resource, where there is one: Linux, getrlimit(2)
    3: (STACK_BYTES, NO_LIMIT),
    4: (0, NO_LIMIT),  # core files
    7: (MOST, MOST),  # descriptors
    12: (819_200, 819_200),  # message queues
    13: (0, 0),  # niceness
    14: (0, 0),  # real-time priority
}
RESOURCES = 16
PR_SET_NAME, PR_GET_NAME = 15, 16
GRND_NONBLOCK, GRND_RANDOM, GRND_INSECURE = 1, 2, 4


def _uname(kernel: Kernel, _: Process, address: int) -> int:
    kernel.user.write(address, b"".join(name.encode().ljust(NAME_FIELD, b"\0") for name in NAMES))
    return 0


def _sysinfo(kernel: Kernel, _: Process, address: int) -> int:
    allocator = kernel.world.allocator
    frames = int(allocator.frame_limit)
    memory = (frames * PAGE_BYTES, (frames - int(allocator.in_use)) * PAGE_BYTES)
    processes = len(kernel.lives.threads)
    uptime = now(kernel) // NANOSECONDS
    kernel.user.write(address, SYSINFO.pack(uptime, 0, 0, 0, *memory, 0, 0, 0, 0, processes, 0, 0, 0, 1))
    return 0


def _limit_of(resource: int) -> tuple[int, int]:
    return LIMITS.get(resource, (NO_LIMIT, NO_LIMIT))


def _prlimit(kernel: Kernel, process: Process, pid: int, resource: int, new: int, old: int) -> int:
    if resource >= RESOURCES:
        return -errno.EINVAL
    wanted = LIMIT.unpack(kernel.user.read(new, LIMIT.size)) if new else None
    target = kernel.lives.processes.get(pid or process.pid)
    if target is None or not target.alive:
        return -errno.ESRCH
    if wanted is not None and wanted[0] > wanted[1]:
        return -errno.EINVAL
    if wanted is not None and wanted != _limit_of(resource):
        return -errno.EPERM
    if old:
        kernel.user.write(old, LIMIT.pack(*_limit_of(resource)))
    return 0


def _getrlimit(kernel: Kernel, process: Process, resource: int, address: int) -> int:
    if resource >= RESOURCES:
        return -errno.EINVAL
    kernel.user.write(address, LIMIT.pack(*_limit_of(resource)))
    return 0


def _setrlimit(kernel: Kernel, process: Process, resource: int, address: int) -> int:
    kernel.user.read(address, LIMIT.size)
    return _prlimit(kernel, process, 0, resource, address, 0)


def _root(_: Kernel, __: Process) -> int:
    return 0


def _prctl(kernel: Kernel, _: Process, option: int, address: int) -> int:
    if option == PR_SET_NAME:
        found = kernel.user.read_most(address, NAME_BYTES - 1)
        if len(found) < NAME_BYTES - 1 and b"\0" not in found:
            return -errno.EFAULT
        kernel.running.name = found.split(b"\0")[0]
        return 0
    if option == PR_GET_NAME:
        kernel.user.write(address, kernel.running.name.ljust(NAME_BYTES, b"\0"))
        return 0
    return -errno.EINVAL


def _getrandom(kernel: Kernel, __: Process, address: int, size: int, flags: int) -> int:
    if flags & ~(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE) or flags & 6 == GRND_RANDOM | GRND_INSECURE:
        return -errno.EINVAL
    ((address, size),) = one_piece(address, size)
    done = 0
    try:
        while done < size:
            done += kernel.user.write_most(address + done, kernel.lives.random_bytes(min(size - done, PAGE_BYTES)))
    except BadAddress:
        if not done:
            raise
    return done


CALLS = (
    Call("uname", "w", _uname, "Linux on riscv64"),
    Call("getrlimit", "uw", _getrlimit, "a limit: 8 MiB of stack, 1,024 descriptors, no end of most"),
    Call("setrlimit", "uw", _setrlimit, "EPERM for another limit than there is"),
    Call("prctl", "iw", _prctl, "`PR_SET_NAME`, `PR_GET_NAME`"),
    Call("getuid", "", _root, "0: all run as root"),
    Call("geteuid", "", _root, "0"),
    Call("getgid", "", _root, "0"),
    Call("getegid", "", _root, "0"),
    Call("sysinfo", "w", _sysinfo, "time since boot, memory, threads"),
    Call("prlimit64", "iuww", _prlimit, "both of `getrlimit` and `setrlimit`"),
    Call("getrandom", "wwu", _getrandom, "bytes that follow the seed"),
)
