"""What a walk finds, and what it refuses: F10-F14, F20."""

import pytest

from emulator.base.names import Fault
from tests.pages import ACCESS_FAULT, PAGE, PAGE_FAULT, TABLE, USER, Tables, pte

pytestmark = pytest.mark.both_engines

VA, PA = 0x12345000, 0x200000
ACCESSES = ("fetch", "load", "store", "amo", "lr")
TOP = {"sv39": 38, "sv48": 47, "sv57": 56}  # the bit that the bits above it must repeat
ALL = "vrwxuad"


@pytest.mark.parametrize("paging", ["sv39", "sv48", "sv57"])
def test_a_page_is_found_through_one_pte_a_level(paging):
    tables = Tables(paging)
    place = tables.map(VA, PA)
    out = tables.translate(VA + 0x678)
    assert (out.pa, out.fault, out.cause, out.tval) == (PA + 0x678, None, None, None)
    assert len(out.references) == tables.levels
    assert out.references[0] == tables.root + (VA >> 12 + 9 * (tables.levels - 1)) * 8
    assert out.references[-1] == place


@pytest.mark.parametrize("paging", ["sv39", "sv48", "sv57"])
def test_both_halves_of_the_address_space_are_translated(paging):
    tables = Tables(paging)
    top = (1 << 64) - PAGE
    tables.map(top, PA)
    low = (1 << TOP[paging]) - PAGE
    tables.map(low, PA + PAGE)
    assert tables.translate(top).pa == PA
    assert tables.translate(-PAGE).pa == PA
    assert tables.translate(low).pa == PA + PAGE


@pytest.mark.parametrize("access", ACCESSES)
@pytest.mark.parametrize("paging", ["sv39", "sv48", "sv57"])
def test_F10_a_non_canonical_address_faults_as_its_access(paging, access):
    tables = Tables(paging)
    top = 1 << TOP[paging]
    tables.map(0, PA, ALL)
    tables.map(-top, PA, ALL)
    for va in (top, -top - PAGE, 1 << 63, 1 << 62):
        out = tables.translate(va, access)
        assert (out.fault, out.cause, out.pa) == (Fault.NON_CANONICAL, PAGE_FAULT[access], None)
        assert out.tval == va % (1 << 64)
        assert out.references == ()


def test_F10_a_cached_page_does_not_answer_for_a_non_canonical_alias():
    tables = Tables()
    tables.map(VA, PA)
    tables.translate(VA)
    for bit in range(39, 64):
        assert tables.translate(VA | 1 << bit).fault == Fault.NON_CANONICAL


@pytest.mark.parametrize("access", ACCESSES)
@pytest.mark.parametrize("level", [1, 2])
def test_F11_a_table_outside_memory_is_an_access_fault_of_the_original_access(level, access):
    tables = Tables()
    tables.map(VA, 1 << 40, TABLE, level)
    out = tables.translate(VA, access)
    assert (out.fault, out.cause, out.tval) == (Fault.ACCESS, ACCESS_FAULT[access], VA)
    assert len(out.references) == 3 - level


def test_F11_a_root_outside_memory_is_an_access_fault():
    tables = Tables()
    tables.mmu.root = 1 << 40
    assert tables.translate(VA, "store").cause == ACCESS_FAULT["store"]


@pytest.mark.parametrize("access", ACCESSES)
def test_a_page_outside_memory_is_an_access_fault(access):
    tables = Tables()
    tables.map(VA, 64 << 20, ALL)
    out = tables.translate(VA, access)
    assert (out.fault, out.cause) == (Fault.ACCESS, ACCESS_FAULT[access])


def test_the_last_page_of_memory_can_be_reached():
    tables = Tables()
    tables.map(VA, (64 << 20) - PAGE)
    assert tables.translate(VA + 0xFF8).pa == (64 << 20) - 8


@pytest.mark.parametrize("access", ACCESSES)
@pytest.mark.parametrize("level", [0, 1, 2])
def test_F12_a_pte_with_v_clear_is_no_translation_whatever_else_it_holds(level, access):
    tables = Tables()
    tables.map(VA, 0, "rwxuad", level, more=1 << 54)
    out = tables.translate(VA, access)
    assert (out.fault, out.cause) == (Fault.NOT_PRESENT, PAGE_FAULT[access])


@pytest.mark.parametrize("letters", ["vw", "vwx", "vwuad", "vwxuad"])
@pytest.mark.parametrize("level", [0, 1, 2])
def test_F12_writable_but_not_readable_is_reserved(level, letters):
    tables = Tables()
    tables.map(VA, 0, letters, level)
    for access in ACCESSES:
        out = tables.translate(VA, access)
        assert (out.fault, out.cause) == (Fault.RESERVED, PAGE_FAULT[access])


@pytest.mark.parametrize("bit", range(54, 64))
@pytest.mark.parametrize("level", [0, 1, 2])
def test_F12_a_reserved_bit_in_a_leaf_is_a_page_fault(level, bit):
    """Bits 60-54; N without Svnapot; PBMT without Svpbmt."""
    tables = Tables()
    tables.map(VA, 0, ALL, level, more=1 << bit)
    out = tables.translate(VA, "store")
    assert (out.fault, out.cause) == (Fault.RESERVED, PAGE_FAULT["store"])


@pytest.mark.parametrize("more", [1 << bit for bit in range(54, 64)] + [3 << 61])
def test_F13_a_reserved_bit_in_a_pointer_is_a_page_fault(more):
    tables = Tables()
    tables.map(VA, PA)
    place = tables.place(VA, 1)
    tables.memory.write(place, tables.memory.read(place) | more)
    assert tables.translate(VA).fault == Fault.RESERVED


