"""SFENCE.VMA, address-space identifiers, global entries, and what stays usable until the fence: F21, F41, F45."""

import pytest

from emulator.base.names import Fault
from tests.pages import PAGE, TABLE, Tables, pte

pytestmark = pytest.mark.both_engines

VA, OTHER, PA, NEW = 0x12345000, 0x12346000, 0x200000, 0x300000


def is_cached(tables, va, asid):
    """Whether `va` needs no walk in the address space `asid`; leaves the entry there if it does."""
    before, tables.mmu.asid = tables.mmu.asid, asid
    out = tables.translate(va)
    tables.mmu.asid = before
    assert out.pa is not None
    return out.references == ()


def primed(letters="vrwuad", level=0):
    """Tables with two pages at `level`, cached for the address spaces 1 and 2, and the addresses of the two."""
    tables = Tables()
    size = PAGE << 9 * level
    pages = [VA // size * size, VA // size * size + size]
    for va in pages:
        tables.map(va, 0, letters, level)
    for asid in (1, 2):
        for va in pages:
            assert not is_cached(tables, va, asid) or "g" in letters
    return tables, pages


@pytest.mark.parametrize("level", [0, 1, 2])
@pytest.mark.parametrize("with_va", [False, True])
@pytest.mark.parametrize("with_asid", [False, True])
def test_F21_a_fence_drops_just_what_it_names(level, with_va, with_asid):
    tables, (va, other) = primed(level=level)
    tables.mmu.fence(va=va if with_va else None, asid=1 if with_asid else None)
    assert not is_cached(tables, va, 1)
    assert is_cached(tables, other, 1) == with_va
    assert is_cached(tables, va, 2) == with_asid
    assert is_cached(tables, other, 2) == (with_va or with_asid)


@pytest.mark.parametrize("level", [0, 1, 2])
@pytest.mark.parametrize("with_va", [False, True])
def test_F21_a_fence_of_an_address_space_spares_global_entries(level, with_va):
    tables, (va, _) = primed("vrwugad", level)
    tables.mmu.fence(va=va if with_va else None, asid=1)
    assert is_cached(tables, va, 1)
    assert is_cached(tables, va, 2)


@pytest.mark.parametrize("level", [0, 1, 2])
@pytest.mark.parametrize("with_va", [False, True])
def test_F21_a_fence_of_every_address_space_drops_global_entries(level, with_va):
    tables, (va, other) = primed("vrwugad", level)
    tables.mmu.fence(va=va if with_va else None)
    assert not is_cached(tables, va, 1)
    assert is_cached(tables, other, 2) == with_va


@pytest.mark.parametrize("level", [1, 2])
def test_F21_a_fence_of_any_address_in_a_superpage_drops_it(level):
    tables, (va, _) = primed(level=level)
    tables.mmu.fence(va=va + (PAGE << 9 * level) // 2)
    assert not is_cached(tables, va, 1)


def test_F21_a_fence_covers_instructions_too():
    tables = Tables()
    place = tables.map(VA, PA, "vxua")
    assert tables.translate(VA, "fetch").pa == PA
    tables.memory.write(place, pte(NEW, "vxua"))
    tables.mmu.fence(va=VA)
    assert tables.translate(VA, "fetch").pa == NEW


def test_an_address_space_has_its_own_translations():
    tables = Tables()
    mmu = tables.mmu
    tables.map(VA, PA)
    first = tables.root
    tables.root = second = tables.new()
    tables.map(VA, NEW)
    for _ in range(2):
        mmu.root, mmu.asid = first, 1
        assert tables.translate(VA).pa == PA
        mmu.root, mmu.asid = second, 2
        assert tables.translate(VA).pa == NEW


def test_a_global_page_is_found_in_every_address_space_after_one_walk():
    tables = Tables()
    tables.map(VA, PA, "vrwugad")
    assert not is_cached(tables, VA, 1)
    assert is_cached(tables, VA, 2)
    assert is_cached(tables, VA, 1)
    assert is_cached(tables, VA, 4095)


def test_a_global_page_found_again_in_another_space_stays_global():
    tables = Tables()
    tables.map(VA, PA, "vrwugad")
    for asid in (1, 2):
        is_cached(tables, VA, asid)
    tables.mmu.fence(asid=2)
    tables.mmu.fence(asid=1)
    assert is_cached(tables, VA, 1)


def test_changing_the_root_or_the_asid_drops_nothing():
    tables = Tables()
    tables.map(VA, PA)
    tables.translate(VA)
    tables.mmu.root = tables.root
    tables.mmu.asid = 7
    tables.mmu.asid = 0
    assert tables.translate(VA).references == ()


def test_F45_a_stale_entry_grants_what_it_granted_until_the_fence():
    tables = Tables()
    place = tables.map(VA, PA)
    tables.translate(VA, "store")
    tables.memory.write(place, 0)
    assert tables.translate(VA, "store").pa == PA
    tables.mmu.fence(va=VA, asid=0)
    assert tables.translate(VA, "store").fault == Fault.NOT_PRESENT


def test_F41_a_stale_read_only_entry_refuses_until_the_fence():
    """A trap drops nothing: the store faults again although its PTE is writable by now."""
    tables = Tables()
    place = tables.map(VA, PA, "vruad")
    tables.translate(VA)
    tables.memory.write(place, pte(PA, "vrwuad"))
    for _ in range(2):
        assert tables.translate(VA, "store").fault == Fault.WRITE_PROTECTED
    tables.mmu.fence(va=VA)
    assert tables.translate(VA, "store").pa == PA


def test_a_refused_walk_is_not_cached_so_a_pte_made_valid_needs_no_fence():
    tables = Tables()
    assert tables.translate(VA).fault == Fault.NOT_PRESENT
    tables.map(VA, PA)
    assert tables.translate(VA).pa == PA


def test_F21_a_changed_pointer_needs_the_fence_without_an_address():
    tables = Tables()
    tables.map(VA, PA)
    tables.map(OTHER, PA + PAGE)
    tables.translate(VA)
    tables.translate(OTHER)
    pointer = tables.place(VA, 1)
    tables.memory.write(pointer, pte(tables.new(), TABLE))
    tables.map(VA, NEW)
    tables.map(OTHER, NEW + PAGE)
    assert tables.translate(VA).pa == PA
    tables.mmu.fence()
    assert (tables.translate(VA).pa, tables.translate(OTHER).pa) == (NEW, NEW + PAGE)


def test_a_superpage_broken_up_is_seen_page_by_page_after_the_fence():
    tables = Tables()
    base = 0x40000000
    place = tables.map(base, 0x200000, "vrwuad", 1)
    assert tables.translate(base + PAGE).pa == 0x200000 + PAGE
    tables.memory.write(place, pte(tables.new(), TABLE))
    tables.map(base + PAGE, NEW)
    tables.mmu.fence(va=base)
    assert tables.translate(base + PAGE).pa == NEW
    assert tables.translate(base).fault == Fault.NOT_PRESENT


def test_pages_made_a_superpage_are_seen_whole_after_the_fence():
    tables = Tables()
    base = 0x40000000
    tables.map(base, NEW)
    tables.translate(base)
    tables.map(base, 0x200000, "vrwuad", 1)
    tables.mmu.fence()  # a pointer has gone: an address would name leaf entries alone (F21)
    assert tables.translate(base).pa == 0x200000
    assert tables.translate(base + PAGE).pa == 0x200000 + PAGE


def test_a_code_page_remapped_to_another_frame_is_fetched_from_there_after_the_fence():
    """Virtual and physical address differ in bit 12 before, and not after."""
    tables = Tables()
    place = tables.map(0x40001000, PA, "vxua")
    assert tables.translate(0x40001004, "fetch", 4).pa == PA + 4
    tables.memory.write(place, pte(PA + PAGE, "vxua"))
    assert tables.translate(0x40001004, "fetch", 4).pa == PA + 4
    tables.mmu.fence(va=0x40001000)
    assert tables.translate(0x40001004, "fetch", 4).pa == PA + PAGE + 4
