"""Tree-PLRU: a set is the leaves of a binary tree, and each of its branches knows the half that was not used last.

             1
         2       3        of 4 ways: branches 1 to 3, ways 4 to 7
       4   5   6   7

`used[first + n]` of branch n is 0 if its left half (2n) is to give way, 1 if its right half (2n + 1). A use turns all
branches above the way away from it. Hardware has ways - 1 bits a set for this, where true LRU has the order of all
ways. Ways are a power of two. Source: Intel 273204, as in `config/replacement.py`.
"""

from emulator.base.bits import at
from emulator.base.jit import hot


@hot
def touch(array, first, way):
    """Turn the branches above `way` away from it."""
    node = array.ways + way
    while node > 1:
        array.used[at(first + (node >> 1))] = 1 - (node & 1)
        node >>= 1


fill = touch  # a fill is a use like any other


@hot
def victim(array, first):
    """Return the way that the branches lead to."""
    node = 1
    while node < array.ways:
        node = 2 * node + array.used[at(first + node)]
    return node - array.ways
