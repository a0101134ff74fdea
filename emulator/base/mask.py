"""Sets of small numbers, 32 a word: harts, entries of a table.

All integers are signed 64-bit, so that a word of 64 would have a bit that is its sign.
"""

from emulator.base.jit import hot

BITS = 32


@hot
def has(mask, number):
    """Return whether `mask` holds `number`."""
    return (mask[number // BITS] >> (number % BITS)) & 1 != 0


@hot
def put(mask, number):
    """Put `number` into `mask`."""
    mask[number // BITS] |= 1 << (number % BITS)


@hot
def take_out(mask, number):
    """Take `number` out of `mask`."""
    mask[number // BITS] &= ~(1 << (number % BITS))


@hot
def is_empty(mask):
    """Return whether `mask` holds nothing."""
    found = 0
    for word in range(len(mask)):
        found |= mask[word]
    return found == 0


@hot
def count(mask):
    """Return how many numbers `mask` holds."""
    found = 0
    for word in range(len(mask)):
        rest = mask[word]
        while rest != 0:
            rest &= rest - 1
            found += 1
    return found
