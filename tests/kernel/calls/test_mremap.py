"""mremap(2): pages go to other addresses, and no TLB knows them where they were (F120, F121). Errors: tests/linux."""

import errno
import signal

import pytest

from emulator import Machine
from emulator.base.kernel_names import FlushCause
from emulator.base.names import Event
from isa import assemble
from tests.kernel.calls.test_madvise import STRATEGIES
from tests.kernel.invalidation.laws import PRICE, each_page, marked, paid, rows
from tests.running import (
    ANONYMOUS,
    FIXED,
    PAGE,
    PRIVATE,
    READ_WRITE,
    SHARED,
    call,
    fork,
    leave,
    run,
    show,
    source,
    the,
    words,
)
from tests.threads import BSS, DATA, threads

MAYMOVE, TO, DONTUNMAP = 1, 3, 7  # TO and DONTUNMAP name the place
MREMAP, MLOCK = 216, 228
HUGE = 2 << 20
OLD, NEW = 0x40000000, 0x50000000


def mapped(pages, at=OLD, flags=PRIVATE):
    """Map pages at `at`, store to each of them its own address, and leave `at` in s8."""
    store = each_page(pages, "sd t0, 0(t0)")
    return call("mmap", at, pages * PAGE, READ_WRITE, flags | ANONYMOUS | FIXED, -1, 0) + f"li s8, {at}\n{store}"


def move(pages, old=OLD, new=NEW, flags=TO, size=None):
    return call(MREMAP, old, pages * PAGE, (pages if size is None else size) * PAGE, flags, new)


def word(va, register="s1"):
    return f"li t0, {va}\nld {register}, 0(t0)\n"


@pytest.mark.both_engines
def test_F120_pages_are_found_at_their_new_place_and_nothing_was_copied():
    result = run(mapped(3) + move(3) + "mv s3, a0\n" + word(NEW) + word(NEW + 2 * PAGE, "s2") + show("s1", "s2", "s3"))
    assert words(result) == [OLD, OLD + 2 * PAGE, NEW]
    assert result.counters["mremap.moved_pages"] == 3
    assert result.counters["zero.fills"] == run(mapped(3)).counters["zero.fills"] + 1  # the page that `show` writes
    assert result.counters["cow.copies"] == 0


@pytest.mark.both_engines
def test_F67_nothing_is_left_where_they_were():
    assert run(mapped(1) + move(1) + word(OLD)).exit_status == 128 + signal.SIGSEGV


@pytest.mark.both_engines
def test_F43_one_flush_is_of_where_they_were():
    (row,) = rows(run(mapped(5) + move(5)), FlushCause.MOVE)
    assert (row["va"], row["pages"]) == (OLD, 5)


def test_a_move_costs_a_look_at_both_ptes_of_each_page():
    few, many = (paid(run(mapped(pages) + marked(move(pages))))["kernel.pte"] for pages in (3, 10))
    assert many - few == 7 * (PRICE["pte_drop"] + PRICE["pte"])


def test_pages_that_nobody_has_touched_move_and_stay_so():
    text = call("mmap", OLD, 4 * PAGE, READ_WRITE, PRIVATE | ANONYMOUS | FIXED, -1, 0) + move(4) + word(NEW)
    result = run(text + show("s1"))
    assert words(result) == [0]
    assert (result.counters["mremap.moved_pages"], rows(result, FlushCause.MOVE).size) == (0, 0)


def test_F1_what_a_fork_shares_stays_shared_wherever_it_goes():
    child = move(1) + word(NEW) + f"li t0, {NEW}\nsd zero, 0(t0)\n" + show("s1")
    result = run(mapped(1) + fork(child, word(OLD) + show("s1")))
    assert words(result) == [OLD, OLD]
    assert result.counters["cow.copies"] == 1


@pytest.mark.both_engines
def test_memory_that_is_shared_moves_for_one_process_alone():
    child = move(1) + f"li t0, {NEW}\nli t1, 9\nsd t1, 0(t0)\n"
    result = run(mapped(1, flags=SHARED) + fork(child, word(OLD) + show("s1")))
    assert words(result) == [9]


def test_F121_shared_memory_can_be_seen_twice():
    text = mapped(1, flags=SHARED) + move(0, size=1) + f"li t0, {NEW}\nli t1, 9\nsd t1, 0(t0)\n"
    assert words(run(text + word(OLD) + show("s1"))) == [9]


def test_F121_dontunmap_leaves_untouched_memory_that_is_no_more_locked():
    text = mapped(2) + call(MLOCK, OLD, 2 * PAGE) + move(2, flags=DONTUNMAP) + word(OLD) + word(NEW, "s2")
    dropped = call("madvise", OLD, PAGE, 4) + "mv s3, a0\n" + call("madvise", NEW, PAGE, 4) + "mv s4, a0\n"
    assert words(run(text + dropped + show("s1", "s2", "s3", "s4"))) == [0, OLD, 0, -errno.EINVAL]


