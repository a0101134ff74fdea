"""The page-table walker: reads PTEs from memory, through the caches, from the root table down to a leaf.

Steps (RISC-V privileged manual, "Virtual Address Translation Process"):

    1  begin at the root table, level = levels - 1; or below the lowest pointer that a walk cache holds (`walk_cache`)
    2  read the PTE; outside memory: access fault of the original access (F11)
    3  not valid, reserved, misplaced or misaligned: page fault (F12-F14)
    4  a pointer: set A in it where the format has that, go to the next table, back to step 2
    5  a leaf: check U/SUM, then R/W/X, then A/D, in this order (F15)
    6  A, or D for a write, is clear: fault (Svade), or set it in memory if the PTE is still the same (Svadu, F18, F19)
    7  the page lies outside memory: access fault

It costs what its reads cost, level by level, plus `walk_start` and `ad_update` of the profile.
"""

from emulator.base.bits import A, D, line_of, make_word, page_bytes
from emulator.base.jit import hot
from emulator.base.names import Cost, Counter, Fault, Price
from emulator.hardware.accounts import book
from emulator.hardware.cache import pte_level
from emulator.hardware.checker.writes import put_seen
from emulator.hardware.translation.step import NO_TABLE, OUTSIDE, step
from emulator.hardware.translation.visit import visit
from emulator.hardware.translation.walk_cache import keep, start_of_walk
from emulator.paging import format as paging
from emulator.paging.accesses import writes


@hot
def walk(world, hart, va, access):
    """Walk for `access` to canonical `va`; return the Fault, or `Fault.NONE` with a TLB word in `hart.walk_word`.

    Sets `walk_pte`, `walk_level`, `walk_rights`, `walk_reads` and `walk_place` of the hart, whatever the outcome; may
    set A and D, and A in pointers even where the access is refused.
    """
    reads, cycles = 0, world.chip.price[Price.WALK_START]
    level, table, rights = start_of_walk(world, hart, va)  # step 1
    saved = hart.levels - 1 - level
    pte, place, fault = 0, 0, Fault.NONE
    while True:
        place, pte, table = step(world, hart, table, va, level)
        if place == OUTSIDE:  # step 2
            fault = Fault.ACCESS
            break
        hart.walk_place[reads] = place
        reads += 1
        cycles += world.chip.latency[pte_level(world, hart, line_of(place))]
        if table == NO_TABLE:
            fault = paging.encoding_fault(hart, pte, level)  # step 3
            break
        rights = paging.rights_below(hart, rights, pte)
        if paging.visited(hart, pte) != pte:
            visit(world, hart, va, place, pte)
            cycles += world.chip.price[Price.AD_UPDATE]
        if hart.has_walk_caches:
            keep(world, hart, va, place, table, rights, level)
        level -= 1  # step 4
    hart.walk_pte, hart.walk_level, hart.walk_reads = pte, level, reads
    hart.walk_rights = rights & paging.rights_of(hart, pte)
    hart.count[Counter.WALK_COUNT] += 1
    hart.count[Counter.WALK_REFERENCES] += reads
    hart.count[Counter.WALK_CACHE_HITS] += saved
    book(hart, Cost.WALK, cycles)
    if fault != Fault.NONE:
        return fault
    return reach_leaf(world, hart, place, va, access)


@hot
def mark_leaf(world, hart, va, place, pte, rights, access):
    """Set A, and for a write D, in the leaf `pte` at `place`; return `rights` with them."""
    seen = A | D if writes(access) else A
    put_seen(world, hart, va, place, pte, paging.with_rights(hart, pte, paging.rights_of(hart, pte) | seen))
    book(hart, Cost.WALK, world.chip.price[Price.AD_UPDATE])
    return rights | seen


@hot
def reach_leaf(world, hart, place, va, access):
    """Steps 5-7 on the leaf in `hart.walk_pte`, which stands at `place`; return the Fault."""
    pte, rights = hart.walk_pte, hart.walk_rights
    fault = paging.permission_fault(hart, rights, access)  # step 5
    if fault == Fault.NOT_ACCESSED or fault == Fault.NOT_DIRTY:  # step 6
        if hart.svade:
            return fault
        rights = mark_leaf(world, hart, va, place, pte, rights, access)
    elif fault != Fault.NONE:
        return fault
    size = min(paging.tlb_level(hart, hart.walk_level), world.chip.largest)
    there = paging.pa_of(hart, pte, hart.walk_level, va)
    page = (there & -page_bytes(size)) - world.chip.memory_start  # a TLB may hold smaller pages than the leaf's
    if page < 0 or page >= world.chip.memory_size:  # step 7
        return Fault.ACCESS
    hart.walk_word = make_word(page, rights, size)
    return Fault.NONE
