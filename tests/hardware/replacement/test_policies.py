"""The door for policies: each array's own is called, and what all of them have to keep to."""

import numpy as np
import pytest

from emulator.config.replacement import LRU, NUMBERS
from emulator.native.engine import Engine
from emulator.world.layout import new_world
from tests.hardware.replacement.policies_door import given_up

pytestmark = pytest.mark.both_engines


def victim(policy, *touched):
    """The way that gives way under a policy after these hits."""
    world = new_world(np.zeros(0, np.int64))
    Engine(world, modules=("tests.hardware.replacement.policies_door",))
    return given_up(world, policy, np.array(touched, np.int64))


def test_each_array_has_a_policy_of_its_own():
    assert victim(NUMBERS["fifo"], 0) == 0
    assert victim(NUMBERS["srrip"], 0) == 1
    assert victim(NUMBERS["plru"], 0) == 2


@pytest.mark.parametrize("policy", [number for number in NUMBERS.values() if number != LRU])
@pytest.mark.parametrize("way", range(4))
def test_a_hit_on_the_way_used_last_changes_nothing(policy, way):
    assert victim(policy, way) == victim(policy, way, way)
