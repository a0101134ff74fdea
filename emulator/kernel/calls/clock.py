"""System calls on time: simulated time, cycles of the hart that asks at `clock_ghz`."""

import errno
import math
import struct

from emulator.hardware.turns import FAR
from emulator.kernel.kernel import Kernel
from emulator.kernel.processes.process import Process, Wait
from emulator.kernel.service.call import Call
from emulator.kernel.service.usercopy import BadAddress

NANOSECONDS = 10**9
TIMESPEC = struct.Struct("<qq")
CLOCKS = {*range(10), 11}  # Linux, time.h; there is no 10
PROCESS_CPU, THREAD_CPU = 2, 3
SLEEPING_CLOCKS = {0, 1, 7, 11}  # REALTIME, MONOTONIC, BOOTTIME, TAI
TIMER_ABSTIME = 1
FOR_EVER = 1 << 60  # cycles: years; a sleep as long as that has no end


def nanoseconds_of(kernel: Kernel, cycles: int) -> int:
    """Return how many nanoseconds so many cycles take."""
    return int(cycles / kernel.clock_ghz)


def now(kernel: Kernel) -> int:
    """Return the nanoseconds since boot."""
    return nanoseconds_of(kernel, kernel.hart.clock)


def cycles_of(kernel: Kernel, nanoseconds: int) -> int:
    """Return how many cycles it takes until so many nanoseconds have passed, FAR where that is never."""
    cycles = math.ceil(nanoseconds * kernel.clock_ghz)
    return cycles if cycles < FOR_EVER else FAR


def read_time(kernel: Kernel, address: int) -> int | None:
    """Return the nanoseconds in the timespec at `address`, None where that says no time. Raises BadAddress."""
    seconds, nanoseconds = TIMESPEC.unpack(kernel.user.read(address, TIMESPEC.size))
    if seconds < 0 or not 0 <= nanoseconds < NANOSECONDS:
        return None
    return int(seconds * NANOSECONDS + nanoseconds)


def _clock_gettime(kernel: Kernel, process: Process, clock: int, address: int) -> int:
    if clock not in CLOCKS:
        return -errno.EINVAL
    if clock == PROCESS_CPU:
        time = nanoseconds_of(kernel, kernel.time.used_by(process).cycles)
    elif clock == THREAD_CPU:
        time = nanoseconds_of(kernel, kernel.time.used_by_thread(kernel.running).cycles)
    else:
        time = now(kernel)
    kernel.user.write(address, TIMESPEC.pack(*divmod(time, NANOSECONDS)))
    return 0


def _clock_getres(kernel: Kernel, _: Process, clock: int, address: int) -> int:
    if clock not in CLOCKS:
        return -errno.EINVAL
    if address:
        kernel.user.write(address, TIMESPEC.pack(0, 1))
    return 0


def _gettimeofday(kernel: Kernel, _: Process, address: int, zone: int) -> int:
    if address:
        kernel.user.write(address, TIMESPEC.pack(*divmod(now(kernel) // 1000, NANOSECONDS // 1000)))
    if zone:
        kernel.user.write(zone, bytes(8))
    return 0


def _nanosleep(kernel: Kernel, process: Process, request: int, remaining: int) -> int | None:
    return _clock_nanosleep(kernel, process, 1, 0, request, remaining)


def _clock_nanosleep(kernel: Kernel, _: Process, clock: int, flags: int, request: int, remaining: int) -> int | None:
    if clock not in CLOCKS:
        return -errno.EINVAL
    if clock not in SLEEPING_CLOCKS:
        return -errno.EOPNOTSUPP
    time = read_time(kernel, request)
    if time is None:
        return -errno.EINVAL
    until = min(FAR, cycles_of(kernel, time) + (0 if flags & TIMER_ABSTIME else kernel.hart.clock))

    def look() -> int | None:
        return 0 if kernel.hart.clock >= until else None

    def give_up() -> int:
        if remaining and not flags & TIMER_ABSTIME:
            left = nanoseconds_of(kernel, until - kernel.hart.clock)
            try:
                kernel.user.write(remaining, TIMESPEC.pack(*divmod(left, NANOSECONDS)))
            except BadAddress:
                return -errno.EFAULT
        return -errno.EINTR

    result = look()
    if result is None and kernel.current is not None:
        kernel.time.block(kernel.current, look, Wait.TIME, until, give_up)
    return result


CALLS = (
    Call("nanosleep", "ww", _nanosleep, "lets the thread sleep; a handler ends that, and what remains is told"),
    Call("clock_gettime", "iw", _clock_gettime, "cycles since boot at `clock_ghz`, or those that were used"),
    Call("clock_getres", "iw", _clock_getres, "a nanosecond"),
    Call("clock_nanosleep", "iiww", _clock_nanosleep, "the same for a time, or with `TIMER_ABSTIME` until one"),
    Call("gettimeofday", "ww", _gettimeofday, "microseconds since boot, in the zone of Greenwich"),
)
