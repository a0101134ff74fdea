"""Walk caches (paging-structure caches on x86): pointers that walks have gone through, so that the next begins below.

There is one for each level of pointer: PDE (level 1), PDPTE, PML4E, PML5E. Each is built as a TLB is, for "pages" as
large as what a pointer spans:

    key     the number of that span, and the ASID
    word    the place of the table that the pointer leads to, and the rights that the pointers down to this one leave

None is global: on x86 pointers have no G, and a hart may ignore that of RISC-V's (privileged manual: not to know that a
mapping is global costs time alone). Filled are pointers that a walk goes through: valid ones, on x86 with A set (F34).
They are looked up side by side with what begins a walk, and take no time. What a fence drops leaves no ghost.
"""

from emulator.base.bits import EVERY_RIGHT, FRAME_ADDRESS, STALE, G, V, at, make_word, same_asid, same_page, span_key
from emulator.base.jit import hot, rare
from emulator.hardware.checker.pointers import compare_pointer, found_below, note_stale_walk
from emulator.hardware.checker.tables import note_read
from emulator.hardware.translation.ghosts import NO_GHOST
from emulator.hardware.translation.tlb import HELD, insert, promote, take_out
from emulator.paging.fences import ANY_ASID, POINTERS
from emulator.world.checker import EVERY, OFF


@rare
def nearest(world, hart, va):
    """Return the word of the lowest pointer that is cached for `va`, now first of its set, or 0.

    Its level is in `hart.walk_level`.
    """
    for level in range(1, hart.levels):
        cache = hart.walk_cache[level - 1]
        if cache.ways != 0:
            entry = promote(cache, span_key(va, hart.span_shift[level - 1], hart.asid_bits), 0)
            if entry >= 0:
                word, hart.walk_level = cache.word[at(entry)], level
                if world.checker.on == EVERY:
                    compare_pointer(world, hart, va, word, level)
                if word & STALE != 0:
                    note_stale_walk(world, hart, va, level)
                return word
    return 0


@hot
def start_of_walk(world, hart, va):
    """Return (level, table, rights) where a walk for `va` begins: what table it reads, and what is granted above it."""
    if hart.pointers != 0:
        word = nearest(world, hart, va)
        if word != 0:
            return hart.walk_level - 1, word & FRAME_ADDRESS & ~STALE, word & EVERY_RIGHT | V | G
    return hart.levels - 1, hart.root, EVERY_RIGHT


@rare
def keep(world, hart, va, place, table, rights, level):
    """Fill the walk cache of `level` with the pointer at `place`, which a walk for `va` has gone through to `table`."""
    if world.checker.on != OFF:
        note_read(world, hart, place, hart.root, hart.asid_bits, va, level)
    cache = hart.walk_cache[level - 1]
    if cache.ways != 0 and 0 <= table < world.chip.memory_size:
        word = make_word(table, rights & ~G, 0)
        if hart.walk_stale != 0:
            word = found_below(world, hart, va, word, level)
        insert(cache, span_key(va, hart.span_shift[level - 1], hart.asid_bits), word)
        hart.pointers = 1


@rare
def drop_pointers(hart, va, asid_bits, reach):
    """Drop what is within `reach` (`paging/fences.py`) of `va` and an address space."""
    left = 0
    for level in range(1, hart.levels):
        cache, key = hart.walk_cache[level - 1], span_key(va, hart.span_shift[level - 1], asid_bits)
        for first in range(0, cache.sets * cache.ways, max(cache.ways, 1)):
            entry = first + cache.ways - 1
            while entry >= first:
                if cache.word[at(entry)] & HELD != 0:
                    if is_within(cache.key[at(entry)], key, reach):
                        take_out(cache, first, entry, NO_GHOST)
                    else:
                        left = 1
                entry -= 1
    hart.pointers = left


@hot
def is_within(held, key, reach):
    """Return whether the pointer of key `held` is within `reach` of `key`."""
    if reach & POINTERS == 0 and not same_page(held, key):
        return False
    return reach & ANY_ASID != 0 or same_asid(held, key)
