"""A TLB directory: hardware knows which TLBs hold a page and drops the entries there, with no interrupt.

Who: UNITD (Romanescu et al., HPCA 2010) snoops PTE writes, DiDi (Villavieja et al., PACT 2011) shares a directory; both
simulated, neither built. Not on a machine that can be bought.
"""

from emulator.base.bits import PAGE_BYTES, asid_bits_of
from emulator.base.jit import hot
from emulator.base.names import Cost, FlushPolicy, Price
from emulator.hardware.accounts import book
from emulator.hardware.mmu import fence
from emulator.kernel.invalidation.mask import has, put
from emulator.kernel.invalidation.reach import WHOLE


@hot
def ask_directory(world, hart, space, start, pages, row):
    """Drop the range wherever it is held: the hart pays for each hart that holds something, for nothing else."""
    everything = world.policy.reach == FlushPolicy.FULL
    whole = pages == WHOLE or world.policy.reach != FlushPolicy.CEILING or pages > world.policy.ceiling
    asid_bits = asid_bits_of(space.asid)
    for h in range(world.chip.harts):
        if h == hart.number or not has(space.holders, h):
            continue
        found = 0
        for i in range(1 if whole else pages):
            found += fence(world, world.hart[h], start + i * PAGE_BYTES, asid_bits, not whole, everything)
        if found > 0:
            row.told += 1
            put(row.harts, h)
            row.dropped += found
            book(hart, Cost.SHOOTDOWN_SEND, world.chip.price[Price.DIRECTORY])
    row.window = hart.clock - row.cycle
