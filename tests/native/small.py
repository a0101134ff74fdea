"""A door that compiles in a second, to test what is done with doors and images."""

import numpy as np

from emulator.base.jit import Words, hot, hot_entry
from emulator.base.world import World

MODULES = (__name__,)


@hot
def twice(number):
    """Return twice `number`."""
    return number + number


@hot_entry
def add_twice(world, numbers: Words, place):
    """Return twice the number at `place` of `numbers` and that of memory."""
    _, _, _, memory, _ = world
    return twice(numbers[place] + memory[place])


def world():
    """Return a world whose memory counts from 0."""
    nothing = np.zeros(0, np.int64)
    return World(nothing, nothing, nothing, np.arange(8), nothing)
