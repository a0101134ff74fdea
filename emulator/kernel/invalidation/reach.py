"""How much of its TLB a hart drops for a range of pages.

ceiling:N   page by page up to N pages, beyond that the whole address space.
            Linux x86 uses 33 (a policy, not a measured crossover), RISC-V 64, arm64 512; FreeBSD 4096.
asid        the whole address space, always.
full        everything, always: what a machine without ASIDs or single-page invalidation must do.
"""

from emulator.base.bits import PAGE_BYTES
from emulator.base.jit import hot
from emulator.base.names import FlushPolicy
from emulator.kernel.invalidation.local import drop_address_space, drop_everything, drop_one_page

WHOLE = 0  # pages: the whole address space


@hot
def drop_range(world, hart, space, start, pages, cost):
    """Let `hart` drop what it holds of `pages` pages of `space` (WHOLE: all of it); return how many entries."""
    if world.policy.reach == FlushPolicy.FULL:
        return drop_everything(world, hart, cost)
    if pages == WHOLE or world.policy.reach != FlushPolicy.CEILING or pages > world.policy.ceiling:
        return drop_address_space(world, hart, space.asid, cost)
    dropped = 0
    for i in range(pages):
        dropped += drop_one_page(world, hart, space.asid, start + i * PAGE_BYTES, cost)
    return dropped
