"""Many accesses in a row: what `translate` does for each, at the host's speed.

Most but fetches take the plain road (`translation/plain.py`), and faster yet:

    quick     to the page of the access before, whose entry is first of its set: one compare, no TLB changes
    WALK      a walk to a plain leaf in a last table that an earlier walk of this call came to (`tables`), where there
              are no caches: what it reads above that table tells nothing new, and is counted, not read

All else is left to `translate`: faults, A and D to be set, superpages, ghosts, policies other than LRU. Nothing comes
between two accesses of a call, neither a fence nor a write to memory other than of A and D.

`tables` is what the host remembers of last tables, under the root that its first word names: for each of TABLES places
the number of a stretch of addresses, and its table's place with the rights that pointers leave it.
"""

from emulator.base.bits import (
    EVERY_RIGHT,
    FRAME_ADDRESS,
    PAGE_BYTES,
    at,
    key_of,
    level_of,
    make_word,
    offset_of,
    page_of,
    page_up,
)
from emulator.base.jit import apart, hot, rare
from emulator.base.names import Access, Cost, Counter, Fault, Price
from emulator.hardware.accounts import book
from emulator.hardware.cache import DRAM
from emulator.hardware.memory import bring_near
from emulator.hardware.translation.levels import first_level
from emulator.hardware.translation.mmu import refuse, translate
from emulator.hardware.translation.plain import OTHER, SECOND, WALK, fill_both, held, leaf_word
from emulator.hardware.translation.step import NO_TABLE, entry_place, read_entry, step
from emulator.hardware.translation.tlb import page_number, unchanged_by_a_hit
from emulator.paging import format as paging
from emulator.paging.accesses import writes

TOLD = 6  # words that are told of an access, as `tell` has them
TABLES = 4096
TABLE_WORDS = 1 + 2 * TABLES
NOWHERE = -1  # no root, and no stretch
NEVER = 1  # is no part of 0
AHEAD = 8  # accesses from asking the host for a PTE until a walk reads it


@hot
def translate_run(world, vas, first, last, access, size, found, tables):
    """Translate the accesses from `first` to `last`, all of one kind; return how many were refused."""
    hart = world.hart[0]
    tlb = first_level(hart, access, 0)
    plain, told = is_plain(world, hart, tlb), len(found) > 0
    need, want = needed(hart, access)
    second_cycles = world.chip.price[Price.TLB_L2]
    walk_cycles = world.chip.price[Price.WALK_START] + hart.levels * world.chip.latency[DRAM]
    aligned = size - 1 if access >= Access.AMO else 0
    page, room, base = 0, -1, 0  # the quick page, up to which offset in it an access is quick, its place
    seconds, walks, others, refused = 0, 0, 0, 0
    i = first
    while i < last:
        if not told:
            while i < last and 0 <= vas[at(i)] - page <= room and vas[at(i)] & aligned == 0:
                i += 1
            if i == last:
                break
        va = vas[at(i)]
        if told and 0 <= va - page <= room and va & aligned == 0:
            tell(world, found, i, base + offset_of(va), 0, 0)
            i += 1
            continue
        road, word, cycles, reads = OTHER, 0, 0, 0
        if plain and offset_of(va) + size <= PAGE_BYTES and va & aligned == 0:
            road, word = plain_road(world, hart, tlb, va, need, want, tables)
        page, room, base = page_of(va), PAGE_BYTES - size, word & FRAME_ADDRESS
        place = base + offset_of(va)
        if road == SECOND:
            seconds += 1
            cycles = second_cycles
        elif road == WALK:
            walks += 1
            cycles, reads, hart.walk_level = walk_cycles, hart.levels, 0
        elif road == OTHER:
            others += 1
            place, cycles, reads, room = long_road(world, hart, tlb, va, access, size, tables)
            base = page_of(place)
            refused += place < 0
        if reads > 0 and i + AHEAD < last:
            look_ahead(world, hart, vas[at(i + AHEAD)], tables)
        if told:
            tell(world, found, i, place, cycles, reads)
        i += 1
    count(world, hart, access, last - first - seconds - walks - others, seconds, walks)
    return refused


@hot
def is_plain(world, hart, tlb):
    """Return whether hits in `tlb`, a first-level one, and in the second level change no more than an order."""
    there = tlb.ways > 0 and hart.stlb.ways > 0 and hart.inclusive == 0
    return there and tlb.ghosts == 0 and hart.stlb.ghosts == 0 and world.chip.adversary == 0


@hot
def may_remember(world, hart):
    """Return whether a walk reads nothing new above a last table that is known: no caches, one dimension."""
    plain = hart.has_walk_caches == 0 and hart.host.roots == 0
    return plain and world.chip.uncached != 0 and world.chip.replicated == 0


@hot
def needed(hart, access):
    """Return what a TLB word has to have for `access`: (word & need) == want."""
    if access == Access.FETCH:  # formats differ in who may execute what, and say so in a question of their own
        return 0, NEVER
    if writes(access):
        return hart.write_need, hart.write_want
    return hart.read_need, hart.read_want


@hot
def plain_road(world, hart, tlb, va, need, want, tables):
    """Take the plain road to the page of `va`, if there is one; return which, and the TLB word that is first now."""
    key = key_of(va, hart.asid_bits)
    road, word = held(hart, tlb, key, need, want)
    if road == WALK:
        word = leaf_below(world, hart, key, va, tables)
        if word & need == want:
            fill_both(hart, tlb, key, word)
        else:
            road, word = OTHER, 0
    return road, word


