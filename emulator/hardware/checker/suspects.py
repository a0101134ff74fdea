"""Suspects: TLB entries that memory no longer grants, and what made them so.

A suspect's word lacks V and lies beyond all memory (`base/bits.py`); what is known of it stands in a record found by
hart and key. 65,536 of these are kept; an entry whose record has given way is judged all the same.
"""

from typing import NamedTuple

from emulator.base.bits import (
    KEY_PAGE,
    STALE,
    level_key,
    level_of,
    make_stale,
    make_valid,
    page_address,
    same_asid,
    same_page,
)
from emulator.base.jit import hot
from emulator.base.names import Mistake
from emulator.hardware.checker.granted import is_stale
from emulator.hardware.checker.tables import note_paths
from emulator.world.checker import SUSPECT_SETS, SUSPECT_WAYS

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
    note_suspect(world, target, key, word, change)
    return make_stale(word)


@hot
def suspect_place(world, h, key):
    """Return where an entry of hart number `h` is noted as a suspect, or else the suspect that a new one replaces."""
    first = (((key & KEY_PAGE) + h * SPREAD) & (SUSPECT_SETS - 1)) * SUSPECT_WAYS
    oldest = first
    for place in range(first, first + SUSPECT_WAYS):
        suspect = world.checker.suspect[place]
        if suspect.made != 0 and suspect.key == key and suspect.hart == h:
            return place
        if suspect.made < world.checker.suspect[oldest].made:
            oldest = place
    return oldest


@hot
def note_suspect(world, target, key, word, change):
    """Note that `change` has made an entry of `target` stale."""
    suspect = world.checker.suspect[suspect_place(world, target.number, key)]
    hart, fenced = world.hart[change.hart], world.checker.fenced[target.number]
    world.checker.suspects += 1
    suspect.made, suspect.hart, suspect.key, suspect.word = world.checker.suspects, target.number, key, word
    suspect.place, suspect.pte = change.place, change.pte
    suspect.writer, suspect.image, suspect.cycle = hart.number, hart.image, hart.clock
    suspect.pc = hart.pc - 4 if hart.calling else hart.pc
    suspect.operation, suspect.fences = world.checker.operation, fenced.fences
    suspect.number, suspect.taken, suspect.row = world.ledger.rows, world.allocator.allocated, 0
    suspect.kind = change.kind
    if (
        change.kind == Mistake.NO_FLUSH
        and covers(fenced, key, level_of(word))
        and fenced.operation == world.checker.operation
    ):
        suspect.kind = Mistake.EARLY_FLUSH


@hot
def covers(fenced, key, level):
    """Return whether the last fence of a hart dropped what it held of the page of `key`, one of `level`."""
    covered = fenced.any_asid == 1 or same_asid(key, fenced.asid_bits)
    return fenced.fences > 0 and covered and (fenced.one_page == 0 or same_page(key, level_key(fenced.key, level)))


@hot
def note_fence(world, hart, key, asid_bits, one_page, any_asid):
    """Note the fence that `hart` carries out."""
    fenced = world.checker.fenced[hart.number]
    fenced.fences += 1
    fenced.operation = world.checker.operation
    fenced.key, fenced.asid_bits = key, asid_bits
    fenced.one_page, fenced.any_asid = one_page, any_asid
