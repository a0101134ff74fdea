"""Quick pages: where the instruction loop goes on without asking a TLB, for to ask it would change nothing."""

import pytest

from emulator.hardware.engine.quick import quick_page
from emulator.world.hart import NO_PAGE
from tests.pages import KERNEL, PAGE, USER, Tables, profile_with

VA, PA = 0x40000000, 0x600000
HUGE = 1 << 21
LARGE, THERE = VA + HUGE, 2 * HUGE  # a page of 2 MiB, and where it is


def quick(tables, va):
    """The quick page for loads, and its frame, were `va` loaded from."""
    world, hart = tables.mmu._world, tables.mmu._world.hart[0]
    return quick_page(world, hart, va, hart.read_need, hart.read_want)


def loaded(tables, *vas):
    """The same tables after loads from addresses."""
    assert [tables.translate(va).fault for va in vas] == [None] * len(vas)
    return tables


@pytest.fixture
def tables():
    """Two small pages, and behind them one of 2 MiB, under a data TLB of one set."""
    made = Tables(engine="plain", walk_cache=False, profile=profile_with(tlb__l1d__entries=4, tlb__l1d__ways=4))
    for page in range(2):
        made.map(VA + page * PAGE, PA + page * PAGE)
    made.map(LARGE, THERE, USER, level=1)
    return made


def test_the_page_that_its_set_used_last_is_quick_and_the_one_before_is_not(tables):
    loaded(tables, VA, VA + PAGE + 8)
    assert quick(tables, VA + PAGE + 8) == (VA + PAGE, PA + PAGE)
    assert quick(tables, VA) == (NO_PAGE, 0)


def test_a_page_that_was_fenced_is_not_quick(tables):
    loaded(tables, VA)
    tables.mmu.fence(VA)
    assert quick(tables, VA) == (NO_PAGE, 0)


@pytest.mark.parametrize("offset", [0, 5 * PAGE + 16, HUGE - 1])
def test_any_small_page_of_the_superpage_that_was_used_last_is_quick(tables, offset):
    loaded(tables, LARGE + HUGE // 2)
    start = LARGE + offset & -PAGE
    assert quick(tables, LARGE + offset) == (start, THERE + start - LARGE)


def test_a_superpage_and_a_small_page_are_quick_side_by_side(tables):
    loaded(tables, LARGE, VA)
    assert quick(tables, LARGE)[0] == LARGE
    assert quick(tables, VA)[0] == VA


def test_a_superpage_is_not_quick_after_another_one_in_its_set():
    shape = {"tlb__l1d_2m__entries": 2, "tlb__l1d_2m__ways": 2}
    tables = Tables(engine="plain", profile=profile_with(**shape))
    for page in range(2):
        tables.map(LARGE + page * HUGE, THERE, USER, level=1)
    loaded(tables, LARGE, LARGE + HUGE)
    assert quick(tables, LARGE) == (NO_PAGE, 0)
    assert quick(tables, LARGE + HUGE)[0] == LARGE + HUGE


def test_a_superpage_is_not_quick_where_the_look_up_finds_a_small_page_before_it(tables):
    """F45: a stale small entry lies beside that of the superpage; to find it would move it to the front of its set."""
    tables.memory.write(tables.place(LARGE, 1), 0)
    tables.map(LARGE, PA)
    loaded(tables, LARGE)
    tables.map(LARGE, THERE, USER, level=1)
    loaded(tables, LARGE + PAGE, VA)
    assert quick(tables, LARGE) == (NO_PAGE, 0)
    assert quick(tables, LARGE + PAGE)[0] == LARGE + PAGE


def test_a_superpage_is_not_quick_for_what_it_does_not_grant(tables):
    tables.map(LARGE, THERE, KERNEL, level=1)
    tables.mmu.privilege = "supervisor"
    loaded(tables, LARGE)
    assert quick(tables, LARGE)[0] == LARGE
    tables.mmu.privilege = "user"
    assert quick(tables, LARGE) == (NO_PAGE, 0)


def test_a_superpage_is_not_quick_while_ghosts_of_small_pages_may_be_found_on_the_way(tables):
    loaded(tables, VA, LARGE)
    tables.mmu.fence(VA)
    assert quick(tables, LARGE) == (NO_PAGE, 0)
