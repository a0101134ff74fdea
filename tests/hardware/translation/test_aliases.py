"""Accesses that cross a page, neighbours, and several addresses for one frame: F51."""

import pytest

from emulator.base.names import Fault
from tests.pages import PAGE, PAGE_FAULT, Tables, pte

pytestmark = pytest.mark.both_engines

VA, PA = 0x12345000, 0x200000
NEXT = VA + PAGE


@pytest.mark.parametrize("access", ["load", "store"])
@pytest.mark.parametrize("size", [2, 4, 8])
def test_F51_an_access_across_two_pages_needs_both(size, access):
    tables = Tables()
    tables.map(VA, PA)
    for below in range(1, size):
        out = tables.translate(NEXT - below, access, size)
        assert (out.fault, out.cause, out.tval) == (Fault.NOT_PRESENT, PAGE_FAULT[access], NEXT)
    assert tables.translate(NEXT - size, access, size).pa == PA + PAGE - size


@pytest.mark.parametrize("access", ["load", "store"])
def test_F51_if_both_pages_are_bad_the_first_byte_is_reported(access):
    out = Tables().translate(NEXT - 4, access)
    assert (out.fault, out.tval) == (Fault.NOT_PRESENT, NEXT - 4)


def test_F51_the_two_pages_need_not_be_neighbours_in_memory():
    tables = Tables(walk_cache=False)
    tables.map(VA, PA + 8 * PAGE)
    tables.map(NEXT, PA)
    out = tables.translate(NEXT - 4, "store")
    assert (out.pa, len(out.references)) == (PA + 9 * PAGE - 4, 6)


def test_F51_a_store_that_fails_on_its_second_page_reports_that_page():
    tables = Tables()
    tables.map(VA, PA)
    tables.map(NEXT, PA + PAGE, "vruad")
    assert tables.translate(NEXT - 4).pa == NEXT - 4 - VA + PA
    out = tables.translate(NEXT - 4, "store")
    assert (out.fault, out.cause, out.tval) == (Fault.WRITE_PROTECTED, 15, NEXT)


def test_F51_a_store_that_fails_on_its_second_page_leaves_that_pages_a_and_d_clear():
    tables = Tables()
    tables.map(VA, PA, "vrwu")
    place = tables.map(NEXT, PA + PAGE, "vru")
    tables.translate(NEXT - 4, "store")
    assert tables.memory.read(place) == pte(PA + PAGE, "vru")


def test_F51_an_access_may_cross_from_a_superpage_into_a_page():
    tables = Tables()
    tables.map(0x40000000, 0x200000, level=1)
    tables.map(0x40200000, 0x100000)
    assert tables.translate(0x401FFFFC).pa == 0x3FFFFC
    tables.mmu.fence()
    tables.memory.write(tables.place(0x40200000), 0)
    assert tables.translate(0x401FFFFC).tval == 0x40200000


def test_F51_an_access_over_the_end_of_the_lower_half_faults_in_the_hole():
    tables = Tables()
    end = 1 << 38
    tables.map(end - PAGE, PA)
    out = tables.translate(end - 4)
    assert (out.fault, out.tval) == (Fault.NON_CANONICAL, end)


def test_of_neighbouring_pages_one_may_be_no_execute():
    tables = Tables()
    tables.map(VA - PAGE, PA, "vrxua")
    tables.map(VA, PA + PAGE, "vrua")
    tables.map(NEXT, PA + 2 * PAGE, "vrxua")
    for _ in range(2):
        assert tables.translate(VA - 4, "fetch", 4).pa == PA + PAGE - 4
        assert tables.translate(VA, "fetch", 4).fault == Fault.NO_EXECUTE
        assert tables.translate(NEXT, "fetch", 4).pa == PA + 2 * PAGE
        assert tables.translate(VA).pa == PA + PAGE


@pytest.mark.parametrize("level", [0, 1])
def test_read_only_and_writable_aliases_of_one_page_keep_their_own_rights(level):
    tables = Tables()
    size = PAGE << 9 * level
    tables.map(0x40000000, 0x200000, "vruad", level)
    tables.map(0x40000000 + size, 0x200000, "vrwuad", level)
    for _ in range(2):
        assert tables.translate(0x40000000, "store").fault == Fault.WRITE_PROTECTED
        assert tables.translate(0x40000000 + size, "store").pa == 0x200000
        assert tables.translate(0x40000000).pa == 0x200000


def test_two_addresses_of_one_frame_each_need_a_walk_and_an_entry():
    tables = Tables()
    tables.map(VA, PA)
    tables.map(NEXT, PA)
    tables.translate(VA)
    assert tables.translate(NEXT).references != ()
    assert tables.translate(VA).references == ()


def test_a_primed_load_does_not_let_a_store_into_a_read_only_page():
    tables = Tables()
    tables.map(VA, PA, "vruad")
    tables.translate(VA)
    assert tables.translate(VA, "store").fault == Fault.WRITE_PROTECTED
    assert tables.translate(VA).pa == PA


def test_a_fetched_page_needs_a_walk_of_its_own_to_be_read_only_until_the_second_level_has_it():
    """Instructions and data have first-level TLBs of their own and share the second."""
    tables = Tables()
    tables.map(VA, PA, "vrxua")
    tables.translate(VA, "fetch")
    tables.translate(VA)
    counters = tables.mmu.counters
    assert (counters["tlb.l1i.misses"], counters["tlb.l1d.misses"]) == (1, 1)
    assert (counters["tlb.l2.accesses"], counters["tlb.l2.misses"]) == (2, 1)
    assert counters["walk.count"] == 1


def test_translate_many_says_the_same_as_translate():
    import numpy as np

    tables, single = Tables(), Tables()
    vas = np.array([VA, NEXT, VA + 8, 1 << 40, VA + 0xFF0], np.int64)
    for each in (tables, single):
        each.map(VA, PA)
    many = tables.mmu.translate_many(vas, "store")
    for row, va in zip(many, vas, strict=True):
        out = single.translate(int(va), "store")
        assert row["pa"] == (-1 if out.pa is None else out.pa)
        assert row["fault"] == (0 if out.fault is None else out.fault)
        assert row["cause"] == (-1 if out.cause is None else out.cause)
        assert (row["cycles"], row["references"]) == (out.cycles, len(out.references))
    assert tables.mmu.counters == single.mmu.counters
