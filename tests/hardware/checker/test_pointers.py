"""Pointers in walk caches are suspects once memory leads elsewhere, and so is what walks find below them: F21, F45."""

import pytest

from emulator.base.bits import STALE
from emulator.base.kernel_names import Mistake
from emulator.base.names import Access, Counter
from emulator.hardware.checker.pointers import leads_elsewhere, pointer_now
from emulator.hardware.checker.writes import put_word
from emulator.hardware.memory import write_word
from emulator.hardware.translation.fence import fence
from emulator.hardware.translation.mmu import translate
from emulator.hardware.translation.satp import enter_root
from emulator.kernel.invalidation.judge import judge, judge_walk
from emulator.paging.fences import SFENCE_ASID, SFENCE_PAGE
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
    PAGE,
    ROOT,
    VA,
    bare,
    entry,
    leaf,
    pointer,
    use,
)

NEAR = VA + FRAME  # a page of the same tables


def walked(on=1):
    """A world in which hart 0 has walked to VA, its frames held; hart 1 has not."""
    world = bare(on=on)
    world.frame["refs"][: PAGE // FRAME + 2] = 1
    world.allocator.allocated = 10
    assert not use(world)
    return world


def suspects(world, h=0):
    """The levels of pointers that a hart's walk caches hold as suspects."""
    return [n + 1 for n in range(4) if any(int(word) & STALE for word in world.hart[h].walk_cache[n].word)]


def judged(world, va, access=Access.LOAD):
    """What is made of the access of hart 0: that nothing is, that it is "allowed", or the Mistake."""
    hart = world.hart[0]
    if use(world, access=access, va=va):
        judge(world, hart)
    judge_walk(world, hart)
    if hart.count[Counter.STALE_WINDOW_USES]:
        return "allowed"
    return Mistake(int(world.checker.row[0].kind)) if hart.count[Counter.STALE_USES] else "nothing"


def test_a_pointer_that_memory_holds_is_none():
    world = walked()
    put_word(world, world.hart[1], entry(MIDDLE, 1), pointer(LEAVES))
    assert suspects(world) == []


@pytest.mark.parametrize(("level", "place", "levels"), [(1, entry(MIDDLE, 1), [1]), (2, entry(ROOT, 2), [1, 2])])
@pytest.mark.parametrize("new", [0, pointer(OTHERS_MIDDLE)])
def test_a_pointer_that_is_changed_is_a_suspect_with_those_below_it(level, place, levels, new):
    world = walked()
    put_word(world, world.hart[1], place, new)
    assert suspects(world) == levels


def test_a_walk_that_begins_at_one_and_is_granted_what_memory_does_not_is_the_mistake_old_pointer():
    world = walked()
    write_word(world, entry(LEAVES, 0, NEAR), leaf(PAGE))
    put_word(world, world.hart[1], entry(MIDDLE, 1), pointer(OTHERS_LEAVES))
    assert judged(world, NEAR) == Mistake.OLD_POINTER
    row = world.checker.row[0]
    assert (row.va, row.place, row.writer_hart, row.frame) == (NEAR, entry(MIDDLE, 1), 1, PAGE // FRAME)


def test_a_walk_that_begins_at_one_and_is_refused_is_the_mistake_too():
    world = walked()
    put_word(world, world.hart[1], entry(MIDDLE, 1), pointer(OTHERS_LEAVES))
    assert judged(world, NEAR) == Mistake.OLD_POINTER
    row = world.checker.row[0]
    assert (row.frame, row.pte_before, row.pte_after) == (LEAVES // FRAME, pointer(LEAVES), pointer(OTHERS_LEAVES))


def test_it_is_allowed_while_the_kernel_waits_in_the_step_that_changed_the_pointer():
    world = walked()
    put_word(world, world.hart[1], entry(MIDDLE, 1), 0)
    world.checker.waiting = 1
    assert judged(world, NEAR) == "allowed"


@pytest.mark.parametrize("granted", [False, True])
def test_it_is_none_of_these_once_the_table_is_given_back(granted):
    world = walked()
    if granted:
        write_word(world, entry(LEAVES, 0, NEAR), leaf(PAGE))
    put_word(world, world.hart[1], entry(MIDDLE, 1), 0)
    world.checker.waiting = 1
    world.frame["refs"][LEAVES // FRAME] = 0
    assert judged(world, NEAR) == Mistake.OLD_POINTER
    assert world.checker.row[0].freed == 1


def test_what_a_walk_finds_below_a_stale_pointer_is_stale_until_the_fence():
    world = walked()
    write_word(world, entry(LEAVES, 0, NEAR), leaf(PAGE))
    put_word(world, world.hart[1], entry(ROOT, 2), pointer(OTHERS_MIDDLE))
    hart = world.hart[0]
    hart.walk_cache[0].word[:] = 0  # the lower one has given way: it is found again, below the upper one
    assert use(world, va=NEAR)
    assert suspects(world) == [1, 2]
    fence(world, hart, NEAR, ASID, SFENCE_ASID)
    assert suspects(world) == []
    assert translate(world, hart, NEAR, Access.LOAD) < 0


@pytest.mark.parametrize(("reach", "left"), [(SFENCE_PAGE, [1]), (SFENCE_ASID, [])])
def test_F21_a_fence_drops_a_stale_pointer_as_it_does_others(reach, left):
    world = walked()
    put_word(world, world.hart[1], entry(MIDDLE, 1), 0)
    fence(world, world.hart[0], VA, ASID, reach)
    assert suspects(world) == left


def test_what_memory_leads_to_again_is_suspected_no_more():
    world = walked()
    for pte in (0, pointer(LEAVES)):
        put_word(world, world.hart[1], entry(MIDDLE, 1), pte)
    assert suspects(world) == []


def test_a_pointer_that_another_root_has_left_under_the_asid_is_a_suspect():
    world = walked()
    enter_root(world, world.hart[0], OTHER, ASID)
    assert suspects(world) == [1, 2]
    assert judged(world, NEAR) == Mistake.ASID_REUSED


def test_harts_that_have_not_walked_there_have_no_suspects():
    world = walked()
    put_word(world, world.hart[0], entry(MIDDLE, 1), 0)
    assert suspects(world, 1) == []


def test_to_compare_every_walk_is_to_agree_on_a_pointer_that_was_seen_to_change():
    world = walked(EVERY)
    put_word(world, world.hart[1], entry(MIDDLE, 1), pointer(OTHERS_LEAVES))
    translate(world, world.hart[0], NEAR, Access.LOAD)
    assert world.checker.disagreements == 0


def test_to_compare_every_walk_finds_a_pointer_that_changed_unseen():
    world = walked(EVERY)
    write_word(world, entry(MIDDLE, 1), pointer(OTHERS_LEAVES))
    translate(world, world.hart[0], NEAR, Access.LOAD)
    assert world.checker.disagreements == 1


@pytest.mark.parametrize(("table", "elsewhere"), [(LEAVES, False), (ELSEWHERE, True)])
def test_a_pointer_leads_elsewhere_if_its_table_is_another(table, elsewhere):
    world = walked()
    write_word(world, entry(MIDDLE, 1), pointer(table))
    word = int(world.hart[0].walk_cache[0].word[world.hart[0].walk_cache[0].word != 0][0])
    assert leads_elsewhere(word, pointer_now(world, world.hart[0], ROOT, VA, 1)) == elsewhere
