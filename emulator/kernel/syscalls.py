"""System calls: Linux riscv64 numbers and ABI (a7 the number, a0-a5 the arguments, a0 the result, errors as -errno).

One row a call, by subject in `calls`; its number is that of its name in `base/call_names.py`. One is pagewalk's own:
`mark`, for measuring.
"""

import errno

from emulator.base.call_names import CALL_NUMBERS
from emulator.kernel.calls import (
    advice,
    alarms,
    clock,
    descriptors,
    files,
    foreign,
    futexes,
    identity,
    memory,
    names,
    opening,
    processes,
    remapping,
    sending,
    signals,
    splicing,
    threads,
    usage,
)
from emulator.kernel.doors import entries
from emulator.kernel.io.openfile import FileError
from emulator.kernel.kernel import Kernel
from emulator.kernel.service.call import WORD
from emulator.kernel.service.usercopy import BadAddress

MARK, RT_SIGRETURN = CALL_NUMBERS["mark"], CALL_NUMBERS["rt_sigreturn"]
ROWS = (
    *descriptors.CALLS,
    *files.CALLS,
    *opening.CALLS,
    *names.CALLS,
    *splicing.CALLS,
    *identity.CALLS,
    *signals.CALLS,
    *sending.CALLS,
    *alarms.CALLS,
    *usage.CALLS,
    *threads.CALLS,
    *clock.CALLS,
    *processes.CALLS,
    *futexes.CALLS,
    *memory.CALLS,
    *remapping.CALLS,
    *foreign.CALLS,
    *advice.CALLS,
)
CALLS = {CALL_NUMBERS[call.name]: call for call in ROWS}


def serve(kernel: Kernel) -> None:
    """Carry out the system call that the running thread has trapped with."""
    thread = kernel.current
    assert thread is not None
    number = kernel.hart.call_number
    if number == MARK:
        kernel.notes.mark(*kernel.hart.arguments(WORD))
        return
    entries.enter_call(kernel.world, kernel.hart.number)
    if kernel.merging.is_due:
        kernel.merging.scan()
    call, pc = CALLS.get(number), kernel.hart.pc if number == RT_SIGRETURN else None
    if call is None:
        kernel.notes.unknown(number)
        result: int | None = -errno.ENOSYS
    else:
        try:
            result = call.handler(kernel, thread.process, *kernel.hart.arguments(call.arguments))
        except BadAddress:
            result = -errno.EFAULT
        except FileError as error:
            result = -error.errno
    if kernel.current is thread:
        kernel.hart.leave_call(number, result, pc=pc)
        if thread.process.stopped or not thread.may_run_on(kernel.hart.number):
            kernel.time.preempt()
        elif kernel.hart.clock >= kernel.hart.slice_ends:
            kernel.time.give_way()
