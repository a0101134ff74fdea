"""What becomes of a trap that compiled code hands up and that is no system call: a signal."""

from emulator.base.names import Cost, Counter, Event, Fault, Price, Trap
from emulator.kernel.processes import signalling
from emulator.kernel.processes.lives import Lives
from emulator.kernel.processes.oom import ends_another
from emulator.kernel.processes.siginfo import (
    BUS_ADRALN,
    BUS_ADRERR,
    ILL_ILLOPC,
    SEGV_ACCERR,
    SEGV_MAPERR,
    TRAP_BRKPT,
    Info,
    from_fault,
)
from emulator.kernel.processes.signals import Signal

TRAP_SIGNALS = {
    Trap.BREAKPOINT: Signal.SIGTRAP,
    Trap.ILLEGAL: Signal.SIGILL,
    Trap.MISALIGNED_FETCH: Signal.SIGBUS,
}
TRAP_CODES = {Trap.BREAKPOINT: TRAP_BRKPT, Trap.ILLEGAL: ILL_ILLOPC, Trap.MISALIGNED_FETCH: BUS_ADRALN}


def take(lives: Lives, trap: Trap, signal: Signal) -> None:
    """Deal with a trap of the running thread that is not a system call: send it `signal` (F54)."""
    thread = lives.time.running
    if signal == Signal.SIGKILL and ends_another(lives, thread.process):
        return  # its access is made again
    lives.hart.begin_work()
    info = _told_of(lives, trap, signal)
    if trap == Trap.FAULT:
        lives.hart.count(Counter.FAULT_FATAL)
    else:
        lives.hart.pay(Cost.TRAP_ENTRY, Price.TRAP_ENTRY)
    signalling.force(lives, thread, info)
    if trap != Trap.FAULT and thread.process.wish(signal).handles:
        lives.hart.pay(Cost.TRAP_RETURN, Price.TRAP_RETURN)
    signalling.deliver(lives, thread)


def _told_of(lives: Lives, trap: Trap, signal: Signal) -> Info:
    """Return what a handler is told. The address of a trap that is no fault is that of the instruction."""
    if trap != Trap.FAULT:
        va = lives.hart.fault_va if trap == Trap.MISALIGNED_FETCH else 0
        return from_fault(signal, TRAP_CODES[trap], lives.hart.pc, va)
    va, last = lives.hart.fault_va, lives.hart.last_event
    if signal == Signal.SIGKILL:
        return Info(signal, va=va)
    if signal == Signal.SIGSEGV:
        code = SEGV_ACCERR if last["region_end"] else SEGV_MAPERR
    else:
        code = BUS_ADRALN if last["fault"] == Fault.MISALIGNED else BUS_ADRERR
    return from_fault(signal, code, va, va)


def signal_of(lives: Lives, trap: Trap) -> Signal:
    """Return the signal that such a trap, which has just come, ends in."""
    if trap != Trap.FAULT:
        return TRAP_SIGNALS[trap]
    last = lives.hart.last_event
    if last["kind"] == Event.OUT_OF_MEMORY:
        return Signal.SIGBUS if last["value"] else Signal.SIGKILL  # of MAP_HUGETLB it was a huge page that was wanted
    past_end = last["kind"] == Event.REFUSED and last["value"]  # of a file
    return Signal.SIGBUS if past_end or last["fault"] in (Fault.MISALIGNED, Fault.ACCESS) else Signal.SIGSEGV
