"""What is a missing flush and what is none, a fact each (F21, F22, F42, F43, F45)."""

from itertools import pairwise

import pytest

from tests.audit.logs import AT, LOW, MIDDLE, OTHER, PAGE, RO, ROOT, RW, VA, audited, found, maps, start, tables
from tests.pages import pte

STORE, LOAD = f"store 0 {VA:#x} mode=u", f"load 0 {VA:#x} mode=u"


def test_a_right_that_was_taken_away_is_not_there_without_a_fence():  # F45
    assert found(start(), STORE, maps(PAGE, RO), STORE) == [("no_flush", 3, 2)]


def test_a_fence_makes_it_right():
    fenced = audited(*start(), STORE, maps(PAGE, RO), "fence 0", LOAD)
    assert fenced.findings.sorted() == []


def test_an_access_that_memory_grants_too_is_no_mistake():
    assert found(start(), STORE, maps(PAGE, RO), LOAD) == []


def test_an_entry_that_grants_less_than_memory_is_no_mistake():  # F42
    assert found(start(flags=RO), LOAD, maps(PAGE, RW), STORE, LOAD) == []


def test_a_page_that_was_copied_is_read_where_it_was_before():
    """The entry that granted less is still there, and loads go where they went before the copy."""
    assert found(start(flags=RO), LOAD, maps(OTHER, RW), STORE, LOAD) == [("made_first", 4, 2)]


def test_another_page_installed_over_a_live_one_is_break_before_make_reversed():  # F43
    assert found(start(), LOAD, maps(OTHER, RW), LOAD) == [("made_first", 3, 2)]


def test_a_flush_that_comes_after_the_use_is_late():
    assert found(start(), STORE, maps(PAGE, ""), STORE, "fence 0") == [("late_flush", 3, 2)]


def test_a_flush_that_came_before_the_write_is_named():
    lines = ["fence 0", LOAD, f"fence 0 va={VA:#x}", LOAD, maps(PAGE, ""), LOAD]
    assert found(start(), *lines) == [("early_flush", 6, 5)]


def test_a_change_that_was_taken_back_is_none():
    assert found(start(), STORE, maps(PAGE, RO), maps(PAGE, RW), STORE) == []


def test_the_culprit_is_the_first_write_since_they_agreed_last():
    lines = [STORE, maps(PAGE, RO), maps(PAGE, RW), maps(PAGE, RO), maps(PAGE, ""), STORE]
    assert found(start(), *lines) == [("no_flush", 6, 4)]


def test_the_dirty_bit_taken_away_is_a_right_taken_away():  # F19
    assert found(start(), STORE, maps(PAGE, "vrwua"), STORE) == [("no_flush", 3, 2)]


def test_a_cleared_accessed_bit_is_no_mistake():
    assert found(start(), STORE, maps(PAGE, "vrwud"), STORE) == []


def test_a_first_store_sets_the_dirty_bit_and_is_explained():  # F18
    audit = audited(*start(flags="vrwua"), STORE, STORE)
    assert (audit.findings.sorted(), audit.unexplained) == ([], 0)


def test_a_page_that_users_may_use_no_more_is_used_by_one():
    assert found(start(), LOAD, maps(PAGE, "vrwad"), LOAD) == [("no_flush", 3, 2)]


def test_that_the_kernel_uses_it_is_no_mistake():  # F16
    assert found(start(), LOAD, maps(PAGE, "vrwad"), f"load 0 {VA:#x} mode=s") == []


def test_the_kernel_executes_no_page_that_has_become_the_users():  # F16
    fetch = f"fetch 0 {VA:#x} mode=s"
    assert found(start(flags="vrxad"), fetch, maps(PAGE, "vrxuad"), fetch) == [("no_flush", 3, 2)]


def test_what_one_hart_remembers_no_fence_of_another_drops():  # F22
    lines = [f"store 1 {VA:#x}", maps(PAGE, RO), "fence 0", f"store 1 {VA:#x}"]
    assert found(start(harts=2), *lines) == [("no_flush", 4, 2)]


