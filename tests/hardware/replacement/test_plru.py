"""Tree-PLRU, in caches and TLBs, against a tree of halves."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hardware.replacement.cache_door import looked_up, world
from tests.model.policies import PolicySets
from tests.pages import PAGE, Tables, profile_with

pytestmark = pytest.mark.both_engines

LINE = 64
VA, PA = 0x40000000, 0x200000


def cache(sets, ways):
    """A world whose L3 has so many sets and ways, under tree-PLRU."""
    return world(cache__l3__size=sets * ways * LINE, cache__l3__ways=ways, cache__l3__policy="plru")


@settings(max_examples=40)
@given(
    st.sampled_from([(1, 1), (3, 1), (1, 2), (4, 2), (1, 4), (3, 4), (2, 8), (1, 16), (1, 64)]),
    st.lists(st.integers(0, 90), max_size=300),
)
def test_a_cache_hits_misses_and_gives_up_lines_as_a_tree_of_halves_does(geometry, lines):
    model = PolicySets(*geometry, "plru", "")
    assert [found for _, found in looked_up(cache(*geometry), lines)] == [model.touch(line) for line in lines]


@settings(max_examples=40)
@given(
    st.sampled_from([(1, 1), (1, 2), (2, 4), (3, 8), (1, 16)]),
    st.lists(st.integers(0, 40), min_size=1, max_size=150),
)
def test_a_hit_changes_nothing_for_the_line_that_its_set_used_last_and_for_no_other(geometry, lines):
    last = {}
    for line, (unchanged, _) in zip(lines, looked_up(cache(*geometry), lines), strict=True):
        assert unchanged == (last.get(line % geometry[0]) == line)
        last[line % geometry[0]] = line


@pytest.mark.parametrize(
    ("used_last", "given_up"),
    # Intel 273204, the table of the L1 cache's bits: the victim of each state, and how a use changes them.
    [([0, 1, 2, 3], 0), ([0, 1, 2, 3, 0], 2), ([0, 1, 2, 3, 2], 0), ([2, 3, 1, 0], 2), ([0, 2], 1), ([3, 1], 2)],
)
def test_of_four_ways_the_one_goes_that_three_bits_name(used_last, given_up):
    made = cache(1, 4)
    looked_up(made, [0, 1, 2, 3, *used_last, 9])
    kept = [line for line in range(4) if line != given_up]
    assert all(found for _, found in looked_up(made, kept))


@settings(max_examples=40)
@given(
    st.sampled_from([(1, 1), (1, 4), (3, 2), (1, 8)]),
    st.lists(
        st.tuples(st.sampled_from(["load", "load", "load", "fence"]), st.integers(0, 11)), min_size=30, max_size=150
    ),
)
def test_a_tlb_hits_and_misses_as_a_tree_of_halves_does_and_fills_what_a_fence_emptied(geometry, steps):
    sets, ways = geometry
    profile = profile_with(
        tlb__l1d__entries=sets * ways, tlb__l1d__ways=ways, tlb__l1d__policy="plru", tlb__l2__entries=0
    )
    tables, model = Tables(profile=profile), PolicySets(sets, ways, "plru", "")
    for page in range(12):
        tables.map(VA + page * PAGE, PA + page * PAGE)
    for step, page in steps:
        va = VA + page * PAGE
        if step == "fence":
            tables.mmu.fence(va=va)
            model.drop(va // PAGE)
        else:
            assert (tables.translate(va).references == ()) == model.touch(va // PAGE)
