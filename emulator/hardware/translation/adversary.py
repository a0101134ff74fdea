"""The adversarial TLB (`--tlb adversarial`): all that the architecture allows and a kernel must live with, at random.

    it keeps        entries are given up for want of room only, in arrays as large as there are (`build`)
    it speculates   between stretches of instructions a walk begins for a page near one that a register points to; it
                    has read its PTE then, and fills the TLB some stretches later, unless a fence has come between (F21)
    it remembers    a PTE that was not valid, too, where the format lets it: such an entry refuses until it is fenced
                    (F23)

Speculation takes no time, raises no fault, and may set A but not D (F19).
"""

from emulator.base.bits import (
    NEGATIVE,
    PAGE_BYTES,
    A,
    V,
    X,
    key_of,
    level_key,
    level_of,
    make_word,
    page_address,
    page_bytes,
    page_of,
    same_asid,
    same_page,
)
from emulator.base.jit import hot
from emulator.base.names import Access, Fault, Found
from emulator.hardware.chance import draw
from emulator.hardware.checker.pointers import found_at_last
from emulator.hardware.checker.tables import note_path
from emulator.hardware.checker.writes import put_seen
from emulator.hardware.translation.levels import first_level, second_level
from emulator.hardware.translation.replicas import has_copy
from emulator.hardware.translation.step import NO_TABLE, OUTSIDE, step
from emulator.hardware.translation.tlb import MISS, insert, promote
from emulator.hardware.translation.visit import visit
from emulator.hardware.translation.walk_cache import keep, start_of_walk
from emulator.paging import format as paging
from emulator.paging.fences import ANY_ASID, ONE_PAGE, POINTERS
from emulator.world.checker import OFF

REACH = 2  # pages around the one that a register points to
NOWHERE = 0  # no PTE stands at place 0


@hot
def speculate(world, hart):
    """Go on with the walk that is in flight, or begin one, or do nothing."""
    if hart.flight == 1:
        if draw(world, 3) == 0:
            hart.flight = 0
            fill(world, hart, hart.flight_key, hart.flight_word)
            if hart.flight_place != NOWHERE:  # only where A is set too late
                set_accessed(world, hart, page_address(hart.flight_key), hart.flight_place, hart.flight_pte)
    elif draw(world, 2) == 0:
        near = hart.regs[1 + draw(world, 31)]
        va = page_of(near) + (draw(world, 2 * REACH + 1) - REACH) * PAGE_BYTES
        if va >= 0 and paging.canonical(hart, va):
            begin_walk(world, hart, va)


@hot
def begin_walk(world, hart, va):
    """Walk for `va`, out of turn, and keep what it finds in flight."""
    level, first, rights = start_of_walk(world, hart, va)
    place, pte, table = step(world, hart, first, va, level)
    while table != NO_TABLE:
        rights = paging.rights_below(hart, rights, pte)
        if paging.visited(hart, pte) != pte:
            visit(world, hart, va, place, pte)
        keep(world, hart, va, place, table, rights, level)
        level -= 1
        place, pte, table = step(world, hart, table, va, level)
    if place == OUTSIDE:
        return
    if paging.rights_of(hart, pte) & V == 0 and not paging.keeps_absent(hart):
        return
    word, late = NEGATIVE, NOWHERE
    if paging.rights_of(hart, pte) & V != 0 and has_copy(world, hart, place):
        page = (paging.pa_of(hart, pte, level, va) & -page_bytes(level)) - world.chip.memory_start
        if not is_kept(world, hart, level) or page < 0 or page >= world.chip.memory_size:
            return
        if paging.encoding_fault(hart, pte, level) != Fault.NONE:
            return
        rights &= paging.rights_of(hart, pte)
        if rights & A == 0:
            if hart.svade:
                return
            rights |= A
            if world.chip.late_accessed == 1:
                late = place
            else:
                set_accessed(world, hart, va, place, pte)
        word = make_word(page, rights, level)
        if world.checker.on != OFF:
            note_path(world, hart, hart.root, hart.asid_bits, va)
            if hart.walk_stale != 0:
                word = found_at_last(world, hart, va, word)
    hart.flight, hart.flight_word = 1, word
    hart.flight_key = level_key(key_of(va, hart.asid_bits), level_of(word))
    hart.flight_place, hart.flight_pte = late, pte


@hot
def is_kept(world, hart, level):
    """Return whether TLBs hold a leaf at `level` as the page that it is, and not in pieces."""
    return level <= world.chip.largest and paging.tlb_level(hart, level) == level


@hot
def set_accessed(world, hart, va, place, pte):
    """Set A in the PTE for `va` that was read at `place`."""
    put_seen(world, hart, va, place, pte, paging.with_rights(hart, pte, paging.rights_of(hart, pte) | A))


@hot
def fill(world, hart, key, word):
    """Put an entry into the second level and one of the first, unless the page has one."""
    level = level_of(word)
    code, data, second = first_level(hart, Access.FETCH, level), first_level(hart, Access.LOAD, level), hart.stlb
    first = code if word & X != 0 and draw(world, 2) == 0 else data
    if level > 0:
        hart.superpages = 1
        second = second_level(hart, level)
    if lacks(second, key, level) and lacks(code, key, level) and lacks(data, key, level):
        insert(second, key, word)
        insert(first, key, word)


@hot
def lacks(tlb, key, level):
    """Return whether a TLB has no entry of a page, as if that had been asked for it."""
    return tlb.ways == 0 or promote(tlb, key, level) <= MISS


@hot
def remember_refusal(world, hart):
    """Let the hart remember, or not, that the PTE of the access that was refused last was not valid."""
    absent = hart.fault == Fault.NOT_PRESENT and hart.fault_found == Found.WALK
    if absent and paging.keeps_absent(hart) and draw(world, 2) == 0:
        fill(world, hart, key_of(hart.fault_va, hart.asid_bits), NEGATIVE)


@hot
def cancel(hart, key, reach):
    """Forget the walk in flight if a fence within `reach` of `key` covers what it walks for, or through (F21)."""
    held = hart.flight_key
    covered = reach & ANY_ASID != 0 or same_asid(held, key)
    same = same_page(held, level_key(key, level_of(hart.flight_word)))
    if covered and (reach & ONE_PAGE == 0 or reach & POINTERS != 0 or same):
        hart.flight = 0
