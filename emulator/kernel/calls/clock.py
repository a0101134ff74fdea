"""System calls on time: simulated time, cycles of the hart that asks at `clock_ghz`."""

import errno
import struct

from emulator.kernel.call import Call
from emulator.kernel.kernel import Kernel
from emulator.kernel.process import Process

NANOSECONDS = 10**9


def _clock_gettime(kernel: Kernel, _: Process, clock: int, address: int) -> int:
    if not 0 <= clock <= 11:
        return -errno.EINVAL
    seconds, nanoseconds = divmod(int(kernel.hart.clock / kernel.clock_ghz), NANOSECONDS)
    kernel.user.write(address, struct.pack("<qq", seconds, nanoseconds))
    return 0


CALLS: dict[int, Call] = {
    113: Call("clock_gettime", "iw", _clock_gettime, "the time since boot: cycles at `clock_ghz`"),
}
