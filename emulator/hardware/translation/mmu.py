"""The memory management unit of a hart: first-level TLB, second-level TLB, walk, permission check.

Most accesses never come here: they go to a quick page of the instruction loop (`engine/quick.py`), or by the plain road
(`plain.py`). A refused access leaves a named Fault in the hart and changes no register and no byte of memory
(F50), A and D of the pages before it apart.

A stale entry (F45) grants what it always did, but whoever suspects it is asked first: the access ends in STALE_USE,
which no program sees, and goes through once its page is among the hart's `passed`. A suspect's address is beyond all
memory, so that a hit has nothing more to compare.
"""

from emulator.base.bits import (
    LARGEST,
    NEGATIVE,
    STALE,
    at,
    key_of,
    level_key,
    level_of,
    page_address,
    page_of,
    place_in,
)
from emulator.base.jit import hot, rare
from emulator.base.names import Access, Cost, Counter, Fault, Found, Price
from emulator.base.record import I8
from emulator.hardware.accounts import book
from emulator.hardware.checker.every import compare
from emulator.hardware.checker.pointers import found_at_last
from emulator.hardware.checker.tables import note_walk
from emulator.hardware.translation.inclusion import insert_inclusive
from emulator.hardware.translation.levels import first_level, second_level
from emulator.hardware.translation.nested import walk_nested
from emulator.hardware.translation.replicas import has_copy
from emulator.hardware.translation.tlb import (
    HAUNTED,
    forget,
    insert,
    promote,
)
from emulator.hardware.translation.walk_cache import drop_pointers
from emulator.hardware.translation.walker import walk
from emulator.paging import format as paging
from emulator.paging.fences import PAGE_FAULT
from emulator.world.checker import EVERY, OFF
from emulator.world.hart import NO_LINE

STALE_USE = len(Fault)


@hot
def ask(hart, tlb, key, level):
    """Return the word that `tlb` holds for the page of `key` at `level`, now first of its set, or 0."""
    if tlb.ways == 0:
        return 0
    entry = promote(tlb, level_key(key, level), level)
    if entry >= 0:
        return tlb.word[at(entry)]
    if entry <= HAUNTED:
        hart.induced = HAUNTED - entry + 1
    return 0


@hot
def ask_first_level(hart, key, access):
    """Return the word that the first-level TLBs hold for the page of `key`, of any page size, or 0."""
    word = ask(hart, first_level(hart, access, 0), key, 0)
    if word == 0 and hart.superpages:
        word = ask(hart, first_level(hart, access, 1), key, 1)
        if word == 0:
            word = ask(hart, first_level(hart, access, 2), key, 2)
    return word


@hot
def ask_second_level(hart, key):
    """Return the word that the second-level TLBs hold for the page of `key`, of any page size, or 0."""
    word = ask(hart, hart.stlb, key, 0)
    if word == 0 and hart.superpages:
        word = ask(hart, second_level(hart, 1), key, 1)
        if word == 0:
            word = ask(hart, second_level(hart, 2), key, 2)
    return word


@hot
def look_up(world, hart, key, access):
    """Return the TLB word for `key`, brought into the first level, or 0; say where it was in `hart.fault_found`."""
    hart.induced = 0
    word = ask_first_level(hart, key, access)
    if word != 0:
        hart.fault_found = Found.L1
        return word
    if access == Access.FETCH:
        hart.count[Counter.TLB_L1I_MISSES] += 1
    else:
        hart.count[Counter.TLB_L1D_MISSES] += 1
    hart.count[Counter.TLB_L2_ACCESSES] += 1
    word = ask_second_level(hart, key)
    if word != 0:
        hart.fault_found = Found.L2
        book(hart, Cost.TLB_L2, world.chip.price[Price.TLB_L2])
        insert_first(hart, key, word, access)
        return word
    hart.count[Counter.TLB_L2_MISSES] += 1
    hart.fault_found = Found.WALK
    return 0


@hot
def insert_first(hart, key, word, access):
    """Fill the first-level TLB of the page size of `word`."""
    insert(first_level(hart, access, level_of(word)), key, word)


@hot
def refuse(hart, va, access, fault, word):
    """Leave the refused access in the hart and return minus the Fault."""
    hart.fault = fault
    hart.fault_access = access
    hart.fault_va = va
    hart.fault_word = word
    if access != Access.FETCH:
        hart.count[Counter.TLB_L1D_ACCESSES] += 1
    return -I8(fault)


@rare
def drop_refused(hart, key):
    """Take what TLBs hold for the page of `key`, of any size, out, and pointers to it: a page fault on x86 does (F40).

    The next access walks, whether an entry refused this one or a walk did that an entry with D clear had led to.
    """
    for level in range(LARGEST + 1 if hart.superpages else 1):
        forget(first_level(hart, Access.FETCH, level), key, level)
        forget(first_level(hart, Access.LOAD, level), key, level)
        forget(second_level(hart, level), key, level)
    if hart.pointers != 0:
        drop_pointers(hart, page_address(key), hart.asid_bits, PAGE_FAULT)
    hart.fetch_line = NO_LINE


