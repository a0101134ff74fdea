"""A door to the policies that number ways, side by side."""

from emulator.base.jit import Words, hot_entry
from emulator.hardware.replacement import fill, touch, victim


@hot_entry
def given_up(world, policy, touched: Words):
    """Return which of four ways of L3 gives way once all were filled in turn, and `touched` after that."""
    cache = world.chip.l3
    cache.ways, cache.policy, cache.chance = 4, policy, 1
    for way in range(4):
        fill(cache, 0, way)
    for i in range(len(touched)):
        touch(cache, 0, touched[i])
    return victim(cache, 0)
