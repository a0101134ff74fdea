"""Translation look-aside buffers: set-associative, true LRU, tagged by ASID, with global entries.

An entry that an invalidation drops stays behind as a *ghost*: it grants nothing, stands at the end of its set where the
next fill replaces it, and lets a later miss know which invalidation induced it. A ghost never changes what hits or
misses: it takes only places that an invalidation has emptied.

An entry marked *stale* grants what its PTE no longer does: it lacks V, so no fast path takes it, and hits as before.
A *negative* entry says that a PTE was not valid (F23); it is found as others are and refuses every access.
"""

from emulator.base.bits import (
    GHOST,
    INDEX_BITS,
    KEY_PAGE,
    NEGATIVE,
    STALE,
    G,
    V,
    at,
    dropped_by,
    level_key,
    level_of,
    make_ghost,
    same_asid,
    same_page,
)
from emulator.base.jit import hot
from emulator.hardware.sets import first_of_set

MISS, HAUNTED = -1, -2  # a miss; a miss on an entry that invalidation 0 dropped, -3 for invalidation 1, and so on
HELD = V | STALE | NEGATIVE  # what an entry has one of, and no ghost


@hot
def set_of(tlb, key, level):
    """Return the index of the first entry of the set for the page of `key` at `level`."""
    return first_of_set(tlb, page_number(key, level))


@hot
def page_number(key, level):
    """Return the number of the page of `key`, counted in pages of `level`, without the ASID."""
    return (key & KEY_PAGE) >> (INDEX_BITS * level)


@hot
def put_first(tlb, key, word, first, entry):
    """Put a translation in front of its set; those before `entry` move one back, what stood at `entry` is gone."""
    while entry > first:
        tlb.key[at(entry)] = tlb.key[at(entry - 1)]
        tlb.word[at(entry)] = tlb.word[at(entry - 1)]
        entry -= 1
    tlb.key[at(first)] = key
    tlb.word[at(first)] = word


@hot
def put_last(tlb, key, word, entry, last):
    """Put an entry at the end of its set; those behind `entry` move one forward, what stood at `entry` is gone."""
    while entry < last:
        tlb.key[at(entry)] = tlb.key[at(entry + 1)]
        tlb.word[at(entry)] = tlb.word[at(entry + 1)]
        entry += 1
    tlb.key[at(last)] = key
    tlb.word[at(last)] = word


@hot
def promote(tlb, key, level):
    """Look up the page of `key` (bare of the bits that a page at `level` covers).

    Return the index of its entry, now first of its set, or MISS, or HAUNTED less the number of the invalidation that
    dropped it. A global entry found under another ASID takes this one's key, so that the next look-up finds it at once.
    """
    first = set_of(tlb, key, level)
    ghost = MISS
    for entry in range(first, first + tlb.ways):
        held = tlb.key[at(entry)]
        if same_page(held, key):
            word = tlb.word[at(entry)]
            if level_of(word) == level and word & HELD != 0 and (held == key or word & G != 0):
                put_first(tlb, key, word, first, entry)
                return first
            if level_of(word) == level and word & GHOST != 0 and held == key:
                ghost = entry
    if ghost == MISS:
        return MISS
    number = dropped_by(tlb.word[at(ghost)])
    put_last(tlb, key, 0, ghost, first + tlb.ways - 1)  # gone, and its place is the next to be filled
    return HAUNTED - number


@hot
def insert(tlb, key, word):
    """Put the translation in front of its set; the least recent entry goes."""
    if tlb.ways == 0:
        return
    level = level_of(word)
    key = level_key(key, level)
    first = set_of(tlb, key, level)
    put_first(tlb, key, word, first, first + tlb.ways - 1)


@hot
def forget(tlb, key, level):
    """Take out the entry of the page of `key`, if there is one, leaving no ghost: a new one is about to replace it."""
    if tlb.ways == 0:
        return
    key = level_key(key, level)
    first = promote(tlb, key, level)
    if first >= 0:
        put_last(tlb, key, 0, first, first + tlb.ways - 1)


@hot
def bury(tlb, entry, last, number):
    """Turn `entry` into a ghost of invalidation `number` at the end (`last`) of its set."""
    put_last(tlb, tlb.key[at(entry)], make_ghost(tlb.word[at(entry)], number), entry, last)


@hot
def drop_page(tlb, key, level, any_asid, number):
    """Drop the entries at `level` for the page of `key`, global ones too when `any_asid`; return how many (F21).

    `number` names the invalidation, for the misses that it induces.
    """
    if tlb.ways == 0:
        return 0
    key = level_key(key, level)
    first = set_of(tlb, key, level)
    last = first + tlb.ways - 1
    dropped = 0
    entry = last
    while entry >= first:
        word = tlb.word[at(entry)]
        if word & HELD != 0 and level_of(word) == level:
            held = tlb.key[at(entry)]
            if (any_asid and same_page(held, key)) or (held == key and word & G == 0):
                bury(tlb, entry, last, number)
                dropped += 1
        entry -= 1
    return dropped


@hot
def drop_all(tlb, asid_bits, any_asid, number):
    """Drop every entry of the address space, or with `any_asid` of all, global ones too; return how many (F21)."""
    dropped = 0
    for first in range(0, tlb.sets * tlb.ways, max(tlb.ways, 1)):
        last = first + tlb.ways - 1
        entry = last
        while entry >= first:
            word = tlb.word[at(entry)]
            if word & HELD != 0 and (any_asid or (same_asid(tlb.key[at(entry)], asid_bits) and word & G == 0)):
                bury(tlb, entry, last, number)
                dropped += 1
            entry -= 1
    return dropped
