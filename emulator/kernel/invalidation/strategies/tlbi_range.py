"""Hardware broadcast by ranges: an instruction names up to 32 pieces of 2, 64, 2,048 or 65,536 pages.

Who: Armv8.4, TLBI RVAE1IS; Linux on arm64 takes the largest pieces first, and an odd page alone. All else is as page by
page. Ceilings count pages, so that a range pays only with one beyond them (`ceiling:N`).
"""

from emulator.base.jit import hot
from emulator.kernel.invalidation.broadcasting import broadcast_range, instructions_for
from emulator.kernel.invalidation.ranges import small_pages
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
    broadcast_range(world, hart, span, row, instructions_for(small_pages(span)) if goes_by_page(world, span) else 1)
    return True
