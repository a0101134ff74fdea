"""Replacement: which entry of a full set of a TLB or cache gives way to the next.

A policy is a row of `POLICIES` and the module of its name here, with three functions of ways, the entries of a set by
number. `array` is a TLB or a cache, `first` the index of the first entry of the set:

    touch(array, first, way)    the entry was hit
    fill(array, first, way)     it was filled
    victim(array, first)        return which way of the set, all of them filled, gives way

What a policy knows it keeps in `array.used`, a number for each way, 0 at first, and in `array.chance`, a random number
that the machine's seed begins. It sees neither what entries hold, nor which are empty, nor ghosts.

Whatever the policy, the entry that was used last stands first in its set, and to touch it once more must change
nothing. This is what fast paths build on: a hit on the first entry, `unchanged_by_a_hit`, is one compare, with no
policy asked (asking it would take 7 % of the speed of a loop that hits). Where the first hit after a fill does change
something, as under `srrip`, fast paths must not know the entry before. So entries change places, and `array.way` says
which way each is. LRU needs no ways: entries in the order of their last use say all.
"""

from importlib import import_module

from emulator.base.bits import at
from emulator.base.jit import hot
from emulator.config.replacement import LRU, NUMBERS


def by_policy(modules, name):
    """Return a hot function that calls the function `name` of the array's policy, of `modules` by number."""
    (number, module), *others = modules.items()
    here = getattr(module, name)
    return _either(number, here, by_policy(dict(others), name)) if others else here


def _either(number, here, other):
    """Return a hot function that calls `here` for arrays that have policy `number`, for all else `other`."""

    @hot
    def for_way(array, first, way):
        if array.policy == number:
            return here(array, first, way)
        return other(array, first, way)

    @hot
    def for_set(array, first):
        if array.policy == number:
            return here(array, first)
        return other(array, first)

    return for_set if here.__code__.co_argcount == 2 else for_way


MODULES = {number: import_module(f"{__name__}.{name}") for name, number in NUMBERS.items() if number != LRU}
touch = by_policy(MODULES, "touch")
fill = by_policy(MODULES, "fill")
victim = by_policy(MODULES, "victim")


@hot
def entry_of_way(array, first, way):
    """Return the index of the entry that is `way` of its set."""
    entry = first
    while array.way[at(entry)] != way:
        entry += 1
    return entry
