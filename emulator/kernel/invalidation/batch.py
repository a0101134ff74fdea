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
def drop_spaces(kernel, chip, hart):
    """Let `hart` drop the whole of each space that a range is held of for it; nothing is booked in their rows."""
    for i in range(kernel.queued):
        post = kernel.queue[i]
        if has(post.waiting, hart.number):
            space = kernel.space[post.space]
            for j in range(i, kernel.queued):
                if kernel.queue[j].space == post.space:
                    take_out(kernel.queue[j].waiting, hart.number)
            if space.asid_generation == kernel.asid_generation:
                row_under_way(kernel).dropped += drop_address_space(chip, hart, space.asid, Cost.SHOOTDOWN_SERVE)
    return 0
