"""madvise(2) of pages that a swap device may have: MADV_FREE, _COLD, _PAGEOUT, as Linux has them."""

import errno

import pytest

from tests.running import ANONYMOUS, PAGE, SHARED, call, fork, mmap, run, show, words

pytestmark = pytest.mark.both_engines

FREE, COLD, PAGEOUT = 8, 20, 21
MAPPED = mmap(2 * PAGE) + "mv s8, a0\n"
WRITTEN = MAPPED + "li t0, 77\nsd t0, 0(s8)\n"
READ = "ld s1, 0(s8)\n" + show("s1")


def advise(advice, pages=1):
    """The call; a0 has its result."""
    return call("madvise", "s8", pages * PAGE, advice)


def swapped(text, **machine):
    """Run a program on a machine with a swap device."""
    return run(text, swap="1MiB", **machine)


def test_what_madv_free_gives_up_is_there_until_frames_are_wanted():
    assert words(swapped(WRITTEN + advise(FREE) + READ)) == [77]


def test_and_is_dropped_then_without_being_written():
    result = swapped(WRITTEN + advise(FREE) + advise(PAGEOUT) + READ)
    assert words(result) == [0]
    assert (result.counters["reclaim.lazy"], result.counters["swap.out"]) == (1, 0)


@pytest.mark.parametrize("ad", ["svadu", "svade"])
@pytest.mark.parametrize("paging", ["sv39", "arm64"])
def test_a_store_after_it_keeps_the_page(paging, ad):
    store = "li t0, 78\nsd t0, 0(s8)\n"
    result = swapped(WRITTEN + advise(FREE) + store + advise(PAGEOUT) + READ, paging=paging, ad=ad)
    assert words(result) == [78]
    assert result.counters["swap.out"] == 1


def test_a_page_that_a_child_has_too_is_not_given_up():
    """As on Linux: mapped twice, it is left as it is."""
    text = WRITTEN + fork(advise(FREE) + advise(PAGEOUT) + READ)
    result = swapped(text + READ)
    assert words(result) == [77, 77]
    assert result.counters["reclaim.lazy"] == 0


def test_a_swapped_page_is_given_up_at_once():
    result = swapped(WRITTEN + advise(PAGEOUT) + advise(FREE) + READ)
    assert words(result) == [0]
    assert result.counters["swap.in"] == 0


def test_without_a_device_madv_free_drops_at_once():
    assert words(run(WRITTEN + advise(FREE) + READ)) == [0]


def test_a_page_that_a_child_has_too_is_not_paged_out():
    """As on Linux: it may be in use by the other."""
    result = swapped(WRITTEN + fork(advise(PAGEOUT)) + READ)
    assert result.counters["reclaim.pages"] == 0


def test_shared_memory_stays():
    text = WRITTEN.replace(mmap(2 * PAGE), mmap(2 * PAGE, flags=SHARED | ANONYMOUS))
    result = swapped(text + advise(PAGEOUT) + READ)
    assert words(result) == [77]
    assert result.counters["reclaim.pages"] == 0


def test_cold_pages_are_flushed_and_stay():
    result = swapped(WRITTEN + advise(COLD) + READ)
    assert words(result) == [77]
    assert result.counters["reclaim.pages"] == 0
    assert result.counters["flush.page"] > 0


@pytest.mark.parametrize("advice", [FREE, COLD, PAGEOUT])
def test_a_hole_is_enomem_and_what_is_mapped_is_done(advice):
    hole = WRITTEN + "li t0, 4096\nadd s9, s8, t0\n" + call("munmap", "s9", PAGE)
    assert words(swapped(hole + advise(advice, 2) + "mv s1, a0\n" + show("s1"))) == [-errno.ENOMEM]


@pytest.mark.parametrize("advice", [FREE, COLD, PAGEOUT])
def test_locked_memory_is_einval(advice):
    text = WRITTEN + call(228, "s8", PAGE) + advise(advice) + "mv s1, a0\n" + show("s1")
    assert words(swapped(text)) == [-errno.EINVAL]
