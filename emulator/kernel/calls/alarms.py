"""System calls that have SIGALRM sent at a time (Linux, setitimer(2)). Times of the processor's use are not built."""

import errno
import struct

from emulator.base.call_names import CALL_NUMBERS
from emulator.hardware.turns import FAR
from emulator.kernel.calls.clock import NANOSECONDS, cycles_of, nanoseconds_of
from emulator.kernel.kernel import Kernel
from emulator.kernel.processes.process import Alarm, Process
from emulator.kernel.service.call import Call

REAL, VIRTUAL, PROF = 0, 1, 2
MICROSECONDS = 10**6
TIMES = struct.Struct("<qqqq")  # from one to the next, and until the first: seconds, microseconds
SETITIMER, GETITIMER = CALL_NUMBERS["setitimer"], CALL_NUMBERS["getitimer"]


def _setitimer(kernel: Kernel, process: Process, which: int, new: int, old: int) -> int:
    wrong = _refusal(kernel, which, SETITIMER)
    if wrong:
        return -wrong
    every, first = (0, 0), (0, 0)
    if new:
        words = TIMES.unpack(kernel.user.read(new, TIMES.size))
        every, first = (words[0], words[1]), (words[2], words[3])
    if any(seconds < 0 or not 0 <= micro < MICROSECONDS for seconds, micro in (every, first)):
        return -errno.EINVAL
    before = _told(kernel, process)
    if process.alarm is None:
        process.alarm = Alarm(process)
    cycles = _cycles(kernel, first)
    process.alarm.interval = _cycles(kernel, every) if cycles else 0
    kernel.time.set_alarm(process.alarm, min(FAR, kernel.hart.clock + cycles) if cycles else FAR)
    if old:
        kernel.user.write(old, before)
    return 0


def _getitimer(kernel: Kernel, process: Process, which: int, address: int) -> int:
    wrong = _refusal(kernel, which, GETITIMER)
    if wrong:
        return -wrong
    kernel.user.write(address, _told(kernel, process))
    return 0


def _refusal(kernel: Kernel, which: int, number: int) -> int:
    """Return the error for a clock that there is not; 0 for none."""
    if which in (VIRTUAL, PROF):
        kernel.notes.unknown(number)
        return errno.ENOSYS
    return 0 if which == REAL else errno.EINVAL


def _cycles(kernel: Kernel, time: tuple[int, int]) -> int:
    return cycles_of(kernel, time[0] * NANOSECONDS + time[1] * 1000)


def _told(kernel: Kernel, process: Process) -> bytes:
    """Return what is left of the alarm of `process`, in whole microseconds, the last one begun among them."""
    alarm = process.alarm
    if alarm is None:
        return TIMES.pack(0, 0, 0, 0)
    left = max(alarm.at - kernel.hart.clock, 1) if alarm.at < FAR else 0
    times = (-(-nanoseconds_of(kernel, cycles) // 1000) for cycles in (alarm.interval, left))
    return TIMES.pack(*(part for time in times for part in divmod(time, MICROSECONDS)))


CALLS = (
    Call("setitimer", "iww", _setitimer, "`ITIMER_REAL`: SIGALRM at a time, once or over and over; others ENOSYS"),
    Call("getitimer", "iw", _getitimer, "what is left of that"),
)
