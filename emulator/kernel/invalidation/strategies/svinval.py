"""Svinval: the pages of a range are invalidated one behind the other, without waiting, between two orderings.

Who: RISC-V, Svinval (SFENCE.W.INVAL, SINVAL.VMA for each page, SFENCE.INVAL.IR); Linux uses it for ranges. A page alone
is left to SFENCE.VMA, as there, and so is what a hart drops whole: beyond the ceiling, always with `asid` or `full`,
at a switch, and where page tables go. Only where the processor has the extension.
"""

from emulator.base.jit import hot
from emulator.base.names import Cost
from emulator.kernel.invalidation.reach import drop_pipelined, goes_by_page


@hot
def drop_own(world, hart, span, row):
    """Let the hart's own pages be one batch."""
    if world.request.tables > 0 or span.pages < 2 or not goes_by_page(world, span):
        return False
    before = hart.clock
    row.dropped += drop_pipelined(world, hart, span, Cost.FLUSH_LOCAL)
    row.own = hart.clock - before
    return True


@hot
def drop_asked(world, target, span, row):
    """Let the pages that another hart asks for be one batch."""
    if world.request.tables > 0 or span.pages < 2 or not goes_by_page(world, span):
        return False
    row.dropped += drop_pipelined(world, target, span, Cost.SHOOTDOWN_SERVE)
    return True
