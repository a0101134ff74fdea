"""Equal pages that become one (`ksm`): read-only, for all who have it; a write breaks it by a copy. F1, F61, F68."""

import errno

import pytest

from emulator.base.names import Event
from tests.running import (
    ANONYMOUS,
    PAGE,
    PROT_READ,
    READ_WRITE,
    SHARED,
    call,
    faults,
    fork,
    mmap,
    run,
    show,
    the,
    words,
)

pytestmark = pytest.mark.both_engines

MERGEABLE, UNMERGEABLE = 12, 13
TWO = mmap(2 * PAGE) + "mv s8, a0\nli t0, 4096\nadd s9, s8, t0\nli t0, 77\nsd t0, 16(s8)\nsd t0, 16(s9)\n"
OFFERED = call("madvise", "s8", 2 * PAGE, MERGEABLE)
SCAN = call("getpid")  # the first call after so many cycles
READ = "ld s1, 16(s8)\nld s2, 16(s9)\n" + show("s1", "s2")
WRITE = "li t0, 5\nsd t0, 16(s9)\n"


def merging(text, **machine):
    """Run a program on a machine that looks for equal pages at every system call."""
    return run(text, overrides={"ksm": 1}, **machine)


@pytest.mark.parametrize("paging", ["sv39", "x86-64", "arm64"])
def test_equal_pages_become_one_and_read_as_before(paging):
    result = merging(TWO + OFFERED + SCAN + READ, paging=paging)
    assert words(result) == [77, 77]
    assert result.counters["ksm.merged"] == 1
    assert the(result, Event.MERGE)["value"] == 1


def test_a_merged_page_gives_its_frame_back():
    """No frame is handed out between: the first page of another mapping has the frame that was given back."""
    alone, both = (run(TWO + OFFERED + SCAN, overrides={"ksm": ksm}).counters for ksm in (10**9, 1))
    assert both["frames.freed"] == alone["frames.freed"] == both["frames.allocated"] - both["frames.in_use"] + 2


def test_pages_that_were_not_offered_stay_apart():
    assert merging(TWO + SCAN + READ).counters["ksm.merged"] == 0


def test_pages_that_differ_stay_apart():
    assert merging(TWO + WRITE + OFFERED + SCAN + READ).counters["ksm.merged"] == 0


def test_F67_pages_that_were_offered_can_be_made_read_only_and_writable_again():
    again = call("mprotect", "s8", 2 * PAGE, PROT_READ) + call("mprotect", "s8", 2 * PAGE, READ_WRITE)
    assert words(merging(TWO + OFFERED + again + "mv s1, a0\n" + show("s1"))) == [0]


def test_without_ksm_the_advice_is_invalid():
    """As on Linux without CONFIG_KSM."""
    assert words(run(TWO + OFFERED + "mv s1, a0\n" + show("s1"))) == [-errno.EINVAL]


def test_F61_a_write_to_a_merged_page_copies_and_the_other_one_stays():
    result = merging(TWO + OFFERED + SCAN + WRITE + READ)
    assert words(result) == [77, 5]
    assert faults(result).count("COPY") == 1
    assert result.counters["ksm.broken"] == result.counters["cow.copies"] == 1
    assert result.counters["cow.reuses"] == 0


def test_F61_the_last_one_that_has_a_merged_page_reuses_it():
    result = merging(TWO + OFFERED + SCAN + WRITE + "sd t0, 16(s8)\n" + READ)
    assert words(result) == [5, 5]
    assert result.counters["cow.reuses"] == 1
    assert result.counters["ksm.broken"] == 1


def test_F66_a_write_of_the_kernel_breaks_it_too():
    result = merging(TWO + OFFERED + SCAN + call(113, 0, "s9") + "ld s1, 16(s8)\n" + show("s1"))
    assert words(result) == [77]
    assert result.counters["ksm.broken"] == 1


def test_pages_of_two_processes_become_one():
    """The child has copied both pages; what it wrote equals what its parent wrote."""
    child = "li t0, 5\nsd t0, 16(s8)\nsd t0, 16(s9)\n" + SCAN + READ
    result = merging(TWO + OFFERED + fork(child) + WRITE + READ)
    assert words(result) == [5, 5, 77, 5]
    assert result.counters["ksm.merged"] >= 2


def test_undone_pages_have_frames_of_their_own():
    result = merging(TWO + OFFERED + SCAN + call("madvise", "s8", 2 * PAGE, UNMERGEABLE) + WRITE + READ)
    assert words(result) == [77, 5]
    assert (result.counters["ksm.merged"], result.counters["ksm.broken"]) == (1, 1)


def test_shared_memory_is_taken_and_left_as_it_is():
    text = TWO.replace(mmap(2 * PAGE), mmap(2 * PAGE, flags=SHARED | ANONYMOUS))
    result = merging(text + OFFERED + "mv s3, a0\n" + SCAN + show("s3"))
    assert words(result) == [0]
    assert result.counters["ksm.merged"] == 0
