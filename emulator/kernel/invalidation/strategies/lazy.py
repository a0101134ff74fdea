"""Lazy TLB mode: an idle hart keeps its last address space loaded and is not interrupted; it flushes on its return.

Who: Linux. Not where page tables are freed, since an idle hart may walk them speculatively: then it is told.
"""

from emulator.base.jit import hot


@hot
def may_wait(world, hart, space, target):
    """Let idle harts wait, unless page tables go."""
    return world.request.tables == 0 and world.task[target.number].space == space.number and target.busy == 0
