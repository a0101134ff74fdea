"""The plain road: how most accesses find their page when that is not a quick page of the instruction loop.

It changes what `translate` would, and no more; or it changes nothing, and says that the access is not one for it. So it
asks little:

    FIRST     the first-level TLB grants the access
    SECOND    the second level does
    WALK      a walk to a leaf of 4 KiB that grants it, from the root or, where there are walk caches, from a pointer to
              the last table that they hold: no table on the way is to be marked, and neither A nor D to be set

All else is left to `translate`: faults, superpages, ghosts, guests, suspects, policies other than LRU, and whatever is
compared with memory at each hit.
"""

from emulator.base.bits import (
    EVERY_RIGHT,
    FRAME_ADDRESS,
    LARGEST,
    STALE,
    A,
    G,
    V,
    at,
    key_of,
    line_of,
    make_word,
    offset_of,
    page_of,
    span_key,
)
from emulator.base.jit import hot, inlined, rare
from emulator.base.names import Access, Cost, Counter, Fault, Found, Price
from emulator.hardware.accounts import book
from emulator.hardware.cache import L1, data_level, unchanged_by_a_hit
from emulator.hardware.checker.tables import note_walk
from emulator.hardware.memory import bring_near
from emulator.hardware.replacement.lru import fill_first, put_first
from emulator.hardware.translation.levels import first_level, second_level
from emulator.hardware.translation.step import NO_TABLE, entry_place, read_entry, step
from emulator.hardware.translation.tlb import find, lacks, set_of
from emulator.paging import format as paging
from emulator.world.checker import OFF

OTHER, FIRST, SECOND, WALK = range(4)
NOT_PLAIN = -1


@hot
def is_plain(world, hart):
    """Return whether the hart's data accesses may take the plain road, as things stand."""
    if hart.plain == 0 or world.chip.hits_below == 0:
        return False
    ghosts = hart.dtlb.ghosts | hart.stlb.ghosts
    return ghosts | hart.walk_stale | world.chip.uncached | world.chip.replicated == 0


@hot
def place_of(word, va):
    """Return the place of `va` under `word`, that of a page of 4 KiB."""
    return (word & FRAME_ADDRESS) | offset_of(va)


@inlined
@hot
def plain_place(world, hart, va, need, want):
    """Return the place of `va` if the plain road leads there for what needs so much of a TLB word, else NOT_PLAIN."""
    if not is_plain(world, hart):
        return NOT_PLAIN
    key, tlb = key_of(va, hart.asid_bits), hart.dtlb
    road, word = held(hart, tlb, key, need, want)
    if road == WALK:
        word = walked(world, hart, va, need, want)
    if word == 0:
        return NOT_PLAIN
    place = place_of(word, va)
    hart.induced = 0
    if road == FIRST:
        hart.fault_found = Found.L1
        return place
    hart.count[Counter.TLB_L1D_MISSES] += 1
    hart.count[Counter.TLB_L2_ACCESSES] += 1
    if road == SECOND:
        hart.fault_found = Found.L2
        book(hart, Cost.TLB_L2, world.chip.price[Price.TLB_L2])
        return place
    hart.fault_found = Found.WALK
    hart.count[Counter.TLB_L2_MISSES] += 1
    fill_both(hart, tlb, key, word)
    return place


@inlined
@hot
def held(hart, tlb, key, need, want):
    """Look for the page of `key`, of 4 KiB, in `tlb`, a first-level one, and in the second level.

    Return the road, and the word that is first in both now, or 0: where an entry does not grant the access, and where
    there is none, WALK. Then nothing has changed.
    """
    front = set_of(tlb, key, 0)
    entry = find(tlb, key, 0, front)
    if entry >= 0:
        word = tlb.word[at(entry)]
        if word & need != want:
            return OTHER, 0
        put_first(tlb, key, word, front, entry)
        return FIRST, word
    if hart.superpages != 0 and may_be_larger(hart, key):
        return OTHER, 0
    deep = set_of(hart.stlb, key, 0)
    entry = find(hart.stlb, key, 0, deep)
    if entry < 0:
        return WALK, 0
    word = hart.stlb.word[at(entry)]
    if word & need != want:
        return OTHER, 0
    put_first(hart.stlb, key, word, deep, entry)
    fill_first(tlb, key, word, front)
    return SECOND, word


