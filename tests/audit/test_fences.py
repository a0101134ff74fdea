"""Which fences were needed (F21, F23)."""

import pytest

from tests.audit.logs import AT, MIDDLE, OTHER, PAGE, RO, RW, VA, audited, maps, start, tables
from tests.pages import pte

LOAD = f"load 0 {VA:#x}"
SECOND = 0x80005000


def needless(*lines):
    """The fences of a log, those of them that were needless, and those before which nothing had changed."""
    tally = audited(*lines).fences.all
    return tally.fences, tally.needless, tally.unchanged


def test_a_fence_after_nothing_is_needless():
    assert needless(*start(), "fence 0", "fence 0") == (2, 1, 1)


def test_a_fence_that_drops_what_memory_no_longer_grants_is_needed():
    assert needless(*start(), "fence 0", LOAD, maps(PAGE, RO), "fence 0") == (2, 0, 0)


def test_a_fence_that_drops_what_grants_less_than_memory_is_needed():  # F41: the store would fault again
    assert needless(*start(flags=RO), "fence 0", LOAD, maps(PAGE, RW), f"fence 0 va={VA:#x}") == (2, 0, 0)


def test_a_page_that_became_dirty_makes_no_fence_needed():  # F18: hardware sees to that
    store = f"store 0 {VA:#x}"
    assert needless(*start(flags="vrwa"), "fence 0", LOAD, store, f"fence 0 va={VA:#x}") == (2, 1, 1)


def test_a_fence_for_a_page_that_the_hart_never_touched_is_needless_though_its_pte_changed():
    assert needless(*start(), "fence 0", maps(PAGE, RO), "fence 0") == (2, 1, 0)


def test_a_fence_for_a_page_that_is_mapped_now_is_needed():  # F23
    assert needless(*start(), "fence 0", maps(OTHER, RW, at=AT + 8), f"fence 0 va={VA + 4096:#x}") == (2, 0, 0)


def test_that_it_was_changed_again_since_makes_the_fence_no_less_needed():
    mapped = [maps(OTHER, RW, at=AT + 8), maps(OTHER, RO, at=AT + 8)]
    assert needless(*start(), "fence 0", *mapped, f"fence 0 va={VA + 4096:#x}") == (2, 0, 0)


def test_a_fence_for_another_page_is_not():
    assert needless(*start(), "fence 0", maps(OTHER, RW, at=AT + 8), f"fence 0 va={VA:#x}") == (2, 1, 1)


def test_a_fence_for_another_asid_is_not():
    assert needless(*start(), "fence 0", maps(OTHER, RW, at=AT + 8), "fence 0 asid=2") == (2, 1, 1)


def test_each_hart_has_fences_of_its_own():  # F22
    assert needless(*start(harts=2), "fence 0", "fence 1", "fence 1") == (3, 1, 1)


def test_a_table_that_is_linked_needs_a_fence_for_each_address_below():  # F21
    linked = [maps(OTHER, RW, at=0x80004000), f"pte 0 {MIDDLE + 8:#x} {pte(0x80004000, 'v'):#x}"]
    fences = [f"fence 0 va={0x200000:#x}", f"fence 0 va={0x201000:#x}"]
    assert needless(*start(), "fence 0", *linked, *fences) == (3, 0, 0)


def test_a_fence_before_another_root_comes_under_its_asid_is_needed():
    lines = [*start(), f"space 2 sv39 {SECOND:#x} 1", *tables(SECOND, 0x80006000, 0x80007000), "fence 0"]
    assert needless(*lines, LOAD, "fence 0", LOAD) == (2, 1, 1)
    assert needless(*lines, LOAD, "fence 0", "satp 0 2") == (2, 0, 0)


def test_a_fence_after_another_root_has_come_under_its_asid_is_needed():
    lines = [*start(), f"space 2 sv39 {SECOND:#x} 1", *tables(SECOND, 0x80006000, 0x80007000), "fence 0"]
    assert needless(*lines, "satp 0 2", "fence 0 asid=1", "fence 0 asid=1") == (3, 1, 1)


def test_a_pte_written_as_it_was_makes_no_fence_needed():
    assert needless(*start(), "fence 0", LOAD, maps(PAGE, RW), "fence 0") == (2, 1, 1)


@pytest.mark.parametrize("pc", ["", " pc=0x100"])
def test_fences_are_counted_by_place(pc):
    audit = audited(*start(), f"fence 0{pc}", f"fence 0{pc}", "fence 0 pc=0x200")
    assert audit.fences.by_place[0x100 if pc else -1].needless == 1
    assert audit.fences.by_place[0x200].needless == 1