@pytest.mark.parametrize(
    ("fence", "covers"),
    [
        ("fence 0", True),
        (f"fence 0 va={VA:#x}", True),
        (f"fence 0 va={VA + 8:#x} asid=1", True),
        ("fence 0 asid=1", True),
        ("fence 0 asid=2", False),
        (f"fence 0 va={VA + 4096:#x}", False),
        (f"fence 0 va={VA:#x} asid=2", False),
    ],
)
def test_a_fence_covers_its_address_and_its_asid(fence, covers):  # F21
    assert (found(start(), STORE, maps(PAGE, RO), fence, STORE) == []) == covers


@pytest.mark.parametrize(
    ("fence", "covers"), [("fence 0", True), (f"fence 0 va={VA:#x}", True), ("fence 0 asid=1", False)]
)
def test_a_fence_with_an_asid_spares_what_is_global(fence, covers):  # F21
    store = f"store 0 {VA:#x}"
    assert (found(start(flags="vrwgad"), store, maps(PAGE, ""), fence, store) == []) == covers


def second(asid):
    """Records of another space, in which nothing is mapped."""
    return [f"space 2 sv39 {0x80005000:#x} {asid}", *tables(0x80005000, 0x80006000, 0x80007000)]


def test_a_global_entry_is_used_in_every_space():
    load = f"load 0 {VA:#x} mode=s"
    assert found([*start(flags="vrgad"), *second(2)], load, "satp 0 2", load) == [("asid_reused", 3, 2)]


def test_an_asid_of_another_root_keeps_what_the_first_had():
    before = [*start(), *second(1)]
    assert found(before, LOAD, "satp 0 2", LOAD) == [("asid_reused", 3, 2)]
    assert found(before, LOAD, "satp 0 2", "fence 0 asid=1", LOAD) == []


def test_a_space_that_is_entered_again_has_what_the_other_left():
    before = [*start(), *second(1), maps(OTHER, RW, at=0x80007020)]
    there_and_back = ["satp 0 2", LOAD, "satp 0 1", LOAD, "satp 0 2", LOAD]
    assert found(before, *there_and_back) == [("asid_reused", 4, 3), ("asid_reused", 6, 5)]


def test_two_asids_keep_apart_what_they_remember():
    assert found([*start(), *second(2)], LOAD, "satp 0 2", LOAD) == []


def test_a_changed_pointer_needs_a_fence_without_an_address():  # F21
    new = [maps(OTHER, RW, at=0x80004020), f"pte 0 {MIDDLE:#x} {pte(0x80004000, 'v'):#x}"]
    assert found(start(), LOAD, *new, f"fence 0 va={VA:#x}", LOAD) == [("no_flush", 5, 3)]
    assert found(start(), LOAD, *new, "fence 0", LOAD) == []


def test_a_pointer_that_leads_to_nothing_any_more_is_a_spurious_fault_at_worst():  # F42
    new = [maps(OTHER, RW, at=0x80004020), f"pte 0 {MIDDLE:#x} {pte(0x80004000, 'v'):#x}", maps(PAGE, "")]
    assert found(start(), LOAD, *new, f"fence 0 va={VA:#x}", LOAD) == []


def test_a_superpage_is_one_entry():
    large = ["hart 0", f"space 1 sv39 {ROOT:#x} 1", f"pte 0 {ROOT:#x} {pte(MIDDLE, 'v'):#x}"]
    large += [f"pte 0 {MIDDLE:#x} {pte(0x80200000, RW):#x}", "satp 0 1", "store 0 0x5000"]
    gone = f"pte 0 {MIDDLE:#x} 0"
    assert found(large, gone, "store 0 0x5000") == [("no_flush", 2, 1)]
    assert found(large, gone, "fence 0 va=0x1ff000", "fence 0", "store 0 0x5000") == []
    assert found(large, gone, "fence 0 va=0x1ff000", "store 0 0x5000") == []


def test_a_superpage_is_dropped_by_a_fence_for_any_of_its_pages_and_found_again_through_any():
    large = ["hart 0", f"space 1 sv39 {ROOT:#x} 1", f"pte 0 {ROOT:#x} {pte(MIDDLE, 'v'):#x}"]
    large += [f"pte 0 {MIDDLE:#x} {pte(0x80200000, RW):#x}", "satp 0 1", "store 0 0x5000", "fence 0 va=0x6000"]
    assert found(large, "store 0 0x5000", f"pte 0 {MIDDLE:#x} 0", "store 0 0x5000") == [("no_flush", 3, 2)]


