"""A hart's interrupt handler: when it carries out what others tell it, and what that takes from the hart.

It does one thing after the other. What is told it while it is at work waits, and the interrupt that follows finds all
that has come until it begins: Linux's queue of calls, one for each hart. Elsewhere in the kernel interrupts are
enabled, so a hart that waits there, for a lock or for answers, answers others meanwhile: that takes its time only as
far as it goes beyond the wait.

Harts are emulated one after the other, a step of the kernel in one go: a hart that is told may have done already what
it does after the interrupt arrives. By `--set locks=space` it answers then, unless it waited when the interrupt
came; and under a schedule, by which clocks do not keep step, always.
"""

from emulator.base.jit import hot
from emulator.base.kernel_names import Locks
from emulator.base.names import Cost
from emulator.hardware.accounts import book
from emulator.hardware.turns import Schedule


@hot
def note_wait(world, hart, waited):
    """Note that the hart has just waited in the kernel for so many cycles."""
    task = world.task[hart.number]
    task.waits_until, task.slack = hart.clock, waited


@hot
def takes_at_once(world, target):
    """Return whether `target` takes an interrupt when it arrives, whatever it has been emulated to do."""
    task = world.task[target.number]
    if world.policy.locks == Locks.SPACE:
        return task.ipi_at < task.waits_until and world.turns.schedule == Schedule.TIME
    return target.busy == 1 or task.ipi_at <= target.clock


@hot
def await_interrupt(world, target):
    """Let `target` come to its interrupt; return when it arrives."""
    arrives = world.task[target.number].ipi_at
    if takes_at_once(world, target):
        return arrives
    if target.clock < arrives:
        book(target, Cost.KERNEL_LOCK if target.busy else Cost.IDLE, arrives - target.clock)
    return target.clock


@hot
def begin_service(world, target, arrives, price):
    """Let the handler of `target`, which takes `price`, begin with what it was told; return when it does."""
    task = world.task[target.number]
    begins = max(arrives, task.serves_until)
    if arrives >= task.serves_from:
        task.serves_from = begins
        book(target, Cost.SHOOTDOWN_SERVE, price)
    return begins


@hot
def end_service(world, target, begins, took):
    """Let the handler end what it `begins` at that cycle; return how many of the cycles it `took` a wait has hidden."""
    task = world.task[target.number]
    task.serves_until = begins + took
    if begins >= task.waits_until:
        return 0
    hidden = min(took, task.slack)
    task.slack -= hidden
    book(target, Cost.SHOOTDOWN_SERVE, -hidden)
    return hidden
