"""Searching the TLBs and walk caches of harts for what has come from a word of memory that has just been written.

The harts are those whose walks have come through its table, and that have entered no other root under the ASID since.
"""

from emulator.base.bits import (
    ASID_LIMIT,
    STALE,
    G,
    V,
    asid_of,
    at,
    key_of,
    level_of,
    page_address,
    page_bytes,
    same_asid,
    same_page,
)
from emulator.base.jit import hot, rare
from emulator.base.mask import BITS, has, take_out
from emulator.hardware.checker.pointers import look_at_pointers
from emulator.hardware.checker.suspects import reconsider
from emulator.hardware.translation.tlb import set_of
from emulator.paging import format as paging
from emulator.world.memory import MASK_WORDS

GRANTING = V | STALE


@hot
def root_entered(world, h, asid_bits):
    """Return the root that hart number `h` entered last under an ASID, -1 for none."""
    return world.checker.entered[at(h * ASID_LIMIT + asid_of(asid_bits))] - 1


@rare
def look_for(world, found, entry, change):
    """Reconsider what came through `entry` of table number `found`; forget that anything did if nothing is left."""
    table = world.checker.table[found]
    left = 0
    for word in range(MASK_WORDS):
        if table.harts[word] == 0:
            continue
        for h in range(word * BITS, min((word + 1) * BITS, world.chip.harts)):
            if has(table.harts, h) and root_entered(world, h, table.asid_bits) == table.root:
                left += look_on_hart(world, world.hart[h], table, entry, change)
    if left == 0:
        take_out(table.read, entry)


@hot
def look_on_hart(world, target, table, entry, change):
    """Do so on one hart; return how many entries that is."""
    span = paging.span(target, table.level)
    start = table.va + entry * span
    left = 0
    if target.flight == 1 and is_from(target.flight_key, target.flight_word, table, start, span):
        target.flight_word = reconsider(world, target, table, target.flight_key, target.flight_word, change)
        left = 1
    if table.level == 0:
        key = key_of(start, table.asid_bits)
        left += look_in_set(world, target, target.itlb, table, key, change)
        left += look_in_set(world, target, target.dtlb, table, key, change)
        left += look_in_set(world, target, target.stlb, table, key, change)
        if target.superpages:  # a page of which this one was a piece
            left += look_in_range(world, target, target.itlb, table, start, change, 1)
            left += look_in_range(world, target, target.dtlb, table, start, change, 1)
            left += look_in_range(world, target, target.stlb, table, start, change, 1)
    else:
        left += look_at_pointers(world, target, table, start, paging.span(target, table.level), change)
        left += look_in_range(world, target, target.itlb, table, start, change, 0)
        left += look_in_range(world, target, target.dtlb, table, start, change, 0)
        left += look_in_range(world, target, target.stlb, table, start, change, 0)
    if target.superpages:
        left += look_in_range(world, target, target.itlb_2m, table, start, change, 1)
        left += look_in_range(world, target, target.dtlb_2m, table, start, change, 1)
        left += look_in_range(world, target, target.stlb_2m, table, start, change, 1)
        left += look_in_range(world, target, target.itlb_1g, table, start, change, 1)
        left += look_in_range(world, target, target.dtlb_1g, table, start, change, 1)
        left += look_in_range(world, target, target.stlb_1g, table, start, change, 1)
    return left


@hot
def look_in_set(world, target, tlb, table, key, change):
    """Reconsider the 4 KiB entries of the page of `key` in one TLB of `target`; return how many there are."""
    left = 0
    if tlb.ways > 0:
        first = set_of(tlb, key, 0)
        for entry in range(first, first + tlb.ways):
            held, word = tlb.key[at(entry)], tlb.word[at(entry)]
            if same_page(held, key) and word & GRANTING != 0 and (held == key or word & G != 0) and level_of(word) == 0:
                tlb.word[at(entry)] = reconsider(world, target, table, held, word, change)
                left += 1
    return left


@hot
def look_in_range(world, target, tlb, table, start, change, least):
    """Reconsider what one TLB of `target` holds, at level `least` or above, of what the table's entry is for.

    That begins at `start`. Return how many entries there are.
    """
    span, left = paging.span(target, table.level), 0
    for entry in range(tlb.sets * tlb.ways):
        key, word = tlb.key[at(entry)], tlb.word[at(entry)]
        if level_of(word) >= least and is_from(key, word, table, start, span):
            tlb.word[at(entry)] = reconsider(world, target, table, key, word, change)
            left += 1
    return left


@hot
def is_from(key, word, table, start, span):
    """Return whether an entry grants something for any of `span` bytes from `start` on, in the space of a table."""
    if word & GRANTING == 0 or not (same_asid(key, table.asid_bits) or word & G != 0):
        return False
    return page_address(key) < start + span and start < page_address(key) + page_bytes(level_of(word))
