"""What the use of a stale entry means (F45): no kernel runs, its state is made by hand."""

import pytest

from emulator.base.bits import W
from emulator.base.kernel_names import FlushCause, Mistake
from emulator.base.names import Access, Counter
from emulator.hardware.checker.suspects import ENTRY, suspect_place
from emulator.hardware.checker.writes import put_word
from emulator.hardware.translation.satp import enter_root
from emulator.kernel.invalidation.judge import judge
from emulator.kernel.invalidation.ledger import begin_row
from tests.hardware.checker.bare import (
    ALL,
    ASID,
    ELSEWHERE,
    FRAME,
    LEAVES,
    OTHER,
    PAGE,
    VA,
    bare,
    entry,
    key_of,
    leaf,
    use,
)

PTE = entry(LEAVES, 0)


def changed(pte, access=Access.LOAD):
    """A world in which hart 1 has changed the PTE while hart 0 held the page, whose frame is held."""
    world = bare()
    world.frame["refs"][: PAGE // FRAME + 1] = 1
    world.allocator.allocated = 10
    assert not use(world, access=access)
    put_word(world, world.hart[1], PTE, pte)
    return world


def judged(world, access=Access.LOAD):
    """What is made of the use that hart 0 is about to make: "harmless", "allowed", or the mistake."""
    hart = world.hart[0]
    assert use(world, access=access)
    judge(world, hart)
    if hart.count[Counter.STALE_WINDOW_USES]:
        return "allowed"
    return Mistake(int(world.checker.row[0].kind)) if hart.count[Counter.STALE_USES] else "harmless"


def waiting(world):
    """The kernel waits for other harts, in the step that changed the PTE."""
    world.checker.waiting = 1
    return world


def test_a_use_that_nobody_is_about_to_flush_for_is_a_mistake():
    assert judged(changed(0)) == Mistake.NO_FLUSH


def test_a_use_while_the_kernel_waits_in_the_step_that_made_the_change_is_allowed():
    assert judged(waiting(changed(0))) == "allowed"


def test_a_use_while_the_kernel_waits_in_a_later_step_is_a_mistake():
    world = waiting(changed(0))
    world.checker.operation += 1
    assert judged(world) == Mistake.NO_FLUSH


def test_a_load_from_a_page_that_may_only_be_stored_to_no_more_is_harmless():
    assert judged(changed(leaf(PAGE, ALL & ~W), Access.STORE)) == "harmless"
    assert judged(changed(leaf(PAGE, ALL & ~W), Access.STORE), Access.STORE) == Mistake.NO_FLUSH


def test_another_frame_in_its_place_is_a_mistake_even_while_the_kernel_waits():
    """F43, F62: break before make."""
    assert judged(waiting(changed(leaf(ELSEWHERE)))) == Mistake.MADE_FIRST


def test_a_frame_given_back_is_a_mistake_even_while_the_kernel_waits():
    world = waiting(changed(0))
    world.frame["refs"][PAGE // FRAME] = 0
    assert judged(world) == Mistake.FREED_FIRST
    assert world.checker.row[0].freed == 1


def test_a_frame_handed_out_again_is_a_mistake_even_while_the_kernel_waits():
    world = waiting(changed(0))
    world.frame["taken"][PAGE // FRAME] = 11
    assert judged(world) == Mistake.HANDED_OUT
    assert world.checker.row[0].freed == 2


def test_an_entry_of_another_root_is_a_mistake_even_while_the_kernel_waits():
    world = bare()
    world.frame["refs"][: PAGE // FRAME + 1] = 1
    assert not use(world)
    enter_root(world, world.hart[0], OTHER, ASID)
    assert judged(waiting(world)) == Mistake.ASID_REUSED


def postponed(cause=FlushCause.UNMAP, over=0, pages=1, latr=1, luf=0, access=Access.LOAD):
    """A world in which the ledger says of an invalidation whether it is over."""
    world = changed(0, access)
    world.policy.latr, world.policy.luf = latr, luf
    row = begin_row(world, world.hart[1], VA, pages, cause)
    row.over = over
    return world


def test_a_use_of_what_munmap_has_postponed_is_allowed_while_the_frame_is_held():
    assert judged(postponed()) == "allowed"
    world = postponed()
    world.frame["refs"][PAGE // FRAME] = 0
    assert judged(world) == Mistake.FREED_FIRST


@pytest.mark.parametrize("said", [{"cause": FlushCause.PROTECT}, {"over": 1}, {"latr": 0}, {"pages": -1}])
def test_nothing_else_that_the_ledger_says_excuses_a_use(said):
    """Another cause, what is over, a kernel that postpones nothing, a range that the page is not in."""
    assert judged(postponed(**said)) == Mistake.NO_FLUSH


def test_where_only_reads_may_be_late_a_store_is_a_mistake():
    assert judged(postponed(access=Access.STORE), Access.STORE) == "allowed"
    assert judged(postponed(latr=0, luf=1)) == "allowed"
    assert judged(postponed(latr=0, luf=1, access=Access.STORE), Access.STORE) == Mistake.NO_FLUSH


def test_a_hart_that_was_told_and_has_not_flushed_was_not_waited_for():
    world = postponed(cause=FlushCause.DISCARD)
    world.ledger.row[0].harts[0] = 1
    assert judged(world) == Mistake.LATE_FLUSH


def test_an_entry_that_too_much_has_come_after_is_judged_without_its_change():
    world = changed(0)
    world.checker.suspect[suspect_place(world, 0, key_of(VA, ASID), ENTRY)].made = 0
    assert judged(world) == Mistake.NO_FLUSH
    assert world.checker.row[0].writer_hart == -1


def test_a_second_use_adds_to_the_row_of_the_first():
    world = changed(0)
    judged(world)
    world.hart[0].passed[:] = -1
    judged(world)
    assert (world.checker.rows, world.checker.row[0].uses) == (1, 2)
