"""Page tables that an `Mmu` makes, a look at its TLBs, and a new beginning."""

import pytest

from emulator import Mmu
from emulator.base.errors import ConfigError
from emulator.paging.modes import MODES
from emulator.state import Kind, Rights

VA, PA, PAGE = 0x40000000, 0x80000, 4096


def mapped(paging="sv39"):
    mmu = Mmu(paging=paging, memory="1MiB", engine="plain")
    mmu.root = mmu.new_root()
    return mmu


@pytest.mark.parametrize("paging", MODES)
def test_every_format_translates_what_was_mapped(paging):
    mmu = mapped(paging)
    mmu.map(VA, PA, "rwu", pages=3)
    assert [mmu.translate(VA + page * PAGE + 8).pa for page in range(3)] == [PA + page * PAGE + 8 for page in range(3)]
    assert mmu.translate(VA + 3 * PAGE).fault is not None


@pytest.mark.parametrize("paging", MODES)
def test_a_larger_page_takes_a_walk_less(paging):
    mmu = mapped(paging)
    mmu.map(VA, 0, "ru", level=1)
    out = mmu.translate(VA + PA)
    assert (out.pa, len(out.references)) == (PA, MODES[paging].levels - 1)


def test_pages_may_lie_on_both_sides_of_a_table():
    mmu = mapped()
    mmu.map(VA - 2 * PAGE, PA, "ru", pages=4)
    assert [mmu.translate(VA + page * PAGE).pa for page in (-2, 1)] == [PA, PA + 3 * PAGE]


def test_a_and_d_are_clear_unless_they_are_given():
    mmu = mapped()
    mmu.map(VA, PA, "rwu")
    mmu.map(VA + PAGE, PA, "rwuad")
    for page in range(2):
        place = mmu.translate(VA + page * PAGE).references[-1]
        assert bool(mmu.memory.read(place) & 1 << 7) == bool(page)


def test_tables_that_find_no_room_are_refused():
    mmu = mapped()
    with pytest.raises(ConfigError, match=r"^memory: 0x100000 bytes have no room for the page tables"):
        mmu.map(0, 0, "r", pages=1 << 20)


def test_where_a_host_translates_nothing_is_mapped():
    mmu = Mmu(memory="1MiB", host="sv39", engine="plain")
    with pytest.raises(ConfigError, match=r"^map: an Mmu with a host"):
        mmu.map(VA, PA, "r")


def test_a_look_at_tlbs_finds_what_was_used_last_and_changes_nothing():
    mmu = mapped()
    mmu.asid = 7
    mmu.map(VA, PA, "ru")
    mmu.translate(VA)
    before = mmu.counters
    first = next(entry for entry in mmu.tlbs if entry.tlb == "l1d")
    assert (first.va, first.asid, first.frame * PAGE, first.kind) == (VA, 7, PA, Kind.GRANTS)
    assert Rights.R in first.rights
    assert mmu.counters == before


def test_a_reset_empties_tlbs_and_counters_and_leaves_what_else_there_is():
    mmu = mapped()
    mmu.map(VA, PA, "r")
    mmu.asid, mmu.privilege, mmu.mxr = 3, "supervisor", True
    first = mmu.translate(VA)
    mmu.reset()
    assert (mmu.tlbs, sum(mmu.counters.values())) == ((), 0)
    assert (mmu.asid, mmu.privilege, mmu.mxr) == (3, "supervisor", True)
    assert mmu.translate(VA).references == first.references
