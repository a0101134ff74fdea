"""Batched unmapping: what is noted of an unmapped range is harts, not addresses; one flush of all serves many calls.

Who: Gorman 2015 (Linux, TTU_BATCH_FLUSH), for reclaim, with SWAP_CLUSTER_MAX = 32 pages at a time; here for munmap. Not
where the addresses or frames are used again at once. Pages are held until 32 of them are, or until a fork, the end of
the address space, a mapping that needs the addresses, or want of memory; then each hart that was noted drops the whole
address space. A hart that enters it before drops it then.
"""

from emulator.base.jit import hot
from emulator.base.names import Cost
from emulator.kernel.invalidation.ledger import row_under_way
from emulator.kernel.invalidation.local import drop_address_space
from emulator.kernel.invalidation.mask import has, take_out

BATCH_PAGES = 32


@hot
def drop_spaces(world, hart):
    """Let `hart` drop the whole of each space that a range is held of for it; nothing is booked in their rows."""
    for i in range(world.postponed.queued):
        post = world.postponed.queue[i]
        if has(post.waiting, hart.number):
            space = world.space[post.space]
            for j in range(i, world.postponed.queued):
                if world.postponed.queue[j].space == post.space:
                    take_out(world.postponed.queue[j].waiting, hart.number)
            if space.asid_generation == world.asids.generation:
                row_under_way(world).dropped += drop_address_space(world, hart, space.asid, Cost.SHOOTDOWN_SERVE)
    return 0