@hot
def beyond_hits(world, hart, va, access, word):
    """Return what `translate` does for an entry that is no plain hit: beyond memory, suspect, or to compare."""
    if world.checker.on == EVERY:
        compare(world, hart, va, word)
    if word & STALE == 0:
        place = place_in(word, va)
        return place if place < world.chip.memory_size else refuse(hart, va, access, Fault.ACCESS, word)
    page = page_of(va)
    if page == hart.passed[0] or page == hart.passed[1]:
        return place_in(word & ~STALE, va)
    if access == Access.FETCH:  # the access comes again, and is counted then
        hart.count[Counter.TLB_L1I_ACCESSES] -= 1
    else:
        hart.count[Counter.TLB_L1D_ACCESSES] -= 1
    return refuse(hart, va, access, STALE_USE, word)


@hot
def refuses(hart, fault):
    """Whether an entry that does not grant an access refuses it; else a walk is to tell: what is clear in the entry may
    be set by now, and what a host has taken out of it is not the guest's matter."""
    if hart.svade == 0 and (fault == Fault.NOT_ACCESSED or fault == Fault.NOT_DIRTY):
        return False
    return hart.host.roots == 0


@hot
def translate(world, hart, va, access):
    """Return the place in memory of `va` for `access`, or minus the Fault, whose details are then in the hart.

    Fills TLBs, may set A and D, books the cycles of the second-level TLB and of the walk.
    """
    key = key_of(va, hart.asid_bits)
    word = look_up(world, hart, key, access)
    if word != 0:
        fault = paging.permission_fault(hart, word, access)
        if fault == Fault.NONE:
            place = place_in(word, va)
            return place if place < world.chip.hits_below else beyond_hits(world, hart, va, access, word)
        if refuses(hart, fault):
            if not paging.keeps_refusals(hart):
                drop_refused(hart, key)
            return refuse(hart, va, access, Fault.NOT_PRESENT if word & NEGATIVE != 0 else fault, word)
    if not paging.canonical(hart, va):
        return refuse(hart, va, access, Fault.NON_CANONICAL, 0)
    return translate_by_walk(world, hart, va, access, key, word)


@hot
def translate_by_walk(world, hart, va, access, key, word):
    """Walk, fill both levels, return the place of `va`, or refuse. `word` is the entry found with A or D clear, or 0.

    A and D are set by comparing with memory, never with the TLB's copy of the PTE (F19).
    """
    before = hart.cost[Cost.WALK]
    fault = walk(world, hart, va, access) if hart.host.roots == 0 else walk_nested(world, hart, va, access)
    if hart.induced:
        cycles = hart.cost[Cost.WALK] - before
        hart.count[Counter.FLUSH_INDUCED_MISSES] += 1
        hart.count[Counter.FLUSH_INDUCED_CYCLES] += cycles
        world.ledger.induced_misses[at(hart.induced - 1)] += 1
        world.ledger.induced_cycles[at(hart.induced - 1)] += cycles
    if fault != Fault.NONE:
        if not paging.keeps_refusals(hart):
            drop_refused(hart, key)
        elif hart.negative != 0 and fault == Fault.NOT_PRESENT:
            remember_absent(hart, key, access, word)
        return refuse(hart, va, access, fault, 0)
    new = hart.walk_word
    place = place_in(new, va)
    if place >= world.chip.memory_size:
        return refuse(hart, va, access, Fault.ACCESS, 0)
    if not has_copy(world, hart, hart.walk_place[hart.walk_reads - 1]):
        return refuse(hart, va, access, Fault.NOT_PRESENT, 0)
    if world.checker.on != OFF:
        note_walk(world, hart, va)
        if hart.walk_stale != 0:
            new = found_at_last(world, hart, va, new)
    level = level_of(new)
    if level > 0:
        hart.superpages = 1
    first, second = first_level(hart, access, level), second_level(hart, level)
    if word != 0:  # an entry with A or D clear is there
        forget(first_level(hart, access, level_of(word)), key, level_of(word))
        forget(second_level(hart, level_of(word)), key, level_of(word))
    if hart.inclusive != 0:
        insert_inclusive(hart, second, key, new)
    else:
        insert(second, key, new)
    insert(first, key, new)
    return place if new & STALE == 0 else beyond_hits(world, hart, va, access, new)


@rare
def remember_absent(hart, key, access, word):
    """Fill both levels with a negative entry: the PTE for `key` is not valid (F23). `word` is as above."""
    if word != 0:
        forget(first_level(hart, access, level_of(word)), key, level_of(word))
        forget(second_level(hart, level_of(word)), key, level_of(word))
    if hart.inclusive != 0:
        insert_inclusive(hart, hart.stlb, key, NEGATIVE)
    else:
        insert(hart.stlb, key, NEGATIVE)
    insert(first_level(hart, access, 0), key, NEGATIVE)
