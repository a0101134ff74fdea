"""Hardware broadcast, page by page: each instruction reaches all harts; the sender waits once until all have done.

Who: Arm, TLBI IS and one DSB. Every hart is reached, whether it holds anything or not, the sender among them, which
executes no instruction of its own beside it. Nobody is interrupted. Not where a hart's TLB must be spared.
"""

from emulator.base.jit import hot
from emulator.kernel.invalidation.broadcasting import broadcast_range
from emulator.kernel.invalidation.reach import goes_by_page


@hot
def needs_no_interrupt(world, space):
    """Let hardware tell the others."""
    return True


@hot
def reaches_own(world, space):
    """Let it drop the hart's own entries, too."""
    return True


@hot
def tell_by_hardware(world, hart, span, row):
    """Invalidate the range on all harts."""
    broadcast_range(world, hart, span, row, span.pages if goes_by_page(world, span) else 1)
    return True
