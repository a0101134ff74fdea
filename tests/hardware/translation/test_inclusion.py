"""An inclusive second-level TLB: what it gives up leaves the first level too, and nothing else does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator import Machine
from isa import assemble
from tests.machine.few_entries import ROUND, SMALL
from tests.model.sets import Sets
from tests.pages import PAGE, Tables, profile_with

pytestmark = pytest.mark.both_engines

VA, PA = 0x40000000, 0x200000
LETTERS = "vrxwuad"


class Inclusive:
    """First levels of instructions and data below a second one that all they hold is in."""

    def __init__(self, first, second):
        self.first = {"fetch": Sets(*first), "load": Sets(*first)}
        self.second = Sets(*second)
        self.put_out = 0

    def touch(self, number, access):
        """Where the page is found: 1, 2, or 0 for nowhere."""
        first = self.first[access]
        if number in first.held[number % len(first.held)]:
            first.touch(number)
            return 1
        before = [list(entries) for entries in self.second.held]
        held = self.second.touch(number)
        put_out = {n for entries in before for n in entries} - {n for entries in self.second.held for n in entries}
        self.put_out += sum(one.drop(gone) for gone in put_out for one in self.first.values())
        first.touch(number)  # after what the second level has put out
        return 2 if held else 0


def machine(inclusive="true", **geometry):
    """Tables with 24 pages."""
    tables = Tables(profile=profile_with(tlb__l2__inclusive=inclusive, **geometry))
    for page in range(24):
        tables.map(VA + page * PAGE, PA + page * PAGE, LETTERS)
    return tables


@settings(max_examples=40)
@given(
    st.sampled_from([(1, 4), (2, 2), (3, 1)]),
    st.sampled_from([(1, 4), (2, 3), (4, 2), (1, 8)]),
    st.lists(st.tuples(st.sampled_from(["load", "fetch"]), st.integers(0, 23)), min_size=1, max_size=120),
)
def test_both_levels_hit_and_miss_as_nested_lists_do(first, second, accesses):
    shape = {}
    for name, (sets, ways) in {"l1i": first, "l1d": first, "l2": second}.items():
        shape |= {f"tlb__{name}__entries": sets * ways, f"tlb__{name}__ways": ways}
    tables, model = machine(**shape), Inclusive(first, second)
    for access, page in accesses:
        out = tables.translate(VA + page * PAGE, access, 4)
        assert (1 if out.cycles == 0 else 2 if out.references == () else 0) == model.touch(VA // PAGE + page, access)
    assert tables.mmu.counters["tlb.l2.back_invalidations"] == model.put_out


@pytest.mark.parametrize(("inclusive", "walks"), [("false", 2), ("true", 3)])
def test_a_page_in_use_is_lost_with_its_entry_of_the_second_level_only_if_that_is_inclusive(inclusive, walks):
    tables = machine(inclusive, tlb__l2__entries=1, tlb__l2__ways=1)
    for page in (0, 1, 0):
        tables.translate(VA + page * PAGE)
    assert tables.mmu.counters["walk.count"] == walks


def test_a_global_entry_is_put_out_whichever_address_space_used_it_last():
    tables = Tables(profile=profile_with(tlb__l2__inclusive="true", tlb__l2__entries=1, tlb__l2__ways=1))
    tables.map(VA, PA, "vrwuadg")
    tables.map(VA + PAGE, PA)
    tables.translate(VA)
    tables.mmu.asid = 7
    tables.translate(VA)  # the entry of the first level has this key now, that of the second the one before
    tables.translate(VA + PAGE)
    assert tables.translate(VA).references != ()


def test_a_large_page_that_the_second_level_has_no_room_for_stays_in_the_first():
    shape = {"tlb__l2_1g__entries": 0, "tlb__l2__entries": 4, "tlb__l2__ways": 4}
    tables = Tables(profile=profile_with(tlb__l2__inclusive="true", **shape))
    tables.map(VA + (1 << 30), 0, level=2)
    tables.translate(VA + (1 << 30))
    for page in range(8):
        tables.map(VA + page * PAGE, PA)
        tables.translate(VA + page * PAGE)
    assert tables.translate(VA + (1 << 30)).cycles == 0


@pytest.mark.parametrize("l2", ["2", "4"])
def test_a_program_misses_alike_whether_fast_paths_take_its_hits_or_none(l2):
    """A fetch may put out the page that loads are quick on, and a load the page that is being fetched from."""
    overrides = SMALL | {"tlb.l2.entries": l2, "tlb.l2.ways": l2, "tlb.l2.inclusive": "true"}
    counters = []
    for check_stale in (False, "every"):
        made = Machine(memory="8MiB", overrides=overrides, check_stale=check_stale)
        made.spawn(assemble(ROUND))
        counters.append(made.run(max_instructions=1_000_000).counters)
    names = [name for name in counters[0] if name.endswith((".misses", "back_invalidations"))]
    assert [counters[0][name] for name in names] == [counters[1][name] for name in names]
    assert counters[0]["tlb.l2.back_invalidations"] > 0