def test_a_superpage_split_into_pages_of_its_own_needs_no_flush_for_what_they_grant():
    large = ["hart 0", f"space 1 sv39 {ROOT:#x} 1", f"pte 0 {ROOT:#x} {pte(MIDDLE, 'v'):#x}"]
    large += [f"pte 0 {MIDDLE:#x} {pte(0x80200000, RW):#x}", "satp 0 1", "store 0 0x4000", "store 0 0x5000"]
    split = [maps(0x80204000, RW), maps(0x80205000, RO, at=AT + 8), f"pte 0 {MIDDLE:#x} {pte(LOW, 'v'):#x}"]
    assert found(large, *split, "store 0 0x4000", "store 0 0x5000") == [("no_flush", 5, 3)]


def test_a_frame_given_back_while_an_entry_has_it_is_a_mistake_without_a_use():
    assert found(start(), STORE, maps(PAGE, ""), f"free 0 {PAGE:#x}", "fence 0") == [("freed_first", 3, 2)]
    assert found(start(), STORE, maps(PAGE, ""), "fence 0", f"free 0 {PAGE:#x}") == []


def test_a_frame_that_is_handed_out_again_is_used():
    assert found(start(), STORE, maps(PAGE, ""), f"take 0 {PAGE:#x}", STORE) == [("handed_out", 4, 2)]


def test_a_frame_mapped_elsewhere_once_it_was_given_up_is_another_s():
    assert found(start(), STORE, maps(PAGE, ""), maps(PAGE, RW, at=AT + 8), STORE) == [("handed_out", 4, 2)]


def test_a_frame_that_two_share_is_no_other_s():
    assert found(start(), STORE, maps(PAGE, RO), maps(PAGE, RO, at=AT + 8), STORE) == [("no_flush", 4, 2)]


def test_what_a_log_does_not_explain_is_counted():
    audit = audited(*start(flags=RO), STORE, LOAD)
    assert (audit.unexplained, audit.first_unexplained) == (1, 7)


def test_a_hart_that_translates_nothing_uses_no_table():
    audit = audited("hart 0", "space 0 bare 0 0", "load 0 0x123", "satp 0 0", "store 0 0x456")
    assert (audit.accesses, audit.unexplained) == (2, 0)


def test_uses_of_two_pages_at_one_place_are_one_finding():
    pages = [*start(), maps(OTHER, RW, at=AT + 8), f"{STORE} pc=0x100", f"store 0 {VA + 4096:#x} pc=0x100"]
    gone = [f"{maps(PAGE, '')} pc=0x200", f"{maps(PAGE, '', at=AT + 8)} pc=0x200"]
    uses = [f"{STORE} pc=0x100"] * 5 + [f"store 0 {VA + 4096:#x} pc=0x100"]
    (finding,) = audited(*pages, *gone, *uses).findings.sorted()
    assert (finding.uses, finding.entries) == (6, 2)


@pytest.mark.parametrize(("mode", "levels"), [("sv48", 4), ("sv57", 5)])
def test_deeper_tables_are_walked(mode, levels):
    """The highest page of all: the last entry of each table."""
    places = [0x80100000 + 0x1000 * depth for depth in range(levels)]
    last = 0xFF8
    lines = ["hart 0", f"space 1 {mode} {places[0]:#x} 1"]
    lines += [f"pte 0 {a + last:#x} {pte(b, 'v'):#x}" for a, b in pairwise(places)]
    lines += [f"pte 0 {places[-1] + last:#x} {pte(PAGE, RW):#x}", "satp 0 1"]
    top = f"0x{(1 << 64) - 4096:x}"
    audit = audited(*lines, f"load 0 {top}")
    assert audit.unexplained == 0
    assert found(lines, f"load 0 {top}", f"pte 0 {places[-1] + last:#x} 0", f"load 0 {top}") == [("no_flush", 3, 2)]
