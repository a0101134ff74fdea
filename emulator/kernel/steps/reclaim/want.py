"""Frames are wanted and none is free: pages are taken away, a batch at a time, if there is a swap device.

Linux has kswapd keep some frames free; here they are taken away by whoever finds none, and who wants one waits for it.
"""

from emulator.base.jit import rare
from emulator.kernel.steps.reclaim.clock import choose
from emulator.kernel.steps.reclaim.taking import take_away
from emulator.world.swap import MOST_VICTIMS

BATCH = 32  # frames at a time (Linux, SWAP_CLUSTER_MAX)
SHARE = 1024  # or, where that is more, one of so many (Linux, watermark_scale_factor)
LEAST = 8  # what one instruction needs at a time, page tables included: with fewer it would never get on (F54)


@rare
def reclaim(world, hart, wanted):
    """Take pages away until `wanted` frames are free that were not; return how many there are."""
    freed = 0
    while freed < wanted and choose(world, hart, wanted - freed) > 0:
        freed += take_away(world, hart)
    return freed


@rare
def make_room(world, hart):
    """Let a batch of frames be free; return whether that has come to enough to go on with."""
    if world.swap.slots == 0:
        return False
    wanted = max(BATCH, min(MOST_VICTIMS, world.allocator.frame_limit // SHARE))
    return reclaim(world, hart, wanted) >= LEAST
