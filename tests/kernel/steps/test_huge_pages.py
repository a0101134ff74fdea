"""Pages of 2 MiB: where a fault maps one, what fork, stores and cuts make of it, and what drops it from TLBs."""

import numpy as np
import pytest

from emulator.base.kernel_names import FlushCause
from emulator.base.names import Cost, Event
from tests.running import (
    ANONYMOUS,
    FAULT_EVENTS,
    PAGE,
    PRIVATE,
    PROT_READ,
    READ_WRITE,
    call,
    fork,
    run,
    show,
    the,
    words,
)

HUGE = 2 << 20
FIXED = 0x10
PLACE = 0x40000000  # a multiple of 2 MiB
DONTNEED, HUGEPAGE, NOHUGEPAGE, COLLAPSE = 4, 14, 15, 25
MAPPED = call("mmap", PLACE, 2 * HUGE, READ_WRITE, PRIVATE | ANONYMOUS | FIXED, -1, 0) + f"li s1, {PLACE}\nli s2, 7\n"
SHOW_A0 = "mv s11, a0\n" + show("s11")

pytestmark = pytest.mark.parametrize("paging", ["sv39", "x86-64", "arm64"])


def ran(text, paging, huge="always", **machine):
    """Run a program with room for some huge pages."""
    machine.setdefault("memory", "32MiB")
    return run(text, huge=huge, paging=paging, **machine)


def touched(result):
    """The names of the faults on the memory that `MAPPED` has."""
    events = result.events[np.isin(result.events["kind"], FAULT_EVENTS)]
    there = (events["va"] >= PLACE) & (events["va"] < PLACE + 2 * HUGE)
    return [Event(int(kind)).name for kind in events["kind"][there]]


def causes(result, *wanted):
    """The invalidations of these causes, as (cause, pages)."""
    return [
        (FlushCause(int(row["cause"])), int(row["pages"])) for row in result.invalidations if row["cause"] in wanted
    ]


def test_F110_a_store_to_untouched_memory_maps_2_mib_of_zeros(paging):
    result = ran(
        MAPPED
        + "sd s2, 8(s1)\nld s3, 8(s1)\nld s4, 16(s1)\nli t0, 0x1ff000\nadd t0, s1, t0\nld s5, 0(t0)\n"
        + show("s3", "s4", "s5"),
        paging,
    )
    assert words(result) == [7, 0, 0]
    assert touched(result) == ["HUGE_FILL"]
    assert result.counters["huge.faults"] == 1


def test_F110_it_costs_what_clearing_513_pages_costs(paging):
    """512 frames, and the table put by; page tables above are there from the first store."""
    huge = ran(MAPPED + f"sd s2, 8(s1)\nli t0, {PLACE + HUGE}\nsd s2, 0(t0)\n", paging)
    small = ran(MAPPED + f"sd s2, 8(s1)\nli t0, {PLACE + PAGE}\nsd s2, 0(t0)\n", paging, huge="never")
    costs = [found.events[found.events["va"] >= PLACE]["cost"][-1][Cost.KERNEL_CLEAR] for found in (huge, small)]
    assert costs[0] == 513 * costs[1]


def test_F111_a_read_maps_the_huge_page_of_zeros_which_a_store_replaces(paging):
    result = ran(MAPPED + "ld s3, 8(s1)\nsd s2, 8(s1)\nld s4, 8(s1)\nld s5, 0(s1)\n" + show("s3", "s4", "s5"), paging)
    assert words(result) == [0, 7, 0]
    assert touched(result) == ["HUGE_MAP", "HUGE_FILL"]
    assert result.counters["huge.zero_maps"] == 1


@pytest.mark.parametrize(
    ("huge", "advice", "expected"),
    [
        ("never", HUGEPAGE, ["ZERO_FILL"]),
        ("madvise", None, ["ZERO_FILL"]),
        ("madvise", HUGEPAGE, ["HUGE_FILL"]),
        ("always", None, ["HUGE_FILL"]),
        ("always", NOHUGEPAGE, ["ZERO_FILL"]),
        ("madvise", NOHUGEPAGE, ["ZERO_FILL"]),
    ],
)
def test_F110_the_policy_and_the_program_decide(paging, huge, advice, expected):
    advised = call("madvise", PLACE, 2 * HUGE, advice) if advice else ""
    result = ran(MAPPED + advised + "sd s2, 8(s1)\n", paging, huge)
    assert touched(result) == expected


