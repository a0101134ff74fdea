"""What the checker sees: entries that memory no longer grants, whoever has written it (F45)."""

import pytest

from emulator.base.bits import A, D, G, U, V, W, X, key_of
from emulator.base.kernel_names import Mistake
from emulator.base.names import Access, Counter
from emulator.hardware.checker import writes
from emulator.hardware.checker.suspects import ENTRY, suspect_place
from emulator.hardware.memory import write_word
from emulator.hardware.translation.adversary import begin_walk, fill
from emulator.hardware.translation.fence import fence
from emulator.hardware.translation.satp import enter_root
from emulator.kernel.doors.writing import put_bytes
from emulator.paging.fences import SFENCE_PAGE
from emulator.world.hart import NO_LINE
from tests.hardware.checker.bare import (
    ALL,
    ASID,
    ELSEWHERE,
    FRAME,
    LEAVES,
    MIDDLE,
    OTHER,
    OTHERS_LEAVES,
    PAGE,
    ROOT,
    VA,
    WAYS,
    bare,
    entry,
    leaf,
    pointer,
    use,
)

PTE = entry(LEAVES, 0)


def known(world, h=0):
    """What is known of the suspect entry of the page on a hart."""
    return world.checker.suspect[suspect_place(world, h, key_of(VA, ASID), ENTRY)]


@pytest.mark.parametrize("way", WAYS)
def test_whoever_writes_the_pte_makes_the_entry_stale(way):
    world = bare()
    assert not use(world)
    WAYS[way](world, world.hart[1], PTE, leaf(PAGE, ALL & ~V))
    assert use(world)
    assert (known(world).writer, known(world).place) == (1, PTE)


@pytest.mark.parametrize("write", [writes.put_cleared, lambda world, hart, to: writes.put_copy(world, hart, PAGE, to)])
@pytest.mark.parametrize("table", [LEAVES, MIDDLE])
def test_a_page_written_as_a_whole_makes_all_that_came_through_it_stale(write, table):
    world = bare()
    assert not use(world)
    write(world, world.hart[1], table)
    assert use(world)


def test_each_hart_that_holds_the_entry_is_found_with_no_list_of_holders():
    world = bare(3)
    assert not any(use(world, h) for h in (0, 2))
    writes.put_word(world, world.hart[1], PTE, 0)
    assert [use(world, h) for h in (0, 2)] == [True, True]
    assert not use(world, 1)  # walks, and is refused


def test_a_pointer_that_leads_elsewhere_makes_what_is_below_stale():
    world = bare()
    assert not use(world)
    writes.put_word(world, world.hart[1], entry(MIDDLE, 1), pointer(OTHERS_LEAVES))
    assert use(world)


def test_an_entry_that_the_new_path_grants_too_is_not_stale_and_follows_that_path():
    world = bare()
    write_word(world, entry(OTHERS_LEAVES, 0), leaf(PAGE))
    assert not use(world)
    writes.put_word(world, world.hart[1], entry(MIDDLE, 1), pointer(OTHERS_LEAVES))
    assert not use(world)
    writes.put_word(world, world.hart[1], entry(OTHERS_LEAVES, 0), 0)
    assert use(world)


@pytest.mark.parametrize("lost", [W, U, X, D, V])
def test_a_right_that_is_taken_away_makes_the_entry_stale(lost):
    world = bare()
    assert not use(world, access=Access.STORE)
    writes.put_word(world, world.hart[1], PTE, leaf(PAGE, ALL & ~lost))
    assert use(world, access=Access.STORE)


def test_an_entry_whose_page_has_only_lost_its_a_bit_is_not_stale():
    """F19: A is no right."""
    world = bare()
    assert not use(world)
    writes.put_word(world, world.hart[1], PTE, leaf(PAGE, ALL & ~A))
    assert not use(world)


def test_another_frame_makes_the_entry_stale():
    world = bare()
    assert not use(world)
    writes.put_word(world, world.hart[1], PTE, leaf(ELSEWHERE))
    assert use(world)


def test_an_entry_that_grants_less_than_its_pte_is_not_stale():
    """F42: it leads to a spurious fault at most."""
    world = bare()
    write_word(world, PTE, leaf(PAGE, ALL & ~W))
    assert not use(world)
    writes.put_word(world, world.hart[1], PTE, leaf(PAGE))
    assert not use(world)


def test_what_memory_grants_again_is_suspected_no_more():
    world = bare()
    assert not use(world)
    writes.put_word(world, world.hart[1], PTE, 0)
    writes.put_word(world, world.hart[1], PTE, leaf(PAGE))
    assert not use(world)


def test_the_first_change_is_the_one_that_is_named():
    world = bare()
    assert not use(world)
    writes.put_word(world, world.hart[1], PTE, leaf(PAGE, ALL & ~W))
    writes.put_word(world, world.hart[0], PTE, 0)
    assert (known(world).writer, known(world).pte) == (1, leaf(PAGE, ALL & ~W))


def test_a_fence_drops_a_suspect():
    world = bare()
    assert not use(world)
    writes.put_word(world, world.hart[1], PTE, leaf(ELSEWHERE))
    fence(world, world.hart[0], VA, ASID, SFENCE_PAGE)
    assert not use(world)


