"""Hot functions stay what they were defined as, and doors say what they take."""

import numpy as np
import pytest

from emulator.base import bits
from emulator.base.jit import Words, hot_entry
from emulator.base.record import I8, record, views


def test_a_hot_function_is_a_python_function():
    assert bits.vpn_of(4096) == 1


def test_a_door_knows_what_it_takes_after_the_world():
    @hot_entry
    def door(world, number, words: Words):
        """Do nothing."""

    assert door.kinds == (int, Words)


def test_a_field_that_numpy_hides_is_refused():
    with pytest.raises(AssertionError, match="flags"):
        record(("flags", I8))


def test_views_show_the_same_bytes_at_every_depth():
    array = np.zeros(2, record(("outer", I8), ("inner", record(("value", I8, (3,))))))
    seen = views(array)
    seen.inner.value[1, 2] = 7
    assert array["inner"]["value"][1, 2] == 7
