"""Walk caches of Sv32: one kind of pointer, each to a table of 1024 entries, 4 MiB of addresses. F12, F21, F22.

Without TLBs, as in test_walk_cache.py, every access walks and tells by the PTEs it reads where it began.
"""

from random import Random

import pytest

from emulator import Mmu
from emulator.base.names import Fault
from tests.hardware.translation.test_walk_cache import TLBS
from tests.model.sets import Sets
from tests.model.walker import Mode, Refused, walk
from tests.pages import PAGE, TABLE, USER, profile_with, pte

pytestmark = pytest.mark.both_engines

SIZE = 4 << 20
ROOT, FIRST, PA, NEW = 0, PAGE, 0x200000, 0x300000
SPAN = 4 << 20  # of a pointer
VA = 3 * SPAN + 5 * PAGE


class Sv32:
    """An Mmu without TLBs, and tables of entries of 4 bytes; `tables` is where those below the root stand."""

    def __init__(self, **overrides):
        self.mmu = Mmu(paging="sv32", profile=profile_with(**TLBS, **overrides), memory=SIZE)
        self.tables = {}

    def map(self, va, pa, letters=USER):
        """Map the page of `va`, by a table that is made if there is none."""
        number = va // SPAN
        if number not in self.tables:
            self.tables[number] = FIRST + len(self.tables) * PAGE
            self.mmu.memory.write(ROOT + 4 * number, pte(self.tables[number], TABLE), 4)
        self.mmu.memory.write(self.tables[number] + va // PAGE % 1024 * 4, pte(pa, letters), 4)

    def reads(self, va):
        """Where the PTEs stand that an access which is granted reads."""
        out = self.mmu.translate(va)
        assert out.fault is None
        return out.references


def test_the_second_walk_reads_the_leaf_alone():
    sv32 = Sv32()
    sv32.map(VA, PA)
    assert [sv32.reads(VA), sv32.reads(VA)] == [(ROOT + 3 * 4, FIRST + 5 * 4), (FIRST + 5 * 4,)]


@pytest.mark.parametrize(("apart", "read"), [(PAGE, 1), (2 << 20, 1), (SPAN - 6 * PAGE, 1), (SPAN, 2), (-6 * PAGE, 2)])
def test_a_pointer_serves_the_4_mib_that_its_table_maps_and_no_address_beside_them(apart, read):
    sv32 = Sv32()
    for va in (VA, VA + apart):
        sv32.map(va, PA)
    sv32.reads(VA)
    assert len(sv32.reads(VA + apart)) == read


def test_what_a_walk_finds_below_a_pointer_that_is_kept_is_what_one_from_the_root_does():
    sv32 = Sv32()
    pages = [VA, VA + PAGE, VA + SPAN, VA - SPAN]
    for number, va in enumerate(pages):
        sv32.map(va, PA + number * PAGE)
    for _ in range(2):
        assert [sv32.mmu.translate(va + 8).pa for va in pages] == [PA + n * PAGE + 8 for n in range(4)]


def test_a_page_of_4_mib_is_no_pointer():
    sv32 = Sv32()
    sv32.mmu.memory.write(ROOT + 3 * 4, pte(0, USER), 4)
    assert [len(sv32.reads(VA)), len(sv32.reads(VA))] == [1, 1]


def test_F12_a_pointer_that_is_not_valid_is_not_kept():
    sv32 = Sv32()
    sv32.map(VA, PA)
    sv32.mmu.memory.write(ROOT + 3 * 4, 0, 4)
    assert sv32.mmu.translate(VA).fault == Fault.NOT_PRESENT
    sv32.mmu.memory.write(ROOT + 3 * 4, pte(FIRST, TABLE), 4)
    assert len(sv32.reads(VA)) == 2


def test_F22_pointers_are_those_of_one_address_space():
    sv32 = Sv32()
    sv32.map(VA, PA)
    for sv32.mmu.asid, read in ((1, 2), (2, 2), (1, 1)):
        assert len(sv32.reads(VA)) == read


@pytest.mark.parametrize(("fence", "pa"), [({"va": VA}, PA), ({"asid": 0}, NEW), ({}, NEW)])
def test_F21_a_pointer_that_was_changed_is_followed_until_a_fence_without_an_address(fence, pa):
    sv32 = Sv32()
    sv32.map(VA, PA)
    sv32.reads(VA)
    del sv32.tables[3]
    sv32.tables[0] = FIRST  # is taken
    sv32.map(VA, NEW)
    assert sv32.mmu.translate(VA).pa == PA
    sv32.mmu.fence(**fence)
    assert sv32.mmu.translate(VA).pa == pa


@pytest.mark.parametrize("settings", [{"walk_cache": False}, {"caches": False}, {"profile": "ideal"}])
def test_without_walk_caches_every_walk_reads_both_levels(settings):
    mmu = Mmu(paging="sv32", memory=SIZE, **settings)
    mmu.memory.write(ROOT, pte(FIRST, TABLE), 4)
    for page in range(2):
        mmu.memory.write(FIRST + 4 * page, pte(PA, USER), 4)
        assert len(mmu.translate(page * PAGE).references) == 2
    assert mmu.counters["walk.cache_hits"] == 0


def test_pointers_come_and_go_as_an_lru_list_has_it():
    sv32, model, random = Sv32(walk_cache__pde__entries=6, walk_cache__pde__ways=2), Sets(3, 2), Random(1)
    for number in range(10):
        sv32.map(number * SPAN, PA)
    for number in random.choices(range(10), k=200):
        assert len(sv32.reads(number * SPAN)) == (1 if model.touch(number) else 2)


@pytest.mark.parametrize("seed", range(3))
def test_random_tables_translate_as_the_reference_walker_does_with_walk_caches_and_tlbs(seed):
    """Each PTE is written before the first access: nothing that is kept is ever out of date."""
    random = Random(seed)
    mmu, words = Mmu(paging="sv32", memory=SIZE), {}
    for number in range(8):
        words[ROOT + 4 * number] = pte(FIRST + random.randrange(4) * PAGE, TABLE if random.random() < 0.8 else USER)
    for place in range(FIRST, FIRST + 4 * PAGE, PAGE):
        for page in range(8):
            letters = USER if random.random() < 0.5 else "".join(random.sample("vrwxuad", 5))
            words[place + 4 * page] = pte(random.choice((PA, NEW, SIZE)), letters)
    for place, word in words.items():
        mmu.memory.write(place, word, 4)
    for _ in range(200):
        va, access = random.randrange(8) * SPAN + random.randrange(8) * PAGE, random.choice(("load", "store", "fetch"))
        try:
            expected = walk(words, 0, SIZE, ROOT, va, access, Mode(2, True, index_bits=10, width=4)), None
        except Refused as refused:
            expected = None, refused.args[0]
        out = mmu.translate(va, access)
        assert (out.pa, out.cause) == expected, (hex(va), access)
    assert mmu.counters["walk.cache_hits"] > 0
