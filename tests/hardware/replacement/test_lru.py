"""A set in the order of its last use, against a list; a tag is found alike whichever way it is looked for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hardware.replacement.lru_door import look_up, world

pytestmark = pytest.mark.both_engines


WORLD = world()


def model(ways, sought):
    """Return which tags are found and what the set holds at the end."""
    held, found = [0] * ways, []
    for tag in sought:
        found.append(tag in held)
        held = [tag, *(other for other in held if other != tag)] if tag in held else [tag, *held[:-1]]
    return found, held


@pytest.mark.parametrize("any_way", [False, True])
@given(ways=st.sampled_from([1, 2, 3, 4, 8, 12, 16, 20]), sought=st.lists(st.integers(1, 25), max_size=60))
def test_a_set_is_a_list_of_tags_with_the_last_used_in_front(any_way, ways, sought):
    tags = np.zeros(3 * ways, np.int32)
    tags[:ways] = tags[2 * ways :] = sought[0] if sought else 1  # the sets beside it are none of its business
    beside = tags.copy()
    found = np.zeros(len(sought), np.int64)
    look_up(WORLD, tags, ways, ways, np.array(sought, np.int64), found, any_way)
    expected, held = model(ways, sought)
    assert found.astype(bool).tolist() == expected
    assert tags[ways : 2 * ways].tolist() == held
    beside[ways : 2 * ways] = held
    assert tags.tolist() == beside.tolist()


@pytest.mark.parametrize("ways", [4, 8, 16])
def test_a_full_set_loses_its_last_tag(ways):
    tags = np.arange(1, ways + 1, dtype=np.int32)
    found = np.zeros(1, np.int64)
    look_up(WORLD, tags, 0, ways, np.array([99]), found, True)
    assert (found[0], tags.tolist()) == (0, [99, *range(1, ways)])
