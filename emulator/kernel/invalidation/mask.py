"""Which harts an invalidation of an address space concerns.

`holders`: the harts that have run in the space since they last dropped all of it. `behind`: those of them that were
not told of an invalidation, and must drop the space before they run in it again.

lazy      An idle hart keeps its last address space loaded and is not interrupted; it flushes when it returns to it
          (Linux, lazy TLB mode). Not where page tables are freed: an idle hart may walk them speculatively.
gen:N     A hart keeps entries of the N address spaces that it ran in last, and one that runs something else is not
          interrupted: it compares generations when it returns (Linux x86, tlb_gen and six PCIDs; Lutomirski 2017).
"""

from emulator.base.jit import hot
from emulator.world.memory import MASK_WORDS

BITS = 32


@hot
def has(mask, hart):
    """Return whether `mask` holds hart number `hart`."""
    return (mask[hart // BITS] >> (hart % BITS)) & 1 != 0


@hot
def put(mask, hart):
    """Put hart number `hart` into `mask`."""
    mask[hart // BITS] |= 1 << (hart % BITS)


@hot
def take_out(mask, hart):
    """Take hart number `hart` out of `mask`."""
    mask[hart // BITS] &= ~(1 << (hart % BITS))


@hot
def is_empty(mask):
    """Return whether `mask` holds no hart."""
    found = 0
    for word in range(MASK_WORDS):
        found |= mask[word]
    return found == 0


@hot
def may_wait(world, space, target):
    """Return whether `target`, which may hold entries of `space`, need not be told until it runs there again."""
    if world.task[target.number].space != space.number:
        return world.policy.slots > 0
    return world.policy.lazy == 1 and target.busy == 0
