"""What becomes of a trap that compiled code hands up and that is no system call."""

from emulator.base.names import Cost, Counter, Event, Fault, Price, Trap
from emulator.kernel.processes.lives import Lives
from emulator.kernel.processes.signals import Signal

TRAP_SIGNALS = {
    Trap.BREAKPOINT: Signal.SIGTRAP,
    Trap.ILLEGAL: Signal.SIGILL,
    Trap.MISALIGNED_FETCH: Signal.SIGBUS,
}


def take(lives: Lives, trap: Trap, signal: Signal) -> None:
    """Deal with a trap of the running thread that is not a system call: its process ends in `signal` (F54)."""
    process = lives.time.running.process
    lives.hart.begin_work()
    va = lives.hart.fault_va if trap in (Trap.FAULT, Trap.MISALIGNED_FETCH) else 0
    if trap == Trap.FAULT:
        lives.hart.count(Counter.FAULT_FATAL)
    else:
        lives.hart.pay(Cost.TRAP_ENTRY, Price.TRAP_ENTRY)
    lives.end(process, None, signal, va)


def signal_of(lives: Lives, trap: Trap) -> Signal:
    """Return the signal that such a trap, which has just come, ends in."""
    if trap != Trap.FAULT:
        return TRAP_SIGNALS[trap]
    last = lives.hart.last_event
    if last["kind"] == Event.OUT_OF_MEMORY:
        return Signal.SIGBUS if last["value"] else Signal.SIGKILL  # of MAP_HUGETLB it was a huge page that was wanted
    past_end = last["kind"] == Event.REFUSED and last["value"]  # of a file
    return Signal.SIGBUS if past_end or last["fault"] in (Fault.MISALIGNED, Fault.ACCESS) else Signal.SIGSEGV
