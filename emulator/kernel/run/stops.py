"""Stopping between two instructions: at a breakpoint, before an access to watched memory, after an event.

Where nothing is to be stopped at, a stretch costs a few compares more. Where an instruction may be stopped at, they run
one at a time; a run that is cut anywhere is the same run, so no counter tells.
"""

from emulator.base.jit import hot
from emulator.base.names import Counter, Reason
from emulator.kernel.run.watches import meets_watch


@hot
def is_watched(world):
    """Return whether there is any instruction that the run may have to stop at."""
    control = world.control
    return control.breakpoints > 0 or control.watches > 0 or control.stepping > 0


@hot
def has_come(world):
    """Return whether a stop has come that nobody has been told of."""
    return world.control.came != Reason.NONE


@hot
def put_off_stops(world, on):
    """Let nothing stop a hart until this is over: what runs meanwhile must not be cut."""
    world.control.put_off = on


@hot
def may_stop(world):
    """Return whether stops are not put off."""
    return world.control.put_off == 0


@hot
def stops_here(world, hart):
    """Return whether the hart has come to an instruction to stop before, which it meets once each time it comes there.

    Where stops are put off, as while another hart waits for an answer, the run stops when that is over.
    """
    task, control = world.task[hart.number], world.control
    now = hart.count[Counter.INSTRUCTIONS] + 1
    if control.watches > 0 and task.watched != now:
        task.watched = now
        if meets_watch(world, hart):
            return come(world, hart, Reason.WATCH)
    if task.looked == now:
        return False
    task.looked = now
    if control.stepping > 0 and control.stepping == task.tid:
        return come(world, hart, Reason.STEP)
    for i in range(control.breakpoints):
        if control.breakpoint[i] == hart.pc:
            return come(world, hart, Reason.BREAKPOINT)
    return False


@hot
def come(world, hart, reason):
    """Note that a stop has come; return whether it may stop the hart now."""
    world.control.came, world.control.hart = reason, hart.number
    return may_stop(world)
