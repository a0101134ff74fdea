"""A TLB directory: hardware knows which TLBs hold a page and drops the entries there, with no interrupt.

Who: UNITD (Romanescu et al., HPCA 2010) snoops PTE writes, DiDi (Villavieja et al., PACT 2011) shares a directory; both
simulated, neither built. Not on a machine that can be bought. As a store waits for the caches that hold its line, the
hart waits for the TLBs that hold an entry; they drop it side by side, so that it waits once.
"""

from emulator.base.jit import hot
from emulator.base.mask import has, put
from emulator.base.names import Cost, Price
from emulator.hardware.accounts import book
from emulator.kernel.invalidation.ledger import note_dropped
from emulator.kernel.invalidation.reach import erase_range


@hot
def needs_no_interrupt(world, space):
    """Let hardware tell the others."""
    return True


@hot
def tell_by_hardware(world, hart, span, row):
    """Drop the range wherever it is held: the hart pays for each hart that holds something, and waits if any does."""
    for h in range(world.chip.harts):
        if h == hart.number or not has(world.space[span.space].holders, h):
            continue
        found = erase_range(world, world.hart[h], span)
        if found > 0:
            row.told += 1
            put(row.harts, h)
            row.dropped += found
            book(hart, Cost.SHOOTDOWN_SEND, world.chip.price[Price.DIRECTORY])
    if row.told > 0:
        row.wait = world.chip.price[Price.DIRECTORY_SYNC]
        book(hart, Cost.SHOOTDOWN_WAIT, row.wait)
    note_dropped(hart, row)
    return True
