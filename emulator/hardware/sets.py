"""Which set of a TLB or cache a number falls into. Any number of sets will do; powers of two are fast."""

from emulator.base.jit import hot


@hot
def first_of_set(array, number):
    """Return the index of the first (most recent) entry of the set of `array` that `number` (>= 0) falls into."""
    if array.set_mask >= 0:
        return (number & array.set_mask) * array.ways
    return (number % array.sets) * array.ways
