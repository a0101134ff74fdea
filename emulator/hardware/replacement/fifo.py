"""First in, first out: the entry that was filled before all others of its set gives way, however often it was hit.

`used` of a way is its place in the order in which the ways were filled, 1 for the first; 0 for one that never was. A
counter that goes around, as hardware has, gives the same order while nothing is invalidated; a way that an invalidation
has emptied is filled first, and is the last in the order then.
"""

from emulator.base.bits import at
from emulator.base.jit import hot


@hot
def touch(array, first, way):
    """Change nothing: hits do not count."""


@hot
def fill(array, first, way):
    """Let `way` be the last in the order; those behind its place move one forward."""
    place, last = array.used[at(first + way)], 0
    array.used[at(first + way)] = 0
    for other in range(array.ways):
        if 0 < place < array.used[at(first + other)]:
            array.used[at(first + other)] -= 1
        last = max(last, array.used[at(first + other)])
    array.used[at(first + way)] = last + 1


@hot
def victim(array, first):
    """Return the way that was filled first."""
    found = 0
    for way in range(1, array.ways):
        if array.used[at(first + way)] < array.used[at(first + found)]:
            found = way
    return found
