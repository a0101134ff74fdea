"""Entries of 2 MiB: one grants as much as 512 small PTEs, and is stale where it grants more than any of them (F45)."""

import pytest

from emulator.hardware.checker import writes
from emulator.hardware.memory import write_word
from emulator.hardware.translation.adversary import begin_walk, fill
from emulator.hardware.translation.fence import fence
from emulator.hardware.translation.satp import enter_root
from emulator.paging.fences import SFENCE_PAGE
from emulator.world.checker import EVERY
from tests.hardware.checker.bare import (
    ASID,
    ELSEWHERE,
    FRAME,
    LEAVES,
    MIDDLE,
    OTHER,
    OTHERS_LEAVES,
    OTHERS_MIDDLE,
    ROOT,
    bare,
    entry,
    leaf,
    pointer,
    use,
)

START, BLOCK = 0x12200000, 2 << 20  # the 2 MiB, and where in memory they are
LARGE = entry(MIDDLE, 1, START)


def page(number):
    """An address in the small page of that number."""
    return START + number * FRAME + 8


def small_pages(world, table):
    """Fill a table with what the large page grants."""
    for number in range(512):
        write_word(world, table + 8 * number, leaf(BLOCK + number * FRAME))


@pytest.fixture(params=[1, EVERY], ids=["once", "every"])
def world(request):
    """Two harts, and the large page, which the first has used somewhere."""
    world = bare(on=request.param, mib=4)
    write_word(world, LARGE, leaf(BLOCK))
    assert not use(world, va=page(3))
    return world


def test_a_large_pte_that_is_cleared_makes_the_entry_stale_everywhere(world):
    writes.put_word(world, world.hart[1], LARGE, 0)
    assert use(world, va=page(3))
    assert use(world, va=page(400))


def test_small_pages_that_grant_the_same_do_not(world):
    small_pages(world, LEAVES)
    writes.put_word(world, world.hart[1], LARGE, pointer(LEAVES))
    assert not any(use(world, va=page(number)) for number in (0, 3, 511))


@pytest.mark.parametrize("number", [0, 3, 511])
def test_one_small_page_that_is_another_by_then_does(world, number):
    small_pages(world, LEAVES)
    write_word(world, LEAVES + 8 * number, leaf(ELSEWHERE))
    writes.put_word(world, world.hart[1], LARGE, pointer(LEAVES))
    assert use(world, va=page(number))


@pytest.mark.parametrize("number", [0, 3, 511])
def test_one_that_becomes_another_later_does_and_what_it_was_again_does_not(world, number):
    small_pages(world, LEAVES)
    writes.put_word(world, world.hart[1], LARGE, pointer(LEAVES))
    assert not use(world, va=page(number))
    writes.put_word(world, world.hart[1], LEAVES + 8 * number, leaf(ELSEWHERE))
    assert use(world, va=page(number))
    writes.put_word(world, world.hart[1], LEAVES + 8 * number, leaf(BLOCK + number * FRAME))
    assert not use(world, va=page(number))


def test_a_fence_of_any_address_in_it_drops_it(world):
    writes.put_word(world, world.hart[1], LARGE, 0)
    fence(world, world.hart[0], page(77), ASID, SFENCE_PAGE)
    assert not use(world, va=page(3))  # it walks, and is refused


def test_another_root_under_its_asid_where_one_small_page_differs_makes_it_stale(world):
    small_pages(world, OTHERS_LEAVES)
    write_word(world, OTHERS_LEAVES + 8 * 9, leaf(ELSEWHERE))
    write_word(world, entry(OTHERS_MIDDLE, 1, START), pointer(OTHERS_LEAVES))
    write_word(world, entry(OTHER, 2, START), pointer(OTHERS_MIDDLE))
    enter_root(world, world.hart[0], OTHER, ASID)
    assert use(world, va=page(9))
    enter_root(world, world.hart[0], ROOT, ASID)
    assert not use(world, va=page(9))


def test_a_walk_out_of_turn_fills_it_and_a_fence_of_its_page_cancels_that():  # F21
    world = bare(mib=4)
    write_word(world, LARGE, leaf(BLOCK))
    hart = world.hart[0]
    begin_walk(world, hart, page(5))
    assert hart.flight == 1
    fence(world, hart, page(300), ASID, SFENCE_PAGE)
    assert hart.flight == 0
    begin_walk(world, hart, page(5))
    fill(world, hart, hart.flight_key, hart.flight_word)
    assert not use(world, va=page(5))
    writes.put_word(world, world.hart[1], LARGE, 0)
    assert use(world, va=page(5))
