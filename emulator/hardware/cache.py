"""Caches: physically tagged, set-associative, 64-byte lines. L1i, L1d and L2 are a hart's own; L3 is shared.

A line is filled into every level that it missed. Write-backs, inclusion and coherence traffic are not modelled: what a
translation study needs of a cache is which level answers, since page-table walks and page copies run through them.
"""

from emulator.base.bits import at, line_of
from emulator.base.jit import hot, inlined, rare
from emulator.base.names import Cost, Counter
from emulator.base.record import I4
from emulator.config.replacement import LRU, SRRIP
from emulator.hardware.accounts import book
from emulator.hardware.replacement import entry_of_way, fill, touch, victim
from emulator.hardware.replacement.lru import use_any, use_next
from emulator.hardware.sets import first_of_set

L1, L2, L3, DRAM = 1, 2, 3, 4
EMPTY = 0  # the tag of an entry that holds no line
MANY = 32  # lines at once: half a page, with a bit of a word for each
ALL = (1 << MANY) - 1


@hot
def find_near(cache, line):
    """Return 1 if the cache holds `line`, near the front of its set as a rule, else fill it and return 0."""
    if cache.lru_mask >= 0:
        return use_next(cache.tag, (line & cache.lru_mask) * cache.ways, cache.ways, I4(line + 1))
    return find_apart(cache, line)


@hot
def find(cache, line):
    """Return 1 if the cache holds `line`, wherever in its set, else fill it and return 0."""
    if cache.lru_mask >= 0:
        return use_any(cache.tag, (line & cache.lru_mask) * cache.ways, cache.ways, I4(line + 1))
    return find_apart(cache, line)


@rare
def find_apart(cache, line):
    """As `find`, for policies that number ways, and where the number of sets is no power of two."""
    first, tag = first_of_set(cache, line), I4(line + 1)
    if cache.policy == LRU:
        return use_next(cache.tag, first, cache.ways, tag)
    entry = entry_of(cache, first, tag)
    held = is_of(cache.tag[at(entry)], tag)
    if not held and cache.tag[at(entry)] != EMPTY:
        entry = entry_of_way(cache, first, victim(cache, first))
    way = cache.way[at(entry)]
    cache.tag[at(entry)], cache.way[at(entry)] = cache.tag[at(first)], cache.way[at(first)]
    cache.tag[at(first)], cache.way[at(first)] = tag, way
    if held:
        touch(cache, first, way)
        return 1
    fill(cache, first, way)
    if cache.policy == SRRIP:
        cache.tag[at(first)] = -tag  # the first hit counts, so no fast path may take it
    return 0


@hot
def is_of(held, tag):
    """Return whether what an entry holds is the line of `tag`, hit since it was filled or not."""
    return held == tag or held == -tag


@hot
def entry_of(cache, first, tag):
    """Return the entry of `tag` in the set that begins at `first`, else its empty entry of the least way, or any."""
    found = first
    for entry in range(first, first + cache.ways):
        if is_of(cache.tag[at(entry)], tag):
            return entry
        empty = cache.tag[at(entry)] == EMPTY
        if empty and (cache.tag[at(found)] != EMPTY or cache.way[at(entry)] < cache.way[at(found)]):
            found = entry
    return found


@hot
def unchanged_by_a_hit(cache, place):
    """Return whether the line at `place` is the last that was used of its set: to hit it changes nothing."""
    line = line_of(place)
    return cache.tag[at(first_of_set(cache, line))] == I4(line + 1)


@inlined
@hot
def beyond_l1(world, hart, line):
    """Return the level below L1 that holds `line`, filling the levels above it."""
    if find(hart.l2, line):
        return L2
    hart.count[Counter.CACHE_L2_MISSES] += 1
    missed = 1 - find(world.chip.l3, line)  # told by no branch: the host would guess wrong as often as L3 misses
    hart.count[Counter.CACHE_L3_MISSES] += missed
    return L3 + missed


@inlined
@hot
def beyond_l1d(world, hart, line):
    """Count the miss in L1d; return the level below that holds data `line`."""
    hart.count[Counter.CACHE_L1D_MISSES] += 1
    return beyond_l1(world, hart, line)


@hot
def data_level(world, hart, line):
    """Return the level that holds data `line`, filling the levels above it."""
    return L1 if find(hart.l1d, line) else beyond_l1d(world, hart, line)


@hot
def pte_level(world, hart, line):
    """As `data_level`, for the line of a PTE that a walk reads: memory, where an MMU is without caches."""
    if world.chip.uncached == 0:
        return data_level(world, hart, line)
    hart.count[Counter.CACHE_L1D_MISSES] += 1
    hart.count[Counter.CACHE_L2_MISSES] += 1
    hart.count[Counter.CACHE_L3_MISSES] += 1
    return DRAM


@hot
def find_many(cache, line, wanted):
    """Do what `find` does for those of MANY lines from `line` on that have a bit in `wanted`; return those held.

    Compiled code goes from set to set where they lie in a row (`hardware/lines.py`).
    """
    held = 0
    for i in range(MANY):
        if wanted >> i & 1:
            held |= find(cache, line + i) << i
    return held


@hot
def number_of(lines):
    """Return how many bits are set in `lines`."""
    number = 0
    while lines != 0:
        lines &= lines - 1
        number += 1
    return number


@hot
def bulk_cycles(world, hart, line):
    """Bring MANY lines from `line` on into L1d; return their cycles, misses overlapping (`chip.bulk`).

    Each level is asked for all of them before the one below, which makes no difference to either: the host goes through
    one array after the other.
    """
    past_l1 = ALL & ~find_many(hart.l1d, line, ALL)
    past_l2 = past_l1 & ~find_many(hart.l2, line, past_l1)
    past_l3 = past_l2 & ~find_many(world.chip.l3, line, past_l2)
    missed_l1, missed_l2, missed_l3 = number_of(past_l1), number_of(past_l2), number_of(past_l3)
    hart.count[Counter.CACHE_L1D_HITS] += MANY  # look-ups that no load or store counts
    hart.count[Counter.CACHE_L1D_MISSES] += missed_l1
    hart.count[Counter.CACHE_L2_MISSES] += missed_l2
    hart.count[Counter.CACHE_L3_MISSES] += missed_l3
    bulk = world.chip.bulk
    hits = (MANY - missed_l1) * bulk[L1] + (missed_l1 - missed_l2) * bulk[L2] + (missed_l2 - missed_l3) * bulk[L3]
    return hits + missed_l3 * bulk[DRAM]


@hot
def wait_for_data(world, hart, place):
    """Bring the line at `place` into L1d; book and return what a load or store waits for it beyond an L1 hit."""
    level = data_level(world, hart, line_of(place))
    if level == L1:
        return 0
    wait = world.chip.latency[at(level)] - world.chip.latency[L1]
    book(hart, at(Cost.CACHE_L2 + level - L2), wait)
    return wait


@hot
def wait_for_code(world, hart, place):
    """Bring the line at `place` into L1i and book what a fetch waits for it beyond an L1 hit."""
    line = line_of(place)
    if find_near(hart.l1i, line):
        return
    hart.count[Counter.CACHE_L1I_MISSES] += 1
    book(hart, Cost.CACHE_L1I, world.chip.latency[beyond_l1(world, hart, line)] - world.chip.latency[L1])