def test_F110_a_piece_that_leaves_its_region_or_has_a_page_already_gets_small_pages(paging):
    unaligned = call("mmap", PLACE + PAGE, HUGE, READ_WRITE, PRIVATE | ANONYMOUS | FIXED, -1, 0)
    assert touched(ran(unaligned + f"li s1, {PLACE + PAGE}\nsd s1, 0(s1)\n", paging)) == ["ZERO_FILL"]
    advised = call("madvise", PLACE, 2 * HUGE, NOHUGEPAGE)
    late = MAPPED + advised + "sd s2, 0(s1)\n" + call("madvise", PLACE, 2 * HUGE, HUGEPAGE) + "sd s2, 2040(s1)\n"
    result = ran(late + "li t0, 4096\nadd t0, s1, t0\nsd s2, 0(t0)\n", paging)
    assert touched(result) == ["ZERO_FILL", "ZERO_FILL"]


def test_F110_without_frames_in_a_row_small_pages_have_to_do(paging):
    result = ran(MAPPED + "sd s2, 8(s1)\nld s3, 8(s1)\n" + show("s3"), paging, memory="2MiB")
    assert words(result) == [7]
    assert touched(result) == ["ZERO_FILL"]
    assert result.counters["huge.fallbacks"] == 1


def test_F112_fork_shares_a_huge_page_by_one_pte_and_a_store_copies_one_small_page(paging):
    text = (
        MAPPED
        + "sd s2, 8(s1)\n"
        + fork("li t0, 9\nsd t0, 8(s1)\nld s3, 8(s1)\n" + show("s3"), "ld s3, 8(s1)\n" + show("s3"))
    )
    result = ran(text, paging)
    assert words(result) == [9, 7]
    assert touched(result)[:2] == ["HUGE_FILL", "COPY"]
    assert the(result, Event.COPY)["value"] == 1
    assert result.counters["huge.splits"] == 1
    assert result.counters["cow.copies"] == 1
    assert result.counters["fork.write_protected"] <= 3


def test_F112_the_last_owner_makes_all_2_mib_writable_again(paging):
    text = (
        MAPPED
        + "sd s2, 8(s1)\n"
        + fork("", "li t0, 8\nsd t0, 16(s1)\nld s3, 8(s1)\nld s4, 16(s1)\n" + show("s3", "s4"))
    )
    result = ran(text, paging)
    assert words(result) == [7, 8]
    assert "HUGE_REUSE" in touched(result)
    assert result.counters["huge.splits"] == 0


def test_F112_one_small_page_that_another_still_has_is_enough_for_a_split(paging):
    """F61: the child has split and unmapped all but one page; its frame has two owners, so the whole has not one."""
    second = "li t1, 4096\nadd t1, s1, t1\n"
    text = (
        MAPPED
        + "sd s2, 8(s1)\n"
        + call("clone", 0x11, 0, 0, 0, 0)
        + "bnez a0, 1f\n"
        + second
        + call("munmap", "t1", HUGE - PAGE)
        + "2: ld t0, 8(s1)\nli t1, 8\nj 2b\n1: mv s8, a0\n"
        + call(124) * 3
        + "sd s2, 16(s1)\n"
        + call(129, "s8", 9)
        + call("wait4", -1, 0, 0, 0)
    )
    result = ran(text, paging, overrides={"quantum": "3000"})
    assert result.counters["huge.splits"] == 2
    assert result.counters["cow.copies"] == 1


@pytest.mark.parametrize(
    ("cut", "left"),
    [
        (call("munmap", PLACE, PAGE), "ZERO"),
        (call("munmap", PLACE + HUGE - PAGE, PAGE), ""),
        (call("madvise", PLACE + PAGE, PAGE, DONTNEED), ""),
        (call("mprotect", PLACE + PAGE, PAGE, PROT_READ), ""),
        (call("madvise", PLACE + PAGE, PAGE, 10), ""),  # MADV_DONTFORK: regions differ from there on
    ],
)
def test_F113_what_ends_within_a_huge_page_splits_it(paging, cut, left):
    result = ran(MAPPED + "li t0, 8192\nadd s3, s1, t0\nsd s2, 0(s3)\n" + cut + "ld s4, 0(s3)\n" + show("s4"), paging)
    assert words(result) == [7]
    assert result.counters["huge.splits"] == 1


@pytest.mark.parametrize(
    "cut",
    [call("munmap", PLACE, HUGE), call("madvise", PLACE, HUGE, DONTNEED), call("mprotect", PLACE, HUGE, PROT_READ)],
)
def test_F114_a_whole_huge_page_is_dropped_by_one_invalidation(paging, cut):
    result = ran(MAPPED + "sd s2, 8(s1)\n" + cut, paging)
    assert result.counters["huge.splits"] == 0
    assert causes(result, FlushCause.UNMAP, FlushCause.DISCARD, FlushCause.PROTECT)[0][1] == 512
    assert result.counters["flush.page"] == 1


