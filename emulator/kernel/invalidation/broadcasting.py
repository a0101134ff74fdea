"""Broadcast invalidations: instructions that each reach every TLB, and one wait until all have carried them out."""

from emulator.base.jit import hot
from emulator.base.mask import put
from emulator.base.names import Cost, Price
from emulator.hardware.accounts import book
from emulator.kernel.invalidation.ledger import note_dropped
from emulator.kernel.invalidation.reach import erase_range

PIECES = 32  # that an instruction for a range names at most: so many are one of the next size


@hot
def broadcast_range(world, hart, span, row, instructions):
    """Invalidate a range in all TLBs, the own one among them, by so many instructions; note in `row` what it took."""
    book(hart, Cost.SHOOTDOWN_SEND, instructions * world.chip.price[Price.BROADCAST])
    row.told = world.chip.harts - 1
    for h in range(world.chip.harts):
        row.dropped += erase_range(world, world.hart[h], span)
        if h != hart.number:
            put(row.harts, h)
    before = hart.clock
    longer = row.told * world.chip.price[Price.BROADCAST_HART]
    book(hart, Cost.SHOOTDOWN_WAIT, world.chip.price[Price.BROADCAST_SYNC] + longer)
    row.wait = hart.clock - before
    note_dropped(hart, row)


@hot
def instructions_for(pages):
    """Return how many instructions cover so many pages: one for each size that there is any of, one for an odd page."""
    found, pairs = pages % 2, pages // 2
    while pairs > 0:
        found += pairs % PIECES != 0
        pairs //= PIECES
    return found


@hot
def global_asids_in_use(world):
    """Return how many address spaces have one."""
    found = 0
    for i in range(world.pool.spaces):
        found += world.space[i].users > 0 and world.space[i].has_global_asid == 1
    return found
