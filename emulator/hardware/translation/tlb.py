"""Translation look-aside buffers: set-associative, tagged by ASID, with global entries.

An entry that an invalidation drops leaves a *ghost* behind, by which a later miss knows which invalidation induced it
(`hardware/translation/ghosts.py`). A ghost never changes what hits or misses.

A *stale* entry, a suspect, grants what its PTE no longer does: it lacks V, so no fast path takes it; it hits as before.
A *negative* entry says that a PTE was not valid (F23); it is found as others are and refuses every access.
"""

from emulator.base.bits import (
    KEY_PAGE,
    LEVEL_BITS,
    NEGATIVE,
    STALE,
    G,
    V,
    at,
    level_key,
    level_of,
    make_ghost,
    same_asid,
    same_page,
)
from emulator.base.jit import hot, rare
from emulator.config.replacement import LRU, SRRIP
from emulator.hardware.replacement import entry_of_way, fill, touch, victim
from emulator.hardware.replacement.lru import close_up, fill_first, put_first
from emulator.hardware.replacement.srrip import SOON
from emulator.hardware.sets import first_of_set
from emulator.hardware.translation.ghosts import NO_GHOST, UNHAUNTED, drive_out, lay_down, lay_to_rest
from emulator.paging.fences import ANY_ASID, GLOBALS

MISS, HAUNTED = -1, -2  # a miss; a miss on an entry that invalidation 0 dropped, -3 for invalidation 1, and so on
HELD = V | STALE | NEGATIVE  # what an entry has one of


@hot
def set_of(tlb, key, level):
    """Return the index of the first entry of the set for the page of `key` at `level`."""
    return first_of_set(tlb, page_number(key, level))


@hot
def page_number(key, level):
    """Return the number of the page of `key`, counted in pages of `level`, without the ASID."""
    return (key & KEY_PAGE) >> (LEVEL_BITS * level)


@hot
def unchanged_by_a_hit(tlb, key, level):
    """Return whether the page of `key`, a key at `level`, is the last used of its set: to hit it changes nothing."""
    first = at(set_of(tlb, key, level))
    word = tlb.word[first]
    if tlb.key[first] != key or word == 0 or level_of(word) != level:  # pages of other sizes may have the same key
        return False
    return tlb.policy != SRRIP or tlb.used[at(first + tlb.way[first])] == SOON


@hot
def lacks(tlb, key, level):
    """Return whether to look for the page of `key` at `level` finds nothing, not even a ghost, and changes nothing."""
    key = level_key(key, level)
    return tlb.ghosts == 0 and find(tlb, key, level, set_of(tlb, key, level)) == MISS


@hot
def exchange(tlb, key, word, first, entry):
    """Put a translation in front of its set in the way of `entry`, which gets what stood there; return the way."""
    way = tlb.way[at(entry)]
    tlb.key[at(entry)] = tlb.key[at(first)]
    tlb.word[at(entry)] = tlb.word[at(first)]
    tlb.way[at(entry)] = tlb.way[at(first)]
    tlb.key[at(first)], tlb.word[at(first)], tlb.way[at(first)] = key, word, way
    return way


@hot
def entry_to_fill(tlb, first):
    """Return the empty entry of the least way of a set, or the one that gives way where none is empty."""
    if tlb.policy == LRU:
        return first + tlb.ways - 1
    found = first
    for entry in range(first, first + tlb.ways):
        empty = tlb.word[at(entry)] == 0
        if empty and (tlb.word[at(found)] != 0 or tlb.way[at(entry)] < tlb.way[at(found)]):
            found = entry
    return found if tlb.word[at(found)] == 0 else entry_of_way(tlb, first, victim(tlb, first))


@hot
def put(tlb, key, word, first, entry):
    """Put a translation in front of its set, in the place of what `entry_to_fill` has named."""
    if tlb.policy == LRU:
        put_first(tlb, key, word, first, entry)
    else:
        fill(tlb, first, exchange(tlb, key, word, first, entry))


@hot
def take_out(tlb, first, entry, ghost):
    """Leave the place of `entry` empty but for a ghost, or NO_GHOST."""
    lay_down(tlb, first, tlb.key[at(entry)], ghost)
    if tlb.policy == LRU:
        close_up(tlb, entry, first + tlb.ways - 1)
    else:
        tlb.word[at(entry)] = 0


@hot
def is_entry_of(tlb, key, level, entry):
    """Return whether `entry` is one at `level` for the address space of `key`, given that it is for its page."""
    word = tlb.word[at(entry)]
    return level_of(word) == level and word & HELD != 0 and (tlb.key[at(entry)] == key or word & G != 0)


