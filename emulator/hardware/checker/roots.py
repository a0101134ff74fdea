"""Roots: an ASID means what a hart has entered under it. Entries that another root has left behind are seen here.

Global entries are spared: they are said to hold under every root.
"""

from emulator.base.bits import ASID_LIMIT, G, asid_of, at, level_of, make_stale, make_valid, page_address, same_asid
from emulator.base.jit import hot, rare
from emulator.base.kernel_names import Mistake
from emulator.hardware.checker.granted import is_stale, last_entry
from emulator.hardware.checker.pointers import adopt_pointers
from emulator.hardware.checker.search import GRANTING
from emulator.hardware.checker.suspects import ENTRY, Change, note_suspect
from emulator.hardware.checker.tables import note_paths


@hot
def note_root(world, hart):
    """Note the root and ASID that `hart` has entered."""
    place = at(hart.number * ASID_LIMIT + asid_of(hart.asid_bits))
    before = world.checker.entered[place] - 1
    if before != hart.root:
        world.checker.entered[place] = hart.root + 1
        if before >= 0:
            look_at_asid(world, hart)


@rare
def look_at_asid(world, hart):
    """Reconsider all that the TLBs of `hart` hold of its ASID, now that it has entered another root under that."""
    if hart.flight == 1 and is_of(hart, hart.flight_key, hart.flight_word):
        hart.flight_word = adopt(world, hart, hart.flight_key, hart.flight_word)
    adopt_pointers(world, hart)
    adopt_all(world, hart, hart.itlb)
    adopt_all(world, hart, hart.dtlb)
    adopt_all(world, hart, hart.stlb)
    if hart.superpages:
        adopt_all(world, hart, hart.itlb_2m)
        adopt_all(world, hart, hart.dtlb_2m)
        adopt_all(world, hart, hart.stlb_2m)
        adopt_all(world, hart, hart.itlb_1g)
        adopt_all(world, hart, hart.dtlb_1g)
        adopt_all(world, hart, hart.stlb_1g)


@hot
def is_of(hart, key, word):
    """Return whether an entry grants something in the address space that `hart` is in, and in no other."""
    return word & GRANTING != 0 and word & G == 0 and same_asid(key, hart.asid_bits)


@hot
def adopt_all(world, hart, tlb):
    """Reconsider the entries of one TLB."""
    for entry in range(tlb.sets * tlb.ways):
        key, word = tlb.key[at(entry)], tlb.word[at(entry)]
        if is_of(hart, key, word):
            tlb.word[at(entry)] = adopt(world, hart, key, word)


@hot
def adopt(world, hart, key, word):
    """Return the word of an entry, judged by the new root from now on: suspect unless memory grants it there too."""
    va = page_address(key)
    note_paths(world, hart, hart.root, hart.asid_bits, va, level_of(word))
    if is_stale(world, hart, hart.root, va, word):
        place, pte, _, _ = last_entry(world, hart, hart.root, va)
        hart.suspected = 1
        note_suspect(world, hart, key, make_valid(word), ENTRY, Change(hart.number, place, pte, Mistake.ASID_REUSED))
        return make_stale(word)
    return make_valid(word)
