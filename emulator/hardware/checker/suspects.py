"""Suspects: TLB entries, and pointers in walk caches, that memory no longer grants, and what made them so.

A suspect's word lacks V and lies beyond all memory (`base/bits.py`); what is known of it stands in a record found by
hart and key. 65,536 of these are kept; an entry whose record has given way is judged all the same.
"""

from typing import NamedTuple

from emulator.base.bits import (
    KEY_PAGE,
    STALE,
    frame_in,
    level_key,
    level_of,
    make_stale,
    make_valid,
    page_address,
    same_asid,
    same_page,
)
from emulator.base.jit import hot, rare
from emulator.base.kernel_names import Mistake
from emulator.hardware.checker.granted import is_stale
from emulator.hardware.checker.tables import note_paths
from emulator.paging.fences import ANY_ASID, ONE_PAGE
from emulator.world.checker import SUSPECT_SETS, SUSPECT_WAYS

ENTRY = 0  # a suspect that is a TLB entry, not a pointer of a walk cache of level 1 or above
NO_FRAME = 0
SPREAD = 613  # between the sets of the same page's suspects on neighbouring harts


class Change(NamedTuple):
    """What may make entries stale: hart number `hart` has written `pte` at `place`; `kind` is a `Mistake`.

    Or it has entered the root of which that is the PTE of a page.
    """

    hart: int
    place: int
    pte: int
    kind: int


@hot
def reconsider(world, target, table, key, word, change):
    """Return the word of an entry of `target`: suspect if memory grants it no more, suspected no more if it does.

    It came through `table`. Where a pointer has changed, it is judged by another path from now on.
    """
    va = page_address(key)
    if table.level > 0:
        note_paths(world, target, table.root, table.asid_bits, va, level_of(word))
    if not is_stale(world, target, table.root, va, word):
        return make_valid(word)
    if word & STALE != 0:
        return word  # the first change is the one that lacked its flush
    target.suspected = 1
    note_suspect(world, target, key, word, ENTRY, change)
    return make_stale(word)


@hot
def suspect_place(world, h, key, level):
    """Return where an entry of hart number `h` is noted as a suspect, or else the suspect that a new one replaces.

    `level` is that of a pointer, or ENTRY.
    """
    first = (((key & KEY_PAGE) + h * SPREAD) & (SUSPECT_SETS - 1)) * SUSPECT_WAYS
    oldest = first
    for place in range(first, first + SUSPECT_WAYS):
        suspect = world.checker.suspect[place]
        if suspect.made != 0 and suspect.key == key and suspect.hart == h and suspect.level == level:
            return place
        if suspect.made < world.checker.suspect[oldest].made:
            oldest = place
    return oldest


@hot
def new_suspect(world, target, key, word, level):
    """Return the record of an entry of `target` that is a suspect from now on: nothing is said of it but what it is."""
    suspect = world.checker.suspect[suspect_place(world, target.number, key, level)]
    world.checker.suspects += 1
    suspect.made, suspect.hart, suspect.key, suspect.level = world.checker.suspects, target.number, key, level
    suspect.word, suspect.row = word, 0
    suspect.table = NO_FRAME if level == ENTRY else frame_in(word)
    return suspect


@hot
def note_suspect(world, target, key, word, level, change):
    """Note that `change` has made an entry of `target` stale, or a pointer where `level` is not ENTRY."""
    suspect = new_suspect(world, target, key, word, level)
    hart, fenced = world.hart[change.hart], world.checker.fenced[target.number]
    suspect.place, suspect.pte = change.place, change.pte
    suspect.writer, suspect.image, suspect.cycle = hart.number, hart.image, hart.clock
    suspect.pc = hart.pc - 4 if hart.calling else hart.pc
    suspect.operation, suspect.fences = world.checker.operation, fenced.fences
    suspect.number, suspect.taken = world.ledger.rows, world.allocator.allocated
    suspect.kind = change.kind
    if change.kind == Mistake.NO_FLUSH and level != ENTRY:
        suspect.kind = Mistake.OLD_POINTER
    elif (
        change.kind == Mistake.NO_FLUSH
        and covers(fenced, key, level_of(word))
        and fenced.operation == world.checker.operation
    ):
        suspect.kind = Mistake.EARLY_FLUSH


@rare
def inherit(world, hart, key, word, level):
    """Note an entry of `hart` as a suspect that its last walk has found below a stale pointer, which tells the rest."""
    first = world.checker.suspect[hart.walk_stale - 1]
    table = first.table
    suspect = new_suspect(world, hart, key, word, level)
    suspect.table = table
    suspect.place, suspect.pte = first.place, first.pte
    suspect.writer, suspect.image, suspect.cycle = first.writer, first.image, first.cycle
    suspect.pc, suspect.operation, suspect.fences = first.pc, first.operation, first.fences
    suspect.number, suspect.taken, suspect.kind = first.number, first.taken, first.kind


@hot
def covers(fenced, key, level):
    """Return whether the last fence of a hart dropped what it held of the page of `key`, one of `level`."""
    covered = fenced.any_asid == 1 or same_asid(key, fenced.asid_bits)
    return fenced.fences > 0 and covered and (fenced.one_page == 0 or same_page(key, level_key(fenced.key, level)))


@hot
def note_fence(world, hart, key, asid_bits, reach):
    """Note the fence that `hart` carries out."""
    fenced = world.checker.fenced[hart.number]
    fenced.fences += 1
    fenced.operation = world.checker.operation
    fenced.key, fenced.asid_bits = key, asid_bits
    fenced.one_page, fenced.any_asid = reach & ONE_PAGE != 0, reach & ANY_ASID != 0
