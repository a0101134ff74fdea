"""Hardware broadcast: one instruction invalidates on all harts; the sender waits until all have carried it out.

Who: Arm TLBI IS + DSB, AMD INVLPGB + TLBSYNC (Linux uses the latter for address spaces on three harts or more).
Not where a hart's TLB must be spared: every hart is reached, whether it holds anything or not. Nobody is interrupted.
"""

from emulator.base.bits import PAGE_BYTES, asid_bits_of
from emulator.base.jit import hot
from emulator.base.names import Cost, FlushPolicy, Price
from emulator.hardware.accounts import book
from emulator.hardware.mmu import fence
from emulator.kernel.invalidation.mask import put
from emulator.kernel.invalidation.reach import WHOLE


@hot
def broadcast(world, hart, space, start, pages, row):
    """Invalidate the range on all other harts."""
    everything = world.policy.reach == FlushPolicy.FULL
    whole = pages == WHOLE or world.policy.reach != FlushPolicy.CEILING or pages > world.policy.ceiling
    asid_bits = asid_bits_of(space.asid)
    for i in range(1 if whole else pages):
        book(hart, Cost.SHOOTDOWN_SEND, world.chip.price[Price.BROADCAST])
        for h in range(world.chip.harts):
            if h != hart.number:
                row.dropped += fence(world, world.hart[h], start + i * PAGE_BYTES, asid_bits, not whole, everything)
    row.told = world.chip.harts - 1
    for h in range(world.chip.harts):
        if h != hart.number:
            put(row.harts, h)
    before = hart.clock
    book(
        hart,
        Cost.SHOOTDOWN_WAIT,
        world.chip.price[Price.BROADCAST_SYNC] + row.told * world.chip.price[Price.BROADCAST_HART],
    )
    row.wait = hart.clock - before
    row.window = hart.clock - row.cycle
