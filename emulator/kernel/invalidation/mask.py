"""Sets of harts, 32 a word.

`holders` of an address space: the harts that have run in it since they last dropped all of it. `behind`: those of them
that were not told of an invalidation, and must drop the space before they run in it again.
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
