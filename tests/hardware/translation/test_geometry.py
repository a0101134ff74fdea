"""How far TLBs and caches reach, and what a translation costs."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.config import load_profile
from tests.model.sets import Sets
from tests.pages import PAGE, Tables, profile_with

VA, PA = 0x40000000, 0x200000
SKYLAKE = load_profile("skylake")
PRICE = {name: row.cycles for name, row in SKYLAKE.price.items()}
L1, L2, DRAM = SKYLAKE.cache.l1d.latency, SKYLAKE.cache.l2.latency, SKYLAKE.dram.latency


def machine_with(**overrides):
    """Tables on Skylake with changes: `tlb__l1d__entries=8`."""
    return Tables(profile=profile_with(**overrides))


def uncached(paging="sv39"):
    """Tables on a Skylake whose walks begin at the root, each."""
    return Tables(paging, walk_cache=False)


def pages(tables, count, step=1):
    """Map `count` pages, `step` apart; return their addresses."""
    vas = [VA + i * step * PAGE for i in range(count)]
    for i, va in enumerate(vas):
        tables.map(va, PA + i * PAGE)
    return vas


def misses(tables, vas, counter="tlb.l1d.misses"):
    """How many of these loads add to `counter`."""
    before = tables.mmu.counters[counter]
    for va in vas:
        tables.translate(va)
    return tables.mmu.counters[counter] - before


@pytest.mark.both_engines
@pytest.mark.parametrize("ways", [1, 2, 4, 7])
def test_as_many_pages_as_ways_fit_and_one_more_cycles_them_all_out(ways):
    tables = machine_with(tlb__l1d__entries=ways, tlb__l1d__ways=ways)
    vas = pages(tables, ways + 1)
    assert misses(tables, vas[:ways]) == ways
    assert misses(tables, vas[:ways] * 3) == 0
    tables.mmu.fence()
    assert misses(tables, vas * 3) == 3 * (ways + 1)


@pytest.mark.both_engines
def test_the_least_recently_used_entry_goes():
    tables = machine_with(tlb__l1d__entries=3, tlb__l1d__ways=3)
    a, b, c, d = pages(tables, 4)
    misses(tables, [a, b, c, a])
    assert misses(tables, [d]) == 1
    assert misses(tables, [a, c]) == 0
    assert misses(tables, [b]) == 1


@pytest.mark.both_engines
@pytest.mark.parametrize(("sets", "ways"), [(4, 2), (3, 2), (5, 1), (6, 3)])
def test_pages_as_many_sets_apart_as_there_are_share_a_set(sets, ways):
    """Any number of sets will do."""
    tables = machine_with(tlb__l1d__entries=sets * ways, tlb__l1d__ways=ways)
    vas = pages(tables, sets * ways)
    assert misses(tables, vas * 3) == sets * ways
    tables = machine_with(tlb__l1d__entries=sets * ways, tlb__l1d__ways=ways)
    vas = pages(tables, ways + 1, step=sets)
    assert misses(tables, vas * 3) == 3 * (ways + 1)


def test_skylake_keeps_64_data_pages_at_hand_and_1536_in_the_second_level():
    tables = Tables()
    vas = pages(tables, 1537)
    misses(tables, vas[:64])
    assert misses(tables, vas[:64]) == 0
    misses(tables, vas[:1536])
    assert misses(tables, vas[:1536], "tlb.l2.misses") == 0
    assert misses(tables, vas[:1536], "tlb.l2.accesses") == 1536


@pytest.mark.both_engines
def test_a_profile_may_have_no_tlb_of_a_kind():
    tables = machine_with(tlb__l1d__entries=0, tlb__l2__entries=0)
    va = pages(tables, 1)[0]
    assert misses(tables, [va] * 3, "walk.count") == 3


@settings(max_examples=30)
@given(
    st.sampled_from([(1, 4), (4, 1), (3, 2), (2, 3), (8, 1)]),
    st.sampled_from([(1, 8), (5, 3), (4, 4)]),
    st.lists(st.integers(0, 40), min_size=1, max_size=200),
)
def test_both_levels_of_the_tlb_hit_and_miss_as_an_lru_list_does(first, second, accesses):
    """The second level is asked, and reordered, only after a miss in the first."""
    tables = machine_with(
        tlb__l1d__entries=first[0] * first[1],
        tlb__l1d__ways=first[1],
        tlb__l2__entries=second[0] * second[1],
        tlb__l2__ways=second[1],
    )
    vas = pages(tables, 41)
    models = Sets(*first), Sets(*second)
    for page in accesses:
        number = vas[page] // PAGE
        expected = 0
        if not models[0].touch(number):
            expected = PRICE["tlb_l2"] if models[1].touch(number) else None
        out = tables.translate(vas[page])
        assert (out.references == ()) == (expected is not None)
        if expected is not None:
            assert out.cycles == expected


@settings(max_examples=20)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=150))
def test_ptes_are_read_through_caches_that_hit_and_miss_as_lru_lists_do(accesses):
    """No TLB, so every access walks; the cost of each PTE read is that of the level that holds its line."""
    tables = machine_with(
        tlb__l1d__entries=0,
        tlb__l2__entries=0,
        cache__l1d__size="256",
        cache__l1d__ways=2,
        cache__l2__size="768",
        cache__l2__ways=3,
    )
    vas = pages(tables, 61, step=8)  # a line of the last table each
    first, second, third = Sets(2, 2), Sets(4, 3), set()
    for page in accesses:
        out = tables.translate(vas[page])
        expected = PRICE["walk_start"]
        for place in out.references:
            line = place // 64
            if first.touch(line):
                expected += L1
            elif second.touch(line):
                expected += L2
            else:
                expected += SKYLAKE.cache.l3.latency if line in third else DRAM
            third.add(line)
        assert out.cycles == expected


@pytest.mark.both_engines
def test_a_hit_in_the_first_level_is_free_and_in_the_second_costs_its_price():
    tables = machine_with(tlb__l1d__entries=1, tlb__l1d__ways=1)
    a, b = pages(tables, 2)
    misses(tables, [a, b])
    assert tables.translate(b).cycles == 0
    assert tables.translate(a).cycles == PRICE["tlb_l2"]


@pytest.mark.both_engines
def test_a_cold_walk_waits_for_memory_once_a_level():
    tables = Tables()
    va = pages(tables, 1)[0]
    assert tables.translate(va).cycles == PRICE["walk_start"] + 3 * DRAM


@pytest.mark.both_engines
def test_the_walk_of_a_neighbour_finds_all_its_ptes_in_l1d():
    tables = uncached()
    a, b = pages(tables, 2)
    tables.translate(a)
    assert tables.translate(b).cycles == PRICE["walk_start"] + 3 * L1


@pytest.mark.both_engines
def test_the_walk_of_a_page_eight_further_waits_for_one_more_line():
    """Eight PTEs fill a line: the pages on either side of that boundary share all but the last."""
    tables = uncached()
    vas = pages(tables, 9)
    tables.translate(vas[0])
    assert tables.translate(vas[8]).cycles == PRICE["walk_start"] + 2 * L1 + DRAM


@pytest.mark.both_engines
@pytest.mark.parametrize(("paging", "levels"), [("sv39", 3), ("sv48", 4), ("sv57", 5)])
def test_each_level_of_the_tables_costs_one_more_read(paging, levels):
    tables = uncached(paging)
    tables.map(VA, PA)
    tables.map(VA + PAGE, PA)
    assert tables.translate(VA).cycles == PRICE["walk_start"] + levels * DRAM
    assert tables.translate(VA + PAGE).cycles == PRICE["walk_start"] + levels * L1


@pytest.mark.both_engines
def test_setting_a_or_d_costs_its_price():
    tables = uncached()
    tables.map(VA, PA, "vrwu")
    tables.map(VA + PAGE, PA, "vrwu")
    tables.translate(VA)
    assert tables.translate(VA + PAGE).cycles == PRICE["walk_start"] + 3 * L1 + PRICE["ad_update"]


@pytest.mark.both_engines
@pytest.mark.parametrize("level", [1, 2])
def test_one_entry_of_a_superpage_serves_all_of_its_pages(level):
    tables = Tables()
    tables.map(VA, 0, level=level)
    assert tables.translate(VA).cycles == PRICE["walk_start"] + (3 - level) * DRAM
    assert misses(tables, [VA + i * PAGE for i in range(512)]) == 0


@pytest.mark.both_engines
def test_superpages_and_pages_have_first_level_tlbs_of_their_own():
    tables = machine_with(tlb__l1d__entries=1, tlb__l1d__ways=1, tlb__l1d_2m__entries=1, tlb__l1d_2m__ways=1)
    tables.map(VA, PA)
    tables.map(VA + (2 << 20), 0, level=1)
    misses(tables, [VA, VA + (2 << 20)])
    assert misses(tables, [VA, VA + (2 << 20)] * 3) == 0


@pytest.mark.both_engines
def test_fetches_of_a_1g_page_use_the_second_level_where_there_is_no_first():
    """Skylake lists no 1 GiB entries for instructions, and 16 in the second level."""
    tables = Tables()
    tables.map(VA, 0, "vrxua", level=2)
    tables.translate(VA, "fetch", 4)
    assert tables.translate(VA, "fetch", 4).cycles == PRICE["tlb_l2"]


@pytest.mark.both_engines
def test_a_fence_makes_the_next_miss_an_induced_one_and_only_that():
    tables = uncached()
    a, b = pages(tables, 2)
    misses(tables, [a, b])
    tables.mmu.fence(va=a)
    assert tables.mmu.counters["flush.dropped"] == 2  # first and second level
    assert misses(tables, [b, a, a], "flush.induced_misses") == 1
    assert tables.mmu.counters["flush.induced_cycles"] == PRICE["walk_start"] + 3 * L1


@pytest.mark.both_engines
def test_the_places_that_a_fence_emptied_are_filled_first():
    """A dropped entry is remembered but takes no place from a live one."""
    tables = machine_with(tlb__l1d__entries=4, tlb__l1d__ways=4, tlb__l2__entries=0)
    vas = pages(tables, 6)
    misses(tables, vas[:4])
    tables.mmu.fence(va=vas[0])
    tables.mmu.fence(va=vas[1])
    assert misses(tables, vas[4:6]) == 2
    assert misses(tables, vas[2:6]) == 0


@pytest.mark.both_engines
def test_the_counters_of_a_few_accesses_are_those_of_the_walk():
    tables = uncached()
    a, b = pages(tables, 2)
    misses(tables, [a, a, b])
    counters = tables.mmu.counters
    assert counters["walk.count"] == 2
    assert counters["walk.references"] == 6
    assert (counters["tlb.l1d.accesses"], counters["tlb.l1d.misses"]) == (3, 2)
    assert (counters["tlb.l2.accesses"], counters["tlb.l2.misses"]) == (2, 2)
    assert (counters["cache.l1d.hits"], counters["cache.l1d.misses"]) == (3, 3)
    assert counters["cache.l3.misses"] == 3
    assert counters["cycles"] == 2 * PRICE["walk_start"] + 3 * DRAM + 3 * L1
