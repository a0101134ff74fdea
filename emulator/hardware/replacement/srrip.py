"""Static re-reference interval prediction (SRRIP-HP): an entry is expected back late until it has come back once.

`used` of a way is its re-reference prediction value (RRPV) of 2 bits:

    0  expected back soon           after a hit (hit priority, HP)
    2  expected back late           after a fill
    3  expected back last of all    gives way, the first such way; where there is none, all grow until one is

So what is used once, as by a scan, goes before what has been used again. Source: Jaleel et al., ISCA 2010, High
performance cache replacement using re-reference interval prediction (RRIP), section 4.1, which recommends 2 bits.

The first hit after a fill makes a difference, though the entry is the one that its set used last: so it is kept out of
fast paths until then, in a cache as minus its tag (`hardware/cache.py`), in a TLB by a look at its RRPV.
"""

from emulator.base.bits import at
from emulator.base.jit import hot

SOON, LATE, LAST = 0, 2, 3


@hot
def touch(array, first, way):
    """Expect `way` back soon."""
    array.used[at(first + way)] = SOON


@hot
def fill(array, first, way):
    """Expect `way` back late."""
    array.used[at(first + way)] = LATE


@hot
def victim(array, first):
    """Let all grow until one is expected back last of all; return the first such way."""
    found = 0
    for way in range(1, array.ways):
        if array.used[at(first + way)] > array.used[at(first + found)]:
            found = way
    growth = LAST - array.used[at(first + found)]
    for way in range(array.ways):
        array.used[at(first + way)] += growth
    return found
