"""Stopping between two instructions: at a breakpoint, or after an event of a kind that somebody waits for.

Where nothing is to be stopped at, a stretch costs one compare more. Where a breakpoint is set, instructions run one at
a time; a run that is cut anywhere is the same run, so no counter tells.
"""

from emulator.base.jit import hot
from emulator.base.names import Counter, Reason


@hot
def is_watched(world):
    """Return whether any breakpoint is set."""
    return world.control.breakpoints > 0


@hot
def has_come(world):
    """Return whether a stop has come that nobody has been told of."""
    return world.control.came != Reason.NONE


@hot
def put_off_stops(world, on):
    """Let breakpoints stop no hart until this is over: what runs meanwhile must not be cut."""
    world.control.put_off = on


@hot
def stops_here(world, hart):
    """Return whether the hart has come to a breakpoint, which it meets once each time it comes there.

    Where stops are put off, as while another hart waits for an answer, the run stops when that is over.
    """
    task = world.task[hart.number]
    now = hart.count[Counter.INSTRUCTIONS] + 1
    if task.looked == now:
        return False
    task.looked = now
    for i in range(world.control.breakpoints):
        if world.control.breakpoint[i] == hart.pc:
            world.control.came, world.control.hart = Reason.BREAKPOINT, hart.number
            return world.control.put_off == 0
    return False
