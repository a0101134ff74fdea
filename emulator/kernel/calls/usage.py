"""System calls that tell what processes have used."""

import errno
import struct

from emulator.kernel.calls.clock import NANOSECONDS, nanoseconds_of, now
from emulator.kernel.kernel import Kernel
from emulator.kernel.processes.process import Process
from emulator.kernel.processes.usage import Usage
from emulator.kernel.programs.stack import TICKS
from emulator.kernel.service.call import Call

RUSAGE_SELF, RUSAGE_CHILDREN, RUSAGE_THREAD = 0, -1, 1
RUSAGE = struct.Struct("<4q4qq9q")
TMS = struct.Struct("<4q")
MICROSECONDS = 10**6


def packed(kernel: Kernel, used: Usage) -> bytes:
    """Return `used` as a struct rusage: its times and its minor faults; all else is not counted, and 0."""
    times: list[int] = []
    for cycles in (used.user, used.system):
        times += divmod(nanoseconds_of(kernel, cycles) // 1000, MICROSECONDS)
    return RUSAGE.pack(*times, 0, 0, 0, 0, used.faults, *[0] * 9)


def _getrusage(kernel: Kernel, process: Process, who: int, address: int) -> int:
    if who == RUSAGE_SELF:
        used = kernel.time.used_by(process)
    elif who == RUSAGE_CHILDREN:
        used = process.used_by_children
    elif who == RUSAGE_THREAD:
        used = kernel.time.used_by_thread(kernel.running)
    else:
        return -errno.EINVAL
    kernel.user.write(address, packed(kernel, used))
    return 0


def _times(kernel: Kernel, process: Process, address: int) -> int:
    tick = NANOSECONDS // TICKS
    if address:
        used, by_children = kernel.time.used_by(process), process.used_by_children
        cycles = (used.user, used.system, by_children.user, by_children.system)
        kernel.user.write(address, TMS.pack(*(nanoseconds_of(kernel, spent) // tick for spent in cycles)))
    return now(kernel) // tick


CALLS = (
    Call("times", "w", _times, "cycles of the process and its children in hundredths of a second"),
    Call("getrusage", "iw", _getrusage, "times in the program and in the kernel, minor faults; all else is 0"),
)
