"""Hot functions stay what they were defined as, and doors say what they take."""

from emulator.base import bits
from emulator.base.jit import Words, hot_entry


def test_a_hot_function_is_a_python_function():
    assert bits.vpn_of(4096) == 1


def test_a_door_knows_what_it_takes_after_the_world():
    @hot_entry
    def door(world, number, words: Words):
        """Do nothing."""

    assert door.kinds == (int, Words)
