"""A door that compiles in a second, to test what is done with doors and images."""

import numpy as np

from emulator.base.jit import Words, hot, hot_entry
from emulator.hardware.memory import read_word
from emulator.world.layout import new_world

MODULES = (__name__,)


@hot
def twice(number):
    """Return twice `number`."""
    return number + number


@hot_entry
def add_twice(world, numbers: Words, place):
    """Return twice the number at `place` of `numbers` and that of memory."""
    return twice(numbers[place] + read_word(world, 8 * place))


def world():
    """Return a world whose memory counts from 0."""
    return new_world(np.arange(8))