def test_F114_a_split_flushes_2_mib_at_once_before_what_it_is_made_for(paging):
    result = ran(MAPPED + "sd s2, 8(s1)\n" + call("munmap", PLACE, PAGE), paging)
    assert causes(result, FlushCause.SPLIT, FlushCause.UNMAP) == [(FlushCause.SPLIT, 512), (FlushCause.UNMAP, 1)]
    assert result.counters["flush.page"] == 2


def test_F114_small_pages_in_a_range_have_all_of_it_flushed_by_small_pages(paging):
    text = MAPPED + "sd s2, 8(s1)\n" + call("madvise", PLACE + HUGE, HUGE, NOHUGEPAGE)
    text += f"li t0, {PLACE + HUGE}\nsd s2, 0(t0)\n" + call("madvise", PLACE, 2 * HUGE, DONTNEED)
    result = ran(text, paging, flush="ceiling:1024")
    assert result.counters["flush.page"] == 1024


def test_F115_collapse_keeps_what_pages_hold_whatever_the_policy(paging):
    text = MAPPED + "sd s2, 8(s1)\nli t0, 8192\nadd s3, s1, t0\nsd s2, 0(s3)\n" + call("madvise", PLACE, HUGE, COLLAPSE)
    text += "mv s6, a0\nld s4, 8(s1)\nld s5, 0(s3)\nsd s2, 16(s1)\n" + show("s4", "s5", "s6")
    result = ran(text, paging, "never")
    assert words(result) == [7, 7, 0]
    assert result.counters["huge.collapses"] == 1
    assert touched(result) == ["ZERO_FILL", "ZERO_FILL"]  # and none after it


@pytest.mark.parametrize(
    ("prepared", "place", "length", "expected"),
    [  # as Linux 6.18 answers them
        ("", PLACE, HUGE, -22),  # nothing touched
        ("sd s2, 0(s1)\n", PLACE, HUGE, 0),
        ("sd s2, 0(s1)\n", PLACE, 2 * HUGE, -22),  # the second not touched
        ("sd s2, 0(s1)\n", PLACE + PAGE, PAGE, -22),  # no 2 MiB in it
        ("sd s2, 0(s1)\n", PLACE + HUGE - PAGE, 2 * PAGE, 0),  # nor in it, but its ends round to one place
        ("sd s2, 0(s1)\n" + call("munmap", PLACE + HUGE - PAGE, HUGE + PAGE), PLACE, PAGE, -22),  # nor in its region
        (call("madvise", PLACE, HUGE, NOHUGEPAGE) + "sd s2, 0(s1)\n", PLACE, HUGE, -22),
        ("sd s2, 0(s1)\n", PLACE, 0, 0),
        (f"li t0, {PLACE + HUGE}\nsd s2, 0(t0)\n", PLACE + HUGE, 2 * HUGE, -12),  # a hole
    ],
)
def test_F115_collapse_answers_as_linux_does(paging, prepared, place, length, expected):
    result = ran(MAPPED + prepared + call("madvise", place, length, COLLAPSE) + SHOW_A0, paging, "never")
    assert words(result) == [expected]


def test_F115_without_frames_collapse_says_so(paging):
    text = MAPPED + "sd s2, 0(s1)\n" + call("madvise", PLACE, HUGE, COLLAPSE) + SHOW_A0
    assert words(ran(text, paging, "never", memory="2MiB")) == [-12]


def test_F113_a_split_needs_no_memory(paging):
    """Every free frame is taken by then; the table was put by when the huge page was mapped."""
    filling = call("mmap", 0, 4 * HUGE, READ_WRITE, PRIVATE | ANONYMOUS, -1, 0) + "mv s3, a0\n"
    text = MAPPED + "sd s2, 8(s1)\n" + filling + call("madvise", "s3", 4 * HUGE, NOHUGEPAGE)
    text += call("madvise", "s3", 4 * HUGE, 23) + "mv s4, a0\n" + call("munmap", PLACE, PAGE) + "mv s5, a0\n"
    result = ran(text + show("s4", "s5"), paging, memory="8MiB")
    assert words(result) == [-12, 0]
    assert result.counters["huge.splits"] == 1


@pytest.mark.parametrize("mode", ["eager", "cow-stack"])
def test_F5_other_ways_to_fork_give_a_child_what_its_parent_had(paging, mode):
    text = MAPPED + "sd s2, 8(s1)\n" + fork("ld s3, 8(s1)\nsd s1, 8(s1)\n" + show("s3"), "ld s3, 8(s1)\n" + show("s3"))
    result = ran(text, paging, fork=mode)
    assert words(result) == [7, 7]
    assert result.counters["huge.copies"] == (mode == "eager")
