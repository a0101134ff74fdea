"""TLBs that hold pages of several sizes, as Zen's first level does and Cortex-A76's second."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.model.sets import Sets
from tests.pages import PAGE, Tables, profile_with

pytestmark = pytest.mark.both_engines

VA = 0x400000000
SHARED = {"tlb__l1d_2m": "l1d", "tlb__l1d_1g": "l1d", "tlb__l2_2m": "l2", "tlb__l2_1g": "l2"}
APART = 1 << 40  # more pages than there are


class SetsOfSizes(Sets):
    """Entries of pages of several sizes, each in the set that the number of a page of its size names."""

    def touch_page(self, va, level):
        """Whether the page of `va` is held; it is from now on."""
        return self.touch((va >> 12 + 9 * level) + level * APART * len(self.held))


def mapped(sizes, **geometry):
    """Tables with a page of each of `sizes`, levels, 1 GiB apart; and their addresses."""
    tables = Tables(profile=profile_with(**geometry, **SHARED))
    vas = [VA + (n << 30) for n in range(len(sizes))]
    for va, level in zip(vas, sizes, strict=True):
        tables.map(va, 0, level=level)
    return tables, vas


@settings(max_examples=25)
@given(
    st.sampled_from([(1, 4), (4, 1), (3, 2), (2, 3)]),
    st.sampled_from([(1, 8), (5, 3), (4, 4)]),
    st.lists(st.integers(0, 11), min_size=1, max_size=150),
)
def test_pages_of_all_sizes_hit_and_miss_as_in_one_lru_list_a_level(first, second, accesses):
    sizes = [n % 3 for n in range(12)]
    geometry = {"tlb__l1d__entries": first[0] * first[1], "tlb__l1d__ways": first[1]}
    geometry |= {"tlb__l2__entries": second[0] * second[1], "tlb__l2__ways": second[1]}
    tables, vas = mapped(sizes, **geometry)
    models = SetsOfSizes(*first), SetsOfSizes(*second)
    for page in accesses:
        out = tables.translate(vas[page])
        in_first = models[0].touch_page(vas[page], sizes[page])
        in_second = in_first or models[1].touch_page(vas[page], sizes[page])
        assert (out.cycles == 0, out.references == ()) == (in_first, in_second)


def test_pages_of_two_sizes_put_each_other_out_of_the_one_entry():
    tables, (small, large) = mapped([0, 1], tlb__l1d__entries=1, tlb__l1d__ways=1)
    for va in (small, large, small, large):
        tables.translate(va)
    assert tables.mmu.counters["tlb.l1d.misses"] == 4


def test_a_fence_of_one_page_drops_the_large_page_that_covers_it_where_both_share_an_array():
    tables, (va,) = mapped([1])
    tables.translate(va)
    tables.mmu.fence(va=va + 5 * PAGE)
    assert tables.translate(va).references != ()


@pytest.mark.parametrize("level", [1, 2])
def test_a_fence_of_all_counts_each_shared_entry_once(level):
    tables, (va,) = mapped([level])
    tables.translate(va)
    tables.mmu.fence()
    assert tables.mmu.counters["flush.dropped"] == 2  # first and second level


def test_fetches_share_sizes_apart_from_loads():
    tables = Tables(profile=profile_with(tlb__l1i_2m="l1i", tlb__l1i__entries=1, tlb__l1i__ways=1, tlb__l2__entries=0))
    tables.map(VA, 0, "vrxua", level=1)
    tables.map(VA + (1 << 30), 0, "vrxua")
    for _ in range(2):
        tables.translate(VA, "fetch", 4)
        tables.translate(VA + (1 << 30), "fetch", 4)
    assert tables.mmu.counters["tlb.l1i.misses"] == 4