@hot
def leaf_below(world, hart, key, va, tables):
    """Return the TLB word of the plain leaf that is known to stand in a last table for `va`, or 0."""
    stretch = page_number(key, 1)
    slot = 1 + 2 * (stretch & (TABLES - 1))
    if tables[0] != hart.root or tables[at(slot)] != stretch:
        return 0
    table = tables[at(slot + 1)]
    place = entry_place(hart, table & FRAME_ADDRESS, va, 0)
    return leaf_word(world, hart, va, read_entry(world, hart, place), table & EVERY_RIGHT)


@apart
def long_road(world, hart, tlb, va, access, size, tables):
    """Leave an access to `translate`; return its place or minus the Fault, cycles, PTE reads, and its page's `room`."""
    before, room = hart.clock, PAGE_BYTES - size
    place, reads = translate_pages(world, hart, va, access, size)
    if place < 0 or offset_of(va) > room or not unchanged_by_a_hit(tlb, key_of(va, hart.asid_bits), 0):
        room = -1
    if reads > 0:
        remember(world, hart, va, tables)
    return place, hart.clock - before, reads, room


@rare
def remember(world, hart, va, tables):
    """Remember the last table for `va`, if there is one and walks through the pointers to it change nothing."""
    if tables[0] != hart.root or not paging.canonical(hart, va):
        return
    table, rights = hart.root, EVERY_RIGHT
    for level in range(hart.levels - 1, 0, -1):
        _, pte, table = step(world, hart, table, va, level)
        if table == NO_TABLE or paging.visited(hart, pte) != pte:
            return
        rights = paging.rights_below(hart, rights, pte)
    if 0 <= table < world.chip.memory_size:
        stretch = page_number(key_of(va, 0), 1)
        slot = 1 + 2 * (stretch & (TABLES - 1))
        tables[at(slot)], tables[at(slot + 1)] = stretch, make_word(table, rights, 0)


@hot
def look_ahead(world, hart, va, tables):
    """Let the host bring near the PTE of `va`, which a walk may be about to read."""
    stretch = page_number(key_of(va, 0), 1)
    slot = 1 + 2 * (stretch & (TABLES - 1))
    if tables[0] == hart.root and tables[at(slot)] == stretch:
        bring_near(world, entry_place(hart, tables[at(slot + 1)] & FRAME_ADDRESS, va, 0))


@hot
def translate_pages(world, hart, va, access, size):
    """Translate an access to one page or two, as `translate_one`; return its place or minus the Fault, PTE reads."""
    if access >= Access.AMO and va & (size - 1) != 0:
        return refuse(hart, va, access, Fault.MISALIGNED, 0), 0
    place = look_up_page(world, hart, va, access)
    reads = hart.walk_reads
    if place >= 0 and offset_of(va) + size > PAGE_BYTES:
        rest = look_up_page(world, hart, page_up(va), access)
        reads += hart.walk_reads
        if rest < 0:
            return rest, reads
    return place, reads


@hot
def look_up_page(world, hart, va, access):
    """Translate an access to one page, and count its look-up; return its place or minus the Fault."""
    hart.walk_reads = 0
    place = translate(world, hart, va, access)
    if access == Access.FETCH:
        hart.count[Counter.TLB_L1I_ACCESSES] += 1
    else:
        hart.count[Counter.TLB_L1D_ACCESSES] += place >= 0
    return place


@hot
def count(world, hart, access, firsts, seconds, walks):
    """Count and book what `translate` would have for so many accesses by each plain road."""
    misses, reads = seconds + walks, walks * hart.levels
    if access == Access.FETCH:
        hart.count[Counter.TLB_L1I_ACCESSES] += firsts + misses
        hart.count[Counter.TLB_L1I_MISSES] += misses
    else:
        hart.count[Counter.TLB_L1D_ACCESSES] += firsts + misses
        hart.count[Counter.TLB_L1D_MISSES] += misses
    hart.count[Counter.TLB_L2_ACCESSES] += misses
    hart.count[Counter.TLB_L2_MISSES] += walks
    hart.count[Counter.WALK_COUNT] += walks
    hart.count[Counter.WALK_REFERENCES] += reads
    hart.count[Counter.CACHE_L1D_MISSES] += reads
    hart.count[Counter.CACHE_L2_MISSES] += reads
    hart.count[Counter.CACHE_L3_MISSES] += reads
    book(hart, Cost.TLB_L2, seconds * world.chip.price[Price.TLB_L2])
    book(hart, Cost.WALK, walks * world.chip.price[Price.WALK_START] + reads * world.chip.latency[DRAM])


@hot
def tell(world, found, i, place, cycles, reads):
    """Tell of access `i`: physical address or -1, Fault, cause, cycles, PTE reads, error.

    Cause and error are a matter of the architecture, which Python knows: here the one is none, and the other the level
    that a refusal was at, -1 for none.
    """
    word = i * TOLD
    found[at(word)] = place + world.chip.memory_start if place >= 0 else -1
    found[at(word + 1)] = 0 if place >= 0 else -place
    found[at(word + 2)], found[at(word + 5)] = -1, -1 if place >= 0 else level_refused(world.hart[0])
    found[at(word + 3)], found[at(word + 4)] = cycles, reads


@hot
def level_refused(hart):
    """Return the level of the entry on which an access was refused last, a TLB's or one that a walk read."""
    return level_of(hart.fault_word) if hart.fault_word != 0 else hart.walk_level
