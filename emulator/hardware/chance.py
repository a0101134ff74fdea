"""Chance: random numbers from the seed of a schedule or a machine, the same in every run."""

from emulator.base.arithmetic import bits_of
from emulator.base.jit import hot


@hot
def after(x):
    """Return the random number that comes after `x`, both of 32 bits and not 0 (xorshift)."""
    x ^= (x << 13) & 0xFFFFFFFF
    x ^= x >> 17
    return x ^ ((x << 5) & 0xFFFFFFFF)


@hot
def draw(world, limit):
    """Return a random number from 0 to `limit` - 1."""
    x = after(world.turns.chance)
    world.turns.chance = x
    return x % limit


@hot
def draw_length(world, most):
    """Return a random number from 1 to `most`, small ones as often as large ones by order of magnitude."""
    return min(1 + draw(world, 1 << draw(world, bits_of(most) + 1)), most)
