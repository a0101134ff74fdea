"""Ghosts: which misses an invalidation has induced, whatever the TLB's policy, against a stack of empty places."""

from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.model.policies import PolicySets
from tests.model.sets import Sets
from tests.pages import PAGE, Tables, profile_with

pytestmark = pytest.mark.both_engines

VA, PA = 0x40000000, 0x200000
PAGES = 12
MODELS = {"lru": Sets, "plru": partial(PolicySets, policy="plru", name="")}


class Haunted:
    """One set; of its empty places, each with the page of a ghost or None, the one that was emptied last is on top."""

    def __init__(self, policy, ways):
        self.entries, self.empty, self.induced = MODELS[policy](1, ways), [None] * ways, 0

    def load(self, page):
        if self.entries.touch(page):
            return
        if page in self.empty:
            self.induced += 1
            self.empty.reverse()
            self.empty.remove(page)  # the latest of them
            self.empty.reverse()
            self.empty.append(None)
        if self.empty:
            self.empty.pop()

    def fence(self, page):
        if self.entries.drop(page):
            self.empty.append(page)


def tables_with(policy, ways):
    """Tables of some pages behind one TLB of one set."""
    profile = profile_with(tlb__l1d__entries=ways, tlb__l1d__ways=ways, tlb__l1d__policy=policy, tlb__l2__entries=0)
    tables = Tables(profile=profile)
    for page in range(PAGES):
        tables.map(VA + page * PAGE, PA + page * PAGE)
    return tables


@pytest.mark.parametrize("policy", ["lru", "plru"])
@settings(max_examples=60)
@given(
    ways=st.sampled_from([1, 2, 4, 8]),
    steps=st.lists(st.tuples(st.booleans(), st.integers(0, PAGES - 1)), max_size=120),
)
def test_a_miss_is_induced_if_the_place_of_its_entry_was_not_filled_since_a_fence_emptied_it(policy, ways, steps):
    tables, model = tables_with(policy, ways), Haunted(policy, ways)
    for fenced, page in steps:
        if fenced:
            tables.mmu.fence(va=VA + page * PAGE)
            model.fence(page)
        else:
            tables.translate(VA + page * PAGE)
            model.load(page)
        assert tables.mmu.counters["flush.induced_misses"] == model.induced


def test_a_tlb_whose_places_are_all_filled_again_is_a_plain_one():
    """It knows that it has no ghosts, and look-ups take the short road."""
    tables = tables_with("lru", 4)
    for page in (0, 1, 2, 3):
        tables.translate(VA + page * PAGE)
    tables.mmu.fence()
    assert tables.mmu._world.hart[0].dtlb.ghosts == 4
    for page in (0, 5, 6, 7):
        tables.translate(VA + page * PAGE)
    assert tables.mmu._world.hart[0].dtlb.ghosts == 0


@pytest.mark.parametrize("policy", ["lru", "plru"])
def test_a_fence_of_all_leaves_as_many_ghosts_as_there_were_entries(policy):
    tables = tables_with(policy, 4)
    vas = [VA + page * PAGE for page in range(4)]
    for va in vas:
        tables.translate(va)
    tables.mmu.fence()
    for va in vas:
        tables.translate(va)
    assert tables.mmu.counters["flush.induced_misses"] == 4
    for va in vas:
        tables.translate(va)
    assert tables.mmu.counters["tlb.l1d.misses"] == 8
