"""Pointers in walk caches, judged as TLB entries are: stale is one that memory, on the way from the root, has no more.

What a walk finds below a stale pointer is stale in its turn unless memory grants it. That a walk began at one is left
in the hart (`walk_stale`), for whoever runs it to judge.
"""

from emulator.base.bits import (
    EVERY_RIGHT,
    FRAME_ADDRESS,
    PX,
    STALE,
    G,
    R,
    U,
    V,
    W,
    X,
    asid_bits_of,
    asid_of,
    at,
    key_of,
    level_key,
    level_of,
    make_stale,
    make_valid,
    make_word,
    same_asid,
    span_key,
    span_start,
)
from emulator.base.jit import hot, rare
from emulator.base.kernel_names import Mistake
from emulator.hardware.checker.granted import NOTHING, granted, grants_more
from emulator.hardware.checker.suspects import Change, inherit, note_suspect, suspect_place
from emulator.hardware.checker.tables import note_path
from emulator.hardware.translation.step import NO_TABLE, step
from emulator.paging import format as paging

HELD = V | STALE


@hot
def pointer_now(world, hart, root, va, level):
    """Return the word that memory's pointer at `level` for `va` would make in a walk cache, or NOTHING."""
    above, rights = hart.levels - 1, EVERY_RIGHT
    _, pte, table = step(world, hart, root, va, above)
    while table != NO_TABLE:
        rights = paging.rights_below(hart, rights, pte)
        if above == level:
            return make_word(table, rights & ~G, 0)
        above -= 1
        _, pte, table = step(world, hart, table, va, above)
    return NOTHING


@hot
def leads_elsewhere(word, now):
    """Return whether a pointer in a walk cache leads to another table than `now` does, or leaves more rights."""
    word = make_valid(word)
    return now == NOTHING or (word ^ now) & FRAME_ADDRESS != 0 or word & ~now & (R | W | X | U | PX) != 0


@rare
def look_at_pointers(world, target, table, start, span, change):
    """Reconsider the pointers of `target` for `span` bytes from `start` on, at the level of `table` or below.

    Return how many there are.
    """
    left = 0
    for level in range(1, table.level + 1):
        cache = target.walk_cache[level - 1]
        for entry in range(cache.sets * cache.ways):
            key, word = cache.key[at(entry)], cache.word[at(entry)]
            within = 0 <= span_start(key, target.span_shift[level - 1]) - start < span
            if word & HELD != 0 and same_asid(key, table.asid_bits) and within:
                cache.word[at(entry)] = reconsidered(world, target, table.root, key, word, level, change)
                left += 1
    return left


@hot
def reconsidered(world, target, root, key, word, level, change):
    """Return the word of a pointer of `target` that walks from `root` have come through: suspect if it is stale now."""
    va = span_start(key, target.span_shift[level - 1])
    note_path(world, target, root, asid_bits_of(asid_of(key)), va)
    if not leads_elsewhere(word, pointer_now(world, target, root, va, level)):
        return make_valid(word)
    if word & STALE != 0:
        return word
    note_suspect(world, target, key, word, level, change)
    return make_stale(word)


@rare
def adopt_pointers(world, hart):
    """Reconsider all pointers of the ASID that `hart` is in, now that it has entered another root under that."""
    for level in range(1, hart.levels):
        cache = hart.walk_cache[level - 1]
        for entry in range(cache.sets * cache.ways):
            key, word = cache.key[at(entry)], cache.word[at(entry)]
            if word & HELD != 0 and same_asid(key, hart.asid_bits):
                change = Change(hart.number, hart.root, 0, Mistake.ASID_REUSED)
                cache.word[at(entry)] = reconsidered(world, hart, hart.root, key, make_valid(word), level, change)


@rare
def note_stale_walk(world, hart, va, level):
    """Leave in the hart that a walk for `va` begins at a pointer that memory no longer has."""
    key = span_key(va, hart.span_shift[level - 1], hart.asid_bits)
    hart.walk_stale = 1 + suspect_place(world, hart.number, key, level)


@rare
def found_below(world, hart, va, word, level):
    """Return the word of a pointer that a walk from a stale one has found: suspect unless memory has it, too."""
    if not leads_elsewhere(word, pointer_now(world, hart, hart.root, va, level)):
        return word
    inherit(world, hart, span_key(va, hart.span_shift[level - 1], hart.asid_bits), word, level)
    return make_stale(word)


@rare
def found_at_last(world, hart, va, word):
    """Return the word of a translation that a walk from a stale pointer has found: suspect unless memory grants it.

    The suspect tells of the pointer then, and is judged when it is used: at once.
    """
    if not grants_more(word, granted(world, hart, hart.root, va), va):
        return word
    inherit(world, hart, level_key(key_of(va, hart.asid_bits), level_of(word)), word, 0)
    note_path(world, hart, hart.root, hart.asid_bits, va)
    hart.walk_stale, hart.suspected = 0, 1
    return make_stale(word)


@rare
def compare_pointer(world, hart, va, word, level):
    """Count a disagreement if a pointer that a walk begins at is suspect and should not be, or vice versa (EVERY)."""
    now = pointer_now(world, hart, hart.root, va, level)
    world.checker.disagreements += leads_elsewhere(word, now) != (word & STALE != 0)