@rare
def may_be_larger(hart, key):
    """Return whether TLBs of data may hold the page of `key` as part of a larger one, or a ghost of that."""
    for level in range(1, LARGEST + 1):
        first, second = first_level(hart, Access.LOAD, level), second_level(hart, level)
        if not lacks(first, key, level) or not lacks(second, key, level):
            return True
    return False


@inlined
@hot
def fill_both(hart, tlb, key, word):
    """Fill `tlb` and the second level, which do not hold the page of `key`."""
    fill_first(hart.stlb, key, word, set_of(hart.stlb, key, 0))
    fill_first(tlb, key, word, set_of(tlb, key, 0))


@inlined
@hot
def walked(world, hart, va, need, want):
    """Walk to a plain leaf for `va`, book the walk, and return its TLB word; or change nothing and return 0."""
    if not paging.canonical(hart, va):
        return 0
    if hart.has_walk_caches == 0:
        return walked_down(world, hart, va, need, want)
    cache = hart.walk_cache[0]
    if cache.ways == 0 or cache.ghosts != 0:
        return 0
    key = span_key(va, hart.span_shift[0], hart.asid_bits)
    front = set_of(cache, key, 0)
    entry = find(cache, key, 0, front)
    if entry < 0:
        return 0
    pointer = cache.word[at(entry)]
    if pointer & STALE != 0:
        return 0
    place = entry_place(hart, pointer & FRAME_ADDRESS, va, 0)
    word = leaf_word(world, hart, va, read_entry(world, hart, place), pointer & EVERY_RIGHT | V | G)
    if word & need != want:
        return 0
    bring_near(world, place_of(word, va))
    put_first(cache, key, pointer, front, entry)
    hart.walk_place[0] = place
    book_walk(world, hart, va, 1)
    return word


@rare
def walked_down(world, hart, va, need, want):
    """As `walked`, from the root."""
    table, rights, reads = hart.root, EVERY_RIGHT, 0
    for level in range(hart.levels - 1, 0, -1):
        place, pte, table = step(world, hart, table, va, level)
        if table == NO_TABLE or paging.visited(hart, pte) != pte:
            return 0
        hart.walk_place[reads] = place
        reads += 1
        rights = paging.rights_below(hart, rights, pte)
    if table < 0 or table >= world.chip.memory_size:
        return 0
    place = entry_place(hart, table, va, 0)
    hart.walk_place[reads] = place
    word = leaf_word(world, hart, va, read_entry(world, hart, place), rights)
    if word & need != want:
        return 0
    bring_near(world, place_of(word, va))
    book_walk(world, hart, va, reads + 1)
    return word


@inlined
@hot
def leaf_word(world, hart, va, pte, rights):
    """Return the TLB word of `pte`, of a last table, below pointers that leave `rights`; 0 if it is no leaf with A."""
    page = page_of(paging.pa_of(hart, pte, 0, va)) - world.chip.memory_start
    rights &= paging.rights_of(hart, pte)
    if rights & A == 0 or paging.encoding_fault(hart, pte, 0) != Fault.NONE:
        return 0
    return make_word(page, rights, 0) if 0 <= page < world.chip.memory_size else 0


@inlined
@hot
def book_walk(world, hart, va, reads):
    """Book a walk that has read `reads` PTEs, at `hart.walk_place`, down to a leaf at level 0."""
    cycles = world.chip.price[Price.WALK_START]
    for i in range(reads):
        place = hart.walk_place[i]
        nearest = L1 if unchanged_by_a_hit(hart.l1d, place) else data_level(world, hart, line_of(place))
        cycles += world.chip.latency[at(nearest)]
    hart.walk_level, hart.walk_reads = 0, reads
    hart.count[Counter.WALK_COUNT] += 1
    hart.count[Counter.WALK_REFERENCES] += reads
    hart.count[Counter.WALK_CACHE_HITS] += hart.levels - reads
    book(hart, Cost.WALK, cycles)
    if world.checker.on != OFF:
        note_walk(world, hart, va)
