"""Which words of memory the checker watches, and for whom."""

import pytest

from emulator.base.bits import frame_of
from emulator.hardware.checker import tables, writes
from emulator.hardware.checker.tables import find_table, note_read
from emulator.hardware.engine.quick import load_elsewhere, quick_page
from emulator.hardware.memory import write_word
from emulator.hardware.translation.fence import fence
from emulator.paging.fences import SFENCE_PAGE
from emulator.world.checker import EVERY, OFF, ON
from emulator.world.hart import NO_PAGE
from tests.hardware.checker.bare import ASID, FRAME, LEAVES, MIDDLE, PAGE, ROOT, VA, bare, entry, leaf, use

BEYOND = 64 << 12  # frames that no test maps


def watched(world):
    """The frames that hold tables."""
    return {frame for frame in range(256) if world.checker.first[frame]}


def test_a_walk_has_its_tables_watched_and_no_others():
    world = bare()
    assert watched(world) == set()
    use(world)
    assert watched(world) == {frame_of(ROOT), frame_of(MIDDLE), frame_of(LEAVES)}


def test_nothing_is_watched_while_the_checker_is_off():
    world = bare(on=OFF)
    use(world)
    assert watched(world) == set()


@pytest.mark.parametrize(("on", "quick"), [(OFF, True), (ON, False), (EVERY, False)])
def test_no_fast_path_leads_to_a_page_that_holds_tables(on, quick):
    world = bare(on=on)
    hart = world.hart[0]
    write_word(world, entry(LEAVES, 0), leaf(LEAVES))  # the table itself, mapped for the program
    use(world)
    page, _ = quick_page(world, hart, VA, hart.read_need, hart.read_want)
    assert (page == VA) == quick


@pytest.mark.parametrize(("on", "quick"), [(OFF, True), (ON, False), (EVERY, False)])
def test_neither_does_the_plain_road_make_such_a_page_quick(on, quick):
    world = bare(on=on)
    write_word(world, entry(LEAVES, 0), leaf(LEAVES))
    use(world)
    _, page, _, _ = load_elsewhere(world, world.hart[0], VA, 8, 0, NO_PAGE)
    assert (page == VA) == quick


def test_a_word_that_nothing_in_any_tlb_comes_from_is_looked_at_once():
    world = bare()
    use(world)
    fence(world, world.hart[0], VA, ASID, SFENCE_PAGE)
    table = world.checker.table[find_table(world, frame_of(LEAVES), ROOT, ASID, VA & -(1 << 21))]
    assert table.read.any()
    writes.put_word(world, world.hart[1], entry(LEAVES, 0), 0)
    assert not table.read.any()


def noted(world, number):
    """Note a table of its own: number `number`; return whether there was room."""
    lost = world.checker.lost
    note_read(world, world.hart[0], BEYOND + number * FRAME, ROOT, ASID, number << 30, 0)
    return world.checker.lost == lost


def test_tables_that_nothing_comes_from_any_more_give_their_places_to_others(monkeypatch):
    monkeypatch.setattr(tables, "TABLES", 4)
    world = bare()
    assert [noted(world, number) for number in range(6)] == [True] * 4 + [False] * 2
    world.checker.table[1].read[:] = world.checker.table[2].read[:] = 0
    assert [noted(world, number) for number in range(6, 9)] == [True, True, False]
    assert watched(world) == {64 + number for number in (0, 3, 6, 7)}


def test_a_frame_may_hold_several_tables_and_lose_one(monkeypatch):
    monkeypatch.setattr(tables, "TABLES", 3)
    world = bare()
    for number in range(3):
        note_read(world, world.hart[0], BEYOND, ROOT, ASID, number << 30, 0)
    world.checker.table[1].read[:] = 0
    tables.drop_unread(world)
    starts = [find_table(world, frame_of(BEYOND), ROOT, ASID, number << 30) for number in range(3)]
    assert starts == [0, -1, 2]


def test_the_page_that_entries_map_is_not_watched():
    world = bare()
    use(world)
    assert not writes.holds_tables(world, PAGE)


def test_a_frame_that_is_cleared_is_watched_no_longer_once_nothing_comes_from_it():
    """Else one that holds one table after another would be looked through for all of them."""
    world = bare()
    use(world)
    writes.put_cleared(world, world.hart[1], LEAVES)
    assert frame_of(LEAVES) in watched(world)  # a stale entry is there yet
    fence(world, world.hart[0], VA, ASID, SFENCE_PAGE)
    writes.put_cleared(world, world.hart[1], LEAVES)
    assert watched(world) == {frame_of(ROOT), frame_of(MIDDLE)}
