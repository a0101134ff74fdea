"""The MMU against the reference walker: every flag in a leaf, then trees of tables drawn at random."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator import Mmu
from tests.model.walker import Mode, Refused, walk
from tests.pages import LEVELS, PAGE, TABLE, Tables, pte

VA, PA = 0x12345000, 0x200000
ACCESSES = ("fetch", "load", "store", "amo", "lr")
MEMORY = 1 << 20


def compare(mmu, words, va, access, mode):
    """One access on both sides: same place or same cause, and the same PTEs in memory afterwards."""
    memory = mmu.memory
    try:
        expected = walk(words, memory.start, memory.size, mmu.root, va, access, mode)
    except Refused as refused:
        expected = None
        cause = refused.args[0]
    else:
        cause = None
    out = mmu.translate(va, access)
    assert (out.pa, out.cause) == (expected, cause)
    for place, word in words.items():
        assert memory.read(place) == word


def check_flags(every, ads, levels):
    """One leaf with each set of flags in `every`, at each level, in each mode, each access, from an empty TLB."""
    for ad, level in product(ads, levels):
        tables = Tables(ad=ad)
        mmu = tables.mmu
        place = tables.place(VA, level)
        target = PA if level == 0 else 0
        words = {at: mmu.memory.read(at) for at in (tables.place(VA, above) for above in range(level, 3))}
        for letters, user, sum_, mxr in product(every, (True, False), (False, True), (False, True)):
            mmu.privilege, mmu.sum, mmu.mxr = "user" if user else "supervisor", sum_, mxr
            for access in ACCESSES:
                words[place] = pte(target, more=letters)
                mmu.memory.write(place, words[place])
                mmu.fence()
                compare(mmu, words, VA, access, Mode(3, user, sum_, mxr, ad == "svade"))


@pytest.mark.parametrize("ad", ["svadu", "svade"])
def test_every_flag_in_a_leaf_in_every_mode_means_what_the_rules_say(ad):
    check_flags(range(256), [ad], [0])


@pytest.mark.parametrize("level", [1, 2])
def test_every_flag_at_a_higher_level_means_what_the_rules_say(level):
    check_flags(range(256), ["svadu"], [level])


@pytest.mark.both_engines
def test_the_usual_flags_mean_what_the_rules_say_in_every_mode():
    check_flags([pte(0, letters) for letters in ("vrwxu", "vxuad")], ["svadu"], [0])


def interesting(number):
    """PTEs out of the draw `number`: tables and pages in and just outside memory, flags often sensible."""
    frame, kind, flags = number & 0x1FF, number >> 9 & 7, number >> 12 & 0xFF
    if kind < 4:
        return pte((frame % 8 + 1) * PAGE, TABLE)
    if kind == 4:
        return pte(frame << 30 if frame < 64 else frame << 21, "", flags | 1)
    if kind == 5:
        return pte(frame * PAGE, "", flags)
    return pte(frame * PAGE, "vrwxuad", (1 << 54 + frame % 10) if flags < 16 else 0)


@settings(max_examples=60)
@given(st.data())
def test_trees_of_tables_drawn_at_random_translate_as_the_reference_walker_does(data):
    """Eight tables, some of their PTEs drawn, then accesses with a fence after each write of a PTE: no TLB shows."""
    paging = data.draw(st.sampled_from(sorted(LEVELS)))
    ad = data.draw(st.sampled_from(["svadu", "svade"]))
    mmu = Mmu(paging=paging, memory=MEMORY, ad=ad, memory_base=0)
    mmu.root = PAGE
    indices = (0, 1, 2, 511)
    draws = data.draw(st.lists(st.integers(0, (1 << 20) - 1), min_size=32, max_size=32))
    words = {}
    for place, number in zip(product(range(1, 9), indices), draws, strict=True):
        address = place[0] * PAGE + place[1] * 8
        words[address] = interesting(number)
        mmu.memory.write(address, words[address])
    levels = LEVELS[paging]
    steps = data.draw(
        st.lists(
            st.tuples(
                st.lists(st.sampled_from(indices), min_size=levels, max_size=levels),
                st.sampled_from([0, 8, 0xFF8]),
                st.sampled_from(ACCESSES),
                st.booleans(),
                st.booleans(),
                st.booleans(),
            ),
            min_size=1,
            max_size=25,
        )
    )
    for path, offset, access, user, sum_, mxr in steps:
        va = 0
        for index in path:
            va = va << 9 | index
        bits = 12 + 9 * levels
        va = va << 12 | offset
        if va >> bits - 1:
            va |= -1 << bits
        mmu.privilege, mmu.sum, mmu.mxr = "user" if user else "supervisor", sum_, mxr
        compare(mmu, words, va, access, Mode(levels, user, sum_, mxr, ad == "svade"))
        mmu.fence()


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(0, 11), st.sampled_from(ACCESSES), st.booleans()), min_size=1, max_size=80))
def test_with_unchanging_tables_the_tlb_never_shows(steps):
    """No fence at all: what the TLB answers is what a walk would have answered."""
    tables = Tables(ad="svadu")
    letters = ["vrwu", "vru", "vxu", "vrwxu", "vrw", "vrx", "vrwxuad", "", "vrwg", "vrxug", "vrwua", "v"]
    for i in range(12):
        tables.map(VA + i * PAGE, PA + i * PAGE, letters[i])
    places = [tables.place(VA + i * PAGE, level) for i in range(12) for level in range(3)]
    words = {place: tables.memory.read(place) for place in places}
    for page, access, user in steps:
        tables.mmu.privilege = "user" if user else "supervisor"
        compare(tables.mmu, words, VA + page * PAGE, access, Mode(3, user))
