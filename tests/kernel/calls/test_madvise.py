"""madvise(2): MADV_DONTNEED takes pages back at once; they read as zeros again."""

import errno

import pytest

from emulator.base.kernel_names import FlushCause
from tests.running import ANONYMOUS, PAGE, PROT_READ, READ_WRITE, SHARED, call, fork, mmap, run, show, words
from tests.threads import BSS, DATA, DONTNEED, threads

pytestmark = pytest.mark.both_engines

SHOW_A0 = "mv s11, a0\n" + show("s11")
WRITTEN = (
    mmap(3 * PAGE)
    + "mv s8, a0\nli t0, 4096\nadd s9, s8, t0\nadd s10, s9, t0\nsd s8, 0(s8)\nsd s8, 0(s9)\nsd s8, 0(s10)\n"
)
READ = "ld s1, 0(s8)\nld s2, 0(s9)\nld s3, 0(s10)\nsltu s1, zero, s1\nsltu s2, zero, s2\nsltu s3, zero, s3\n" + show(
    "s1", "s2", "s3"
)
STRATEGIES = [
    "ceiling:33",
    "full",
    "asid+lazy",
    "ceiling:33+latr",
    "ceiling:33+batch",
    "ceiling:33+abis",
    "ceiling:33+broadcast",
]


def ran(text, harts=1, **machine):
    """Run a program that has the data of `tests.threads`."""
    return run(text, DATA, BSS, harts=harts, **machine)


def dropped(place, pages):
    """The call; a0 has its result."""
    return call(233, place, pages * PAGE, DONTNEED)


def test_dropped_pages_read_as_zeros():
    assert words(ran(WRITTEN + dropped("s9", 1) + READ)) == [1, 0, 1]


def test_dropped_pages_give_their_frames_back():
    counters = ran(WRITTEN + dropped("s8", 3)).counters, ran(WRITTEN).counters
    assert counters[0]["frames.allocated"] == counters[1]["frames.allocated"]
    again = ran(WRITTEN + (dropped("s8", 3) + "sd s8, 0(s8)\nsd s8, 0(s9)\nsd s8, 0(s10)\n") * 4).counters
    assert again["frames.peak"] == counters[1]["frames.peak"]


def test_dropped_pages_can_be_used_at_once():
    assert words(ran(WRITTEN + dropped("s8", 3) + "sd s8, 0(s9)\n" + READ)) == [0, 1, 0]


def test_a_length_counts_in_whole_pages():
    assert words(ran(WRITTEN + call(233, "s8", PAGE + 1, DONTNEED) + READ)) == [0, 0, 1]


def test_a_length_of_nothing_does_nothing():
    assert words(ran(WRITTEN + call(233, "s8", 0, DONTNEED) + SHOW_A0 + READ)) == [0, 1, 1, 1]


def test_an_address_has_to_be_a_page_s():
    assert words(ran(WRITTEN + "addi s8, s8, 8\n" + dropped("s8", 1) + SHOW_A0)) == [-errno.EINVAL]


def test_a_hole_in_the_range_is_refused():
    assert words(ran(WRITTEN + call("munmap", "s9", PAGE) + dropped("s8", 3) + SHOW_A0)) == [-errno.ENOMEM]


def test_advice_that_is_only_advice_changes_nothing():
    assert words(ran(WRITTEN + call(233, "s8", 3 * PAGE, 3) + SHOW_A0 + READ)) == [0, 1, 1, 1]  # WILLNEED


def test_unknown_advice_is_refused():
    assert words(ran(WRITTEN + call(233, "s8", 3 * PAGE, 99) + SHOW_A0)) == [-errno.EINVAL]


def test_a_read_only_page_may_be_dropped():
    text = WRITTEN + call("mprotect", "s8", 3 * PAGE, PROT_READ) + dropped("s8", 3) + READ
    assert words(ran(text)) == [0, 0, 0]


def test_shared_memory_keeps_what_it_holds():
    """Its pages are the object's: only this mapping of them goes."""
    text = mmap(PAGE, READ_WRITE, SHARED | ANONYMOUS) + "mv s8, a0\nli t0, 9\nsd t0, 0(s8)\n" + dropped("s8", 1)
    assert words(ran(text + "ld s1, 0(s8)\n" + show("s1"))) == [9]


def test_a_child_drops_its_own_copy_alone():
    assert words(ran(WRITTEN + fork(dropped("s8", 3) + READ, READ))) == [0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize("flush", STRATEGIES)
def test_F69_other_harts_read_the_files_bytes_once_the_call_has_returned(flush):
    """Under no strategy is it postponed: the addresses stay in use. The page holds a 7 in the program's file."""
    text = threads(
        "li t0, 9\nsd t0, 0(s0)\n" + dropped("s0", 1),
        "ld t1, 0(s0)",
        1,
        finish="ld t1, 0(s0)\nla t2, tids\nsd t1, 32(t2)\n",
        after="la t2, tids\nld s8, 32(t2)\n" + show("s8"),
    )
    assert words(ran(text, 2, flush=flush)) == [7]


@pytest.mark.parametrize("flush", ["ceiling:33", "ceiling:33+latr", "ceiling:33+batch"])
def test_each_other_hart_is_interrupted_once(flush):
    result = ran(threads(WRITTEN + dropped("s8", 3), "", 2), 3, flush=flush)
    (row,) = result.invalidations[result.invalidations["cause"] == FlushCause.DISCARD]
    assert (row["ipis"], row["pages"]) == (2, 3)
