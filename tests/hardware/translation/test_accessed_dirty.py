"""The A and D bits: F18, F19."""

import pytest

from emulator.base.names import Fault
from tests.pages import PAGE, Tables, pte

pytestmark = pytest.mark.both_engines

VA, PA = 0x12345000, 0x200000


@pytest.mark.parametrize("access", ["fetch", "load", "lr"])
def test_F18_svadu_sets_a_and_only_a_for_reads_and_fetches(access):
    tables = Tables(ad="svadu")
    place = tables.map(VA, PA, "vrwxu")
    assert tables.translate(VA, access).pa == PA
    assert tables.memory.read(place) == pte(PA, "vrwxua")


@pytest.mark.parametrize("access", ["store", "amo"])
def test_F18_svadu_sets_a_and_d_for_writes(access):
    tables = Tables(ad="svadu")
    place = tables.map(VA, PA, "vrwxu")
    assert tables.translate(VA, access).pa == PA
    assert tables.memory.read(place) == pte(PA, "vrwxuad")


@pytest.mark.parametrize(("access", "cause"), [("fetch", 12), ("load", 13), ("lr", 13), ("store", 15), ("amo", 15)])
def test_F18_svade_faults_where_a_is_clear(access, cause):
    tables = Tables(ad="svade")
    place = tables.map(VA, PA, "vrwxud")
    out = tables.translate(VA, access)
    assert (out.fault, out.cause) == (Fault.NOT_ACCESSED, cause)
    assert tables.memory.read(place) == pte(PA, "vrwxud")


@pytest.mark.parametrize("access", ["store", "amo"])
def test_F18_svade_faults_on_a_write_where_d_is_clear(access):
    tables = Tables(ad="svade")
    place = tables.map(VA, PA, "vrwua")
    out = tables.translate(VA, access)
    assert (out.fault, out.cause) == (Fault.NOT_DIRTY, 15)
    assert tables.memory.read(place) == pte(PA, "vrwua")


def test_F18_svade_lets_a_load_of_a_clean_page_through():
    tables = Tables(ad="svade")
    tables.map(VA, PA, "vrwua")
    assert tables.translate(VA).pa == PA


@pytest.mark.parametrize("ad", ["svadu", "svade"])
def test_F19_a_load_that_primed_the_tlb_does_not_hide_a_clear_d(ad):
    tables = Tables(ad=ad)
    place = tables.map(VA, PA, "vrwua")
    tables.translate(VA)
    out = tables.translate(VA, "store")
    if ad == "svade":
        assert out.fault == Fault.NOT_DIRTY
        assert tables.memory.read(place) == pte(PA, "vrwua")
    else:
        assert out.pa == PA
        assert tables.memory.read(place) == pte(PA, "vrwuad")


def test_F19_d_is_set_once_and_the_next_store_needs_no_walk():
    tables = Tables()
    tables.map(VA, PA, "vrwu")
    tables.translate(VA)
    assert tables.translate(VA, "store").references != ()
    assert tables.translate(VA, "store").references == ()
    assert tables.translate(VA).references == ()


def test_F19_setting_d_compares_with_memory_not_with_the_tlb():
    """The PTE was redirected and never fenced: the store that needs D finds the new PTE and dirties that one."""
    tables = Tables()
    place = tables.map(VA, PA, "vrwua")
    tables.translate(VA)
    tables.memory.write(place, pte(PA + PAGE, "vrwua"))
    assert tables.translate(VA, "store").pa == PA + PAGE
    assert tables.memory.read(place) == pte(PA + PAGE, "vrwuad")


def test_F19_a_store_through_a_clean_entry_faults_if_the_pte_in_memory_lost_w():
    tables = Tables()
    place = tables.map(VA, PA, "vrwua")
    tables.translate(VA)
    tables.memory.write(place, pte(PA, "vrua"))
    assert tables.translate(VA, "store").fault == Fault.WRITE_PROTECTED
    assert tables.memory.read(place) == pte(PA, "vrua")


def test_F19_a_refused_access_sets_neither_a_nor_d():
    tables = Tables()
    place = tables.map(VA, PA, "vru")
    assert tables.translate(VA, "store").fault == Fault.WRITE_PROTECTED
    assert tables.translate(VA, "fetch").fault == Fault.NO_EXECUTE
    assert tables.memory.read(place) == pte(PA, "vru")


def test_F19_hardware_never_clears_a_or_d():
    tables = Tables()
    place = tables.map(VA, PA, "vrwuad")
    for access in ("load", "store", "lr", "amo"):
        tables.translate(VA, access)
        tables.mmu.fence()
    assert tables.memory.read(place) == pte(PA, "vrwuad")


def test_F19_pointers_are_not_marked():
    tables = Tables()
    tables.map(VA, PA, "vrwu")
    tables.translate(VA, "store")
    for level in (1, 2):
        assert tables.memory.read(tables.place(VA, level)) & 0xFF == 1


@pytest.mark.parametrize("level", [1, 2])
def test_F19_a_superpage_has_one_d_for_all_of_it(level):
    tables = Tables()
    place = tables.map(0x40000000, 0, "vrwu", level)
    assert tables.translate(0x40000000 + PAGE, "load").pa == PAGE
    assert tables.memory.read(place) == pte(0, "vrwua")
    assert tables.translate(0x40000000 + 2 * PAGE, "store").pa == 2 * PAGE
    assert tables.memory.read(place) == pte(0, "vrwuad")
    assert tables.translate(0x40000000 + 3 * PAGE, "store").references == ()


def test_two_addresses_of_one_superpage_have_their_own_d():
    tables = Tables()
    one = tables.map(0x40000000, 0x200000, "vrwu", 1)
    two = tables.map(0x40200000, 0x200000, "vrwu", 1)
    tables.translate(0x40000000, "load")
    tables.translate(0x40200000, "load")
    assert tables.translate(0x40200000, "store").pa == 0x200000
    assert tables.memory.read(one) == pte(0x200000, "vrwua")
    assert tables.memory.read(two) == pte(0x200000, "vrwuad")
    tables.translate(0x40000000, "store")
    assert tables.memory.read(one) == pte(0x200000, "vrwuad")


def test_demand_paging_sees_what_was_touched_and_what_was_changed():
    """A is resident, D is changed: after a load of each of four pages and a store to two of them."""
    tables = Tables()
    places = [tables.map(VA + i * PAGE, PA + i * PAGE, "vrwu") for i in range(5)]
    for i in range(4):
        tables.translate(VA + i * PAGE)
    for i in (1, 2):
        tables.translate(VA + i * PAGE, "store")
    found = [tables.memory.read(place) & 0xC0 for place in places]
    assert found == [0x40, 0xC0, 0xC0, 0x40, 0]
