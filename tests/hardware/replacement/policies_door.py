"""A door to two policies side by side: tree-PLRU, and first in, first out, which is nobody's."""

from types import SimpleNamespace

from emulator.base.bits import at
from emulator.base.jit import Words, hot, hot_entry
from emulator.hardware.replacement import by_policy, plru

PLRU, FIFO = 1, 2


@hot
def touch(array, first, way):
    """Take no note of a hit."""


@hot
def fill(array, first, way):
    """Let `way` be the last that was filled: way numbers in `used` are as many as were filled before."""
    last = 0
    for other in range(array.ways):
        last = max(last, array.used[at(first + other)])
    array.used[at(first + way)] = last + 1


@hot
def victim(array, first):
    """Return the way that was filled before all others."""
    found = 0
    for way in range(array.ways):
        if array.used[at(first + way)] < array.used[at(first + found)]:
            found = way
    return found


MODULES = {PLRU: plru, FIFO: SimpleNamespace(touch=touch, fill=fill, victim=victim)}
touch_way, fill_way, victim_of = (by_policy(MODULES, name) for name in ("touch", "fill", "victim"))


@hot_entry
def given_up(world, policy, touched: Words):
    """Return which of four ways of L3 gives way once all were filled in turn, and `touched` after that."""
    cache = world.chip.l3
    cache.ways, cache.policy = 4, policy
    for way in range(4):
        fill_way(cache, 0, way)
    for i in range(len(touched)):
        touch_way(cache, 0, touched[i])
    return victim_of(cache, 0)
