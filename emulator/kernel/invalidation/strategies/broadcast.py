"""Hardware broadcast: one instruction invalidates on all harts; the sender waits until all have carried it out.

Who: Arm TLBI IS + DSB, AMD INVLPGB + TLBSYNC (Linux uses the latter for address spaces on three harts or more).
Not where a hart's TLB must be spared: every hart is reached, whether it holds anything or not. Nobody is interrupted.
"""

from emulator.base.jit import hot
from emulator.base.mask import put
from emulator.base.names import Cost, Price
from emulator.hardware.accounts import book
from emulator.kernel.invalidation.reach import erase_range, goes_by_page


@hot
def needs_no_interrupt(world):
    """Let hardware tell the others."""
    return True


@hot
def tell_by_hardware(world, hart, span, row):
    """Invalidate the range on all other harts."""
    instructions = span.pages if goes_by_page(world, span) else 1
    book(hart, Cost.SHOOTDOWN_SEND, instructions * world.chip.price[Price.BROADCAST])
    row.told = world.chip.harts - 1
    for h in range(world.chip.harts):
        if h != hart.number:
            row.dropped += erase_range(world, world.hart[h], span)
            put(row.harts, h)
    before = hart.clock
    book(
        hart,
        Cost.SHOOTDOWN_WAIT,
        world.chip.price[Price.BROADCAST_SYNC] + row.told * world.chip.price[Price.BROADCAST_HART],
    )
    row.wait = hart.clock - before
    row.window = hart.clock - row.cycle
    return True