def test_F121_what_grows_in_place_if_it_is_locked_is_mapped_at_once():
    text = mapped(1) + call(MLOCK, OLD, PAGE) + move(1, flags=0, size=3) + "mv s3, a0\n"
    text += call(MLOCK, OLD, 3 * PAGE) + marked(word(OLD + 2 * PAGE))  # one region: a hole would give ENOMEM
    result = run(text + show("s3", "a0"))
    assert words(result)[0] == OLD
    first, last = (mark.cycle for mark in result.marks[:2])
    during = result.events[(result.events["cycle"] >= first) & (result.events["cycle"] < last)]
    assert Event.ZERO_FILL not in during["kind"]


def test_F121_what_cannot_grow_in_place_moves():
    text = mapped(1) + mapped(1, OLD + PAGE) + move(1, flags=MAYMOVE, size=2) + "mv s2, a0\nld s1, 0(s2)\n"
    first, place = words(run(text + show("s1", "s2")))
    assert first == OLD
    assert place % PAGE == 0 != place - OLD


def test_page_tables_that_a_move_empties_go_with_the_same_flush():
    far = 1 << 33
    result = run(mapped(1, far) + move(1, old=far) + leave(7))
    (row,) = rows(result, FlushCause.MOVE)
    assert (result.exit_status, row["tables"]) == (7, 1)


def test_F63_without_frames_for_page_tables_nothing_moves():
    """Memory is left for fewer and fewer frames, until none is left for the first store."""
    far, outcomes = 1 << 34, []
    for pages in range(225, 256):
        eat = call("mmap", OLD + PAGE, pages * PAGE, READ_WRITE, PRIVATE | ANONYMOUS | FIXED, -1, 0)
        eat += f"li s8, {OLD + PAGE}\n" + each_page(pages, "sd t0, 0(t0)")
        text = mapped(1) + eat + move(1, new=far) + f"mv s1, a0\nli t0, {OLD}\nbltz a0, 1f\nmv t0, a0\nli s1, 0\n"
        text += f"1: ld s2, 0(t0)\nli t0, {OLD}\nneg s1, s1\nbeq t0, s2, 1f\nli s1, 99\n1: {leave('s1')}"
        outcomes.append(run(text, memory="1MiB").exit_status)
    assert sorted(set(outcomes)) == [0, errno.ENOMEM, 128 + signal.SIGKILL]
    assert outcomes == sorted(outcomes)


# huge pages


def huge(flags=TO, old=OLD, new=NEW, size=HUGE):
    """Map 4 MiB, a huge page of which is touched, and move it."""
    text = call("mmap", OLD, 2 * HUGE, READ_WRITE, PRIVATE | ANONYMOUS | FIXED, -1, 0) + f"li s8, {OLD}\nsd s8, 8(s8)\n"
    text += f"li t0, {OLD + HUGE - PAGE}\nsd t0, 0(t0)\n" + call(MREMAP, old, size, size, flags, new)
    at = new + HUGE - PAGE + OLD - old
    return run(text + f"li s1, 0\nli t0, {at}\nld s1, 0(t0)\n" + show("s1"), huge="always", memory="16MiB")


def test_F120_a_huge_page_moves_whole_with_one_invalidation():
    result = huge()
    assert words(result) == [OLD + HUGE - PAGE]
    assert result.counters["huge.splits"] == 0
    assert [(row["pages"], row["own"]) for row in rows(result, FlushCause.MOVE)] == [(512, PRICE["flush_page"])]
    assert result.counters["mremap.moved_pages"] == 512


def test_F120_a_huge_page_is_split_where_it_would_not_be_aligned():
    result = huge(new=NEW + PAGE)
    assert words(result) == [OLD + HUGE - PAGE]
    assert result.counters["huge.splits"] == 1


def test_F113_a_huge_page_is_split_where_a_part_of_it_moves():
    result = huge(old=OLD + PAGE, new=NEW + PAGE)
    assert words(result) == [OLD + HUGE - PAGE]
    assert result.counters["huge.splits"] == 1


# other harts

USE = f"li s8, {OLD}\nld s9, 0(s8)\nld s10, 8(s0)\n"


def moving(flags=DONTUNMAP):
    """Another hart reads pages that are moved away, zeros coming in their place."""
    return mapped(3) + threads(move(3, flags=flags), USE, warm=USE)


@pytest.mark.parametrize("tlb", ["lru", "adversarial"])
@pytest.mark.parametrize("flush", STRATEGIES)
def test_F43_F45_no_hart_finds_them_where_they_were(flush, tlb):
    assert run(moving(), DATA, BSS, harts=2, flush=flush, tlb=tlb).exit_status == 0


def test_F45_a_hart_that_is_not_told_does():
    machine = Machine(harts=2, memory="8MiB", check_stale=True, overrides={"bug": "missing-remote"})
    machine.spawn(assemble(source(moving(), DATA, BSS)))
    assert machine.run(1_000_000).counters["stale.uses"] > 0


# what is told


def test_F100_an_event_tells_how_many_pages_went_where():
    result = run(mapped(3) + move(3))
    event = the(result, Event.MOVE)
    assert (event["pages"], event["va"], event["value"]) == (3, OLD, NEW)
    assert event["invalidations"] == 1
