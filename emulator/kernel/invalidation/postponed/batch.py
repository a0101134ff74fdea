"""Batched unmapping: what is noted of an unmapped range is harts, not addresses; one flush of all serves many calls.

Who: Gorman 2015 (Linux, TTU_BATCH_FLUSH), for reclaim, with SWAP_CLUSTER_MAX = 32 pages at a time; here for munmap. Not
where the addresses or frames are used again at once. Pages are held until 32 of them are, or until a fork, the end of
the address space, a mapping that needs the addresses, or want of memory; then each hart that was noted drops the whole
address space, which is an invalidation of its own. A hart that enters the space before drops it then: that, and giving
the pages back, is `deferred` in the rows of what was held. What is held when the space ends is given back unflushed.
"""

from emulator.base.jit import hot
from emulator.base.kernel_names import FlushCause
from emulator.base.mask import has
from emulator.kernel.invalidation.ledger import begin_row, defer
from emulator.kernel.invalidation.postponed.queue import ANY, is_waited_for, pages_held
from emulator.kernel.invalidation.postponed.whole import drop_spaces

BATCH_PAGES = 32


@hot
def postpones(world):
    """Let munmap be postponed."""
    return True


@hot
def postpones_writable(world):
    """Whatever the pages grant: their frames are nobody's until they have been flushed."""
    return True


@hot
def is_enough(world, hart, index):
    """Let as many pages be held as Linux notes."""
    return pages_held(world, index) >= BATCH_PAGES


@hot
def ends_at_fork(world):
    """Let nothing be held when a fork copies the space."""
    return True


@hot
def catch_up(world, hart):
    """Let `hart` drop the whole of each space that a range is held of for it."""
    drop_spaces(world, hart)
    return 0


@hot
def catch_up_at_switch(world, hart):
    """Let a hart that is waited for drop what it has to, as an invalidation of its own."""
    if not is_waited_for(world, hart.number, ANY):
        return False
    first = 0
    while not has(world.postponed.queue[first].waiting, hart.number):
        first += 1
    begin_row(world, hart, 0, 0, FlushCause.SWITCH)
    before = hart.clock
    catch_up(world, hart)
    defer(world, hart, world.postponed.queue[first].number, hart.clock - before)
    return True