@hot
def find(tlb, key, level, first):
    """Return the index of the entry of the page of `key` in the set that begins at `first`, or MISS.

    Compiled code looks at all ways at once (`hardware/ways.py`).
    """
    return find_next(tlb, key, level, first)


@hot
def find_next(tlb, key, level, first):
    """As `find`, from way to way."""
    for entry in range(first, first + tlb.ways):
        if same_page(tlb.key[at(entry)], key) and is_entry_of(tlb, key, level, entry):
            return entry
    return MISS


@hot
def promote(tlb, key, level):
    """Look up the page of `key` (bare of the bits that a page at `level` covers).

    Return the index of its entry, now first of its set, or MISS, or HAUNTED less the number of the invalidation that
    dropped it. A global entry found under another ASID takes this one's key, so that the next look-up finds it at once.
    """
    if tlb.ghosts != 0:
        return promote_apart(tlb, key, level)
    first = set_of(tlb, key, level)
    entry = find(tlb, key, level, first)
    if entry == MISS:
        return MISS
    put_first(tlb, key, tlb.word[at(entry)], first, entry)
    return first


@rare
def promote_apart(tlb, key, level):
    """As `promote`, where there are ghosts, and for policies that number ways."""
    first = set_of(tlb, key, level)
    entry = find(tlb, key, level, first)
    if entry == MISS:
        number = lay_to_rest(tlb, first, key, level)
        return MISS if number == UNHAUNTED else HAUNTED - number
    word = tlb.word[at(entry)]
    if tlb.policy == LRU:
        put_first(tlb, key, word, first, entry)
    else:
        touch(tlb, first, exchange(tlb, key, word, first, entry))
    return first


@hot
def insert(tlb, key, word):
    """Put the translation, which the TLB does not hold, into its set: where there is room, else for another one."""
    if tlb.ways == 0:
        return
    level = level_of(word)
    key = level_key(key, level)
    first = set_of(tlb, key, level)
    if tlb.ghosts == 0:
        fill_first(tlb, key, word, first)
    else:
        insert_apart(tlb, key, word, first)


@rare
def insert_apart(tlb, key, word, first):
    """Put a translation in front of its set, where there are ghosts, and for policies that number ways."""
    drive_out(tlb, first)
    put(tlb, key, word, first, entry_to_fill(tlb, first))


@hot
def forget(tlb, key, level):
    """Take out the entry of the page of `key`, if there is one, leaving no ghost: a new one is about to replace it."""
    if tlb.ways == 0:
        return
    key = level_key(key, level)
    entry = promote(tlb, key, level)
    if entry >= 0:
        take_out(tlb, set_of(tlb, key, level), entry, NO_GHOST)


@hot
def bury(tlb, first, entry, number):
    """Take out `entry` and leave the ghost that invalidation `number` makes of it."""
    take_out(tlb, first, entry, make_ghost(tlb.word[at(entry)], number))


@hot
def is_within(reach, held, word, asid_bits):
    """Return whether an entry is of an address space that a fence reaches, or global where it reaches these."""
    if word & G != 0:
        return reach & GLOBALS != 0
    return reach & ANY_ASID != 0 or same_asid(held, asid_bits)


@hot
def drop_page(tlb, key, level, reach, number):
    """Drop the entries at `level` within `reach` (`paging/fences.py`) for the page of `key`; return how many (F21).

    `number` names the invalidation, for the misses that it induces.
    """
    if tlb.ways == 0:
        return 0
    key = level_key(key, level)
    first = set_of(tlb, key, level)
    dropped = 0
    entry = first + tlb.ways - 1
    while entry >= first:
        word = tlb.word[at(entry)]
        if word & HELD != 0 and level_of(word) == level:
            held = tlb.key[at(entry)]
            if same_page(held, key) and is_within(reach, held, word, key):
                bury(tlb, first, entry, number)
                dropped += 1
        entry -= 1
    return dropped


@hot
def drop_all(tlb, asid_bits, reach, number):
    """Drop every entry within `reach` of the address space; return how many (F21)."""
    dropped = 0
    for first in range(0, tlb.sets * tlb.ways, max(tlb.ways, 1)):
        entry = first + tlb.ways - 1
        while entry >= first:
            word = tlb.word[at(entry)]
            if word & HELD != 0 and is_within(reach, tlb.key[at(entry)], word, asid_bits):
                bury(tlb, first, entry, number)
                dropped += 1
            entry -= 1
    return dropped