def test_a_pte_written_after_its_fence_is_told_from_one_that_has_none():
    world = bare()
    assert not use(world)
    fence(world, world.hart[0], VA, ASID, SFENCE_PAGE)
    assert not use(world)  # filled again, before the PTE is written
    writes.put_word(world, world.hart[1], PTE, 0)
    assert known(world).kind == Mistake.EARLY_FLUSH


def test_a_fence_of_another_page_or_of_an_earlier_operation_is_none_before_the_write():
    for va, operations in ((VA + FRAME, 0), (VA, 1)):
        world = bare()
        fence(world, world.hart[0], va, ASID, SFENCE_PAGE)
        assert not use(world)
        world.checker.operation += operations
        writes.put_word(world, world.hart[1], PTE, 0)
        assert known(world).kind == Mistake.NO_FLUSH


def test_entries_of_another_root_under_the_same_asid_are_stale():
    """F22: to enter a root flushes nothing."""
    world = bare()
    assert not use(world)
    enter_root(world, world.hart[0], OTHER, ASID)
    assert use(world)
    assert known(world).kind == Mistake.ASID_REUSED


def test_entries_under_another_asid_are_left_alone():
    world = bare()
    assert not use(world)
    enter_root(world, world.hart[0], OTHER, ASID << 1)
    enter_root(world, world.hart[0], ROOT, ASID)
    assert not use(world)


def test_an_entry_that_both_roots_grant_may_stay():
    world = bare()
    write_word(world, entry(OTHERS_LEAVES, 0), leaf(PAGE))
    assert not use(world)
    enter_root(world, world.hart[0], OTHER, ASID)
    assert not use(world)
    writes.put_word(world, world.hart[1], entry(OTHERS_LEAVES, 0), 0)  # the root that it is judged by now
    assert use(world)


def test_a_hart_that_has_left_a_root_is_not_judged_by_its_tables():
    world = bare()
    write_word(world, entry(OTHERS_LEAVES, 0), leaf(PAGE))
    assert not use(world)
    enter_root(world, world.hart[0], OTHER, ASID)
    writes.put_word(world, world.hart[1], PTE, 0)
    assert not use(world)


def test_a_walk_in_flight_is_suspected_as_entries_are():
    """F21: it has read its PTE, and fills the TLB later."""
    world = bare()
    hart = world.hart[0]
    begin_walk(world, hart, VA)
    writes.put_word(world, world.hart[1], PTE, 0)
    fill(world, hart, hart.flight_key, hart.flight_word)
    assert use(world) or use(world, access=Access.FETCH)


def test_a_bit_written_back_over_a_changed_pte_is_a_mistake_at_once():
    """F18, F19: the update must find the PTE that the walk has read."""
    world = bare()
    read = leaf(PAGE, ALL & ~A)
    writes.put_seen(world, world.hart[0], VA, PTE, read, leaf(PAGE))
    row = world.checker.row[0]
    assert (world.checker.rows, row.kind, row.va, row.place) == (1, Mistake.WRITTEN_OVER, VA, PTE)


def test_a_bit_written_to_the_pte_that_was_read_is_none():
    world = bare()
    writes.put_seen(world, world.hart[0], VA, PTE, leaf(PAGE), leaf(PAGE))
    assert world.checker.rows == 0


def test_a_stale_entry_that_a_new_path_comes_to_grant_is_suspected_no_more():
    world = bare()
    assert not use(world)
    writes.put_word(world, world.hart[1], entry(MIDDLE, 1), pointer(OTHERS_LEAVES))
    writes.put_word(world, world.hart[1], entry(OTHERS_LEAVES, 0), leaf(PAGE))
    assert not use(world)


def test_a_stale_entry_that_a_new_root_comes_to_grant_is_suspected_no_more():
    world = bare()
    assert not use(world)
    enter_root(world, world.hart[0], OTHER, ASID)
    writes.put_word(world, world.hart[1], entry(OTHERS_LEAVES, 0), leaf(PAGE))
    assert not use(world)


def test_bytes_that_python_writes_are_seen():
    world = bare()
    assert not use(world)
    put_bytes(world, 1, PTE - 8, bytes(16))
    assert use(world)
    assert (known(world).writer, known(world).place) == (1, PTE)


def test_global_entries_hold_under_every_root():
    world = bare()
    write_word(world, PTE, leaf(PAGE, ALL | G))
    assert not use(world)
    enter_root(world, world.hart[0], OTHER, ASID)
    assert not use(world)


def test_a_program_that_takes_its_own_page_away_looks_it_up_again_and_counts_the_line_once():
    world = bare()
    hart = world.hart[0]
    assert not use(world, access=Access.FETCH)
    hart.fetch_line, counted = VA, int(hart.count[Counter.TLB_L1I_ACCESSES])
    writes.put_part(world, hart, PTE, 0, 8)
    assert hart.fetch_line == NO_LINE
    assert hart.count[Counter.TLB_L1I_ACCESSES] == counted - 1  # entered again, and counted then