@pytest.mark.parametrize("letter", ["a", "d", "u"])
@pytest.mark.parametrize("level", [1, 2])
def test_F13_a_pointer_with_a_d_or_u_is_reserved(level, letter):
    tables = Tables()
    tables.map(VA, PA, ALL)
    place = tables.place(VA, level)
    tables.memory.write(place, tables.memory.read(place) | pte(0, letter))
    for access in ACCESSES:
        out = tables.translate(VA, access)
        assert (out.fault, out.cause) == (Fault.RESERVED, PAGE_FAULT[access])


def test_F13_the_bits_for_software_and_g_are_not_reserved_in_a_pointer():
    tables = Tables()
    tables.map(VA, PA)
    for level in (1, 2):
        place = tables.place(VA, level)
        tables.memory.write(place, tables.memory.read(place) | 3 << 8 | pte(0, "g"))
    assert tables.translate(VA).pa == PA


def test_the_bits_for_software_are_ignored_in_a_leaf_and_kept():
    tables = Tables()
    place = tables.map(VA, PA, "vrwu", more=3 << 8)
    assert tables.translate(VA, "store").pa == PA
    assert tables.memory.read(place) == pte(PA, USER, 3 << 8)


@pytest.mark.parametrize("access", ACCESSES)
def test_F14_a_pointer_at_level_0_is_a_page_fault(access):
    tables = Tables()
    tables.map(VA, PA, TABLE)
    out = tables.translate(VA, access)
    assert (out.fault, out.cause) == (Fault.POINTER_AT_LEAF_LEVEL, PAGE_FAULT[access])


@pytest.mark.parametrize(
    ("paging", "level"), [("sv39", 1), ("sv39", 2), ("sv48", 3), ("sv57", 4)], ids=["2M", "1G", "512G", "256T"]
)
def test_F14_a_superpage_with_any_low_ppn_bit_set_is_misaligned(paging, level):
    tables = Tables(paging)
    for bit in range(9 * level):
        tables.map(VA, PAGE << bit, ALL, level)
        for access in ACCESSES:
            out = tables.translate(VA, access)
            assert (out.fault, out.cause) == (Fault.MISALIGNED_SUPERPAGE, PAGE_FAULT[access])


@pytest.mark.parametrize(
    ("paging", "level"),
    [(paging, level) for paging, levels in (("sv39", 3), ("sv48", 4), ("sv57", 5)) for level in range(1, levels)],
)
def test_a_superpage_covers_every_page_in_it(paging, level):
    tables = Tables(paging)
    size = PAGE << 9 * level
    base = VA // size * size
    tables.map(base, 0, ALL, level)
    reach = min(size, 64 << 20)
    for offset in (0, 0x678, PAGE, reach // 2 + 0x18, reach - 8):
        assert tables.translate(base + offset).pa == offset
        assert tables.translate(base + offset, "fetch", 4).pa == offset
    assert tables.translate(base + size).fault == Fault.NOT_PRESENT
    if reach < size:
        assert tables.translate(base + reach).fault == Fault.ACCESS


def test_F20_a_napot_pte_is_refused_where_there_is_no_svnapot():
    tables = Tables()
    tables.map(VA, PA + 8 * PAGE, USER, more=1 << 63)
    assert tables.translate(VA).fault == Fault.RESERVED


@pytest.mark.parametrize("base", [0x80000000, 0x1000, 0x40000000000])
def test_physical_memory_may_begin_anywhere(base):
    tables = Tables(memory_base=base)
    assert tables.root == base
    place = tables.map(VA, base + PA, "vrwu")
    out = tables.translate(VA, "store")
    assert out.pa == base + PA
    assert out.references[-1] == place
    assert tables.memory.read(place) == pte(base + PA, USER)


@pytest.mark.parametrize("pa", [0, 0x80000000 - PAGE, 0x80000000 + (64 << 20)])
def test_memory_begins_at_its_base_and_ends_with_its_size(pa):
    tables = Tables(memory_base=0x80000000)
    tables.map(VA, pa)
    assert tables.translate(VA).fault == Fault.ACCESS
    tables.map(VA, pa, TABLE, level=1)
    assert tables.translate(VA).fault == Fault.ACCESS


@pytest.mark.parametrize("base", [0x80000000, 0x80200000])
def test_a_superpage_may_lie_in_memory_that_does_not_begin_at_0(base):
    tables = Tables(memory_base=base)
    tables.map(VA, base + PA, USER, level=1)
    assert tables.translate(VA).pa == base + PA + VA % (2 << 20)


@pytest.mark.parametrize("base", [0x80001000, 0x801FF000])
def test_a_superpage_is_found_where_memory_begins_at_no_superpage_boundary(base):
    """The physical address is the PTE's frame with the offset of the address, wherever memory begins."""
    tables = Tables(memory_base=base)
    tables.map(VA, 0x80400000, USER, level=1)
    assert tables.translate(VA).pa == 0x80400000 + VA % (2 << 20)


def test_a_superpage_that_begins_below_memory_reaches_into_it():
    """What counts is where the access itself falls: the superpage is no access fault, its part below memory is."""
    tables = Tables(memory_base=0x80100000)
    tables.map(0x40000000, 0x80000000, USER, level=1)
    assert tables.translate(0x40000000 + 0x180000).pa == 0x80180000
    assert tables.translate(0x40000000 + 0x80000).fault == Fault.ACCESS
