"""Page tables that each NUMA node has copies of, made as they are needed (numapte).

Where a node has no copy of a table, a walk of one of its harts finds nothing there, and the kernel makes the copy. All
copies say the same, so that one stands in memory for all of them, with a note of who has one.
"""

from emulator.base.bits import frame_of
from emulator.base.jit import hot
from emulator.base.mask import has


@hot
def has_copy(world, hart, place):
    """Return whether the hart's node has the table that the PTE at `place` stands in."""
    return world.chip.replicated == 0 or has(world.frame[frame_of(place)].nodes, hart.node)
