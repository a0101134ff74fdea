"""Pages that were swapped out: what a fault finds there, what page tables and slots say. F61, F62, F63, F68."""

import pytest

from emulator.base.bits import D, W
from emulator.base.names import Event
from tests.running import (
    ANONYMOUS,
    FIXED,
    PAGE,
    PRIVATE,
    PROT_NONE,
    PROT_READ,
    READ_WRITE,
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

DONTNEED, WILLNEED, PAGEOUT = 4, 3, 21
FORMATS = ["sv39", "x86-64", "arm64"]
MMAP = mmap(2 * PAGE) + "mv s8, a0\n"
WRITTEN = MMAP + "li t0, 77\nsd t0, 0(s8)\n"
OUT = call("madvise", "s8", PAGE, PAGEOUT)
READ = "ld s1, 0(s8)\n"
SHOW = READ + show("s1")


def swapped(text, data="", **machine):
    """Run a program on a machine with a swap device."""
    return run(text, data, swap="1MiB", **machine)


@pytest.mark.parametrize("paging", FORMATS)
def test_a_page_comes_back_as_it_went(paging):
    result = swapped(WRITTEN + OUT + SHOW, paging=paging)
    assert words(result) == [77]
    assert faults(result).count("SWAP_IN") == 1
    assert {name: result.counters[name] for name in ("swap.out", "swap.in", "fault.major")} == {
        "swap.out": 1,
        "swap.in": 1,
        "fault.major": 1,
    }


def test_without_a_device_madv_pageout_takes_nothing_away():
    result = run(WRITTEN + OUT + SHOW)
    assert words(result) == [77]
    assert result.counters["reclaim.pages"] == 0


def test_a_page_that_was_only_read_since_is_not_written_again():
    result = swapped(WRITTEN + OUT + READ + OUT + SHOW)
    assert words(result) == [77]
    assert (result.counters["swap.out"], result.counters["swap.clean"], result.counters["swap.in"]) == (1, 1, 2)


@pytest.mark.parametrize("ad", ["svadu", "svade"])
def test_a_page_that_was_read_and_then_written_to_is_written_again(ad):
    """D set by a store that does not fault is not lost (F19)."""
    result = swapped(WRITTEN + OUT + READ + "li t0, 78\nsd t0, 0(s8)\n" + OUT + SHOW, ad=ad)
    assert words(result) == [78]
    assert result.counters["swap.out"] == 2


def test_the_mistake_of_forgetting_d_loses_a_store():
    text = WRITTEN + OUT + READ + "li t0, 78\nsd t0, 0(s8)\n" + OUT + SHOW
    assert words(swapped(text, overrides={"bug": "swap-in-losing-d"})) == [77]


def test_a_page_that_comes_back_for_a_read_is_not_dirty_and_for_a_write_is():
    read, write = swapped(WRITTEN + OUT + READ), swapped(WRITTEN + OUT + "sd zero, 0(s8)\n")
    rights = [result.rights_of(the(result, Event.SWAP_IN)["pte_after"]) for result in (read, write)]
    assert [bits & (W | D) for bits in rights] == [W, W | D]


def test_a_page_of_zeros_is_never_taken_away():
    assert swapped(MMAP + READ + OUT).counters["reclaim.pages"] == 0


def test_locked_pages_stay():
    result = swapped(
        WRITTEN + call(228, "s8", PAGE) + call("madvise", "s8", PAGE, PAGEOUT) + "mv s1, a0\n" + show("s1")
    )
    assert words(result) == [-22]
    assert result.counters["reclaim.pages"] == 0


@pytest.mark.parametrize("fork_mode", ["cow", "eager"])
def test_a_child_has_a_page_that_was_swapped_out_before_the_fork(fork_mode):
    """Both name the slot: the one reads it, the other finds that frame, and a store copies it (F1, F3)."""
    text = WRITTEN + OUT + fork(SHOW + "li t0, 5\nsd t0, 0(s8)\n" + SHOW, "", SHOW)
    result = swapped(text + SHOW, fork=fork_mode)
    assert words(result) == [77, 77, 5, 77] or words(result) == [77, 5, 77, 77]
    assert result.counters["swap.in"] == 1
    assert "SWAP_MAP" in faults(result)


def test_F61_a_frame_that_the_slot_of_another_process_has_is_not_reused():
    """The parent's page table names the slot, so the child's store copies although no other PTE maps the frame."""
    text = WRITTEN + OUT + fork(READ + "li t0, 5\nsd t0, 0(s8)\n" + SHOW)
    result = swapped(text + SHOW)
    assert words(result) == [5, 77]
    assert faults(result).count("COPY") >= 1


GIVEN_UP = {
    "munmap": WRITTEN + OUT + call("munmap", "s8", PAGE),
    "madvise": WRITTEN + OUT + call("madvise", "s8", PAGE, DONTNEED),
    "exit": fork(WRITTEN + OUT),
    "a write": WRITTEN + OUT + "sd t0, 0(s8)\n",
}


@pytest.mark.parametrize("way", GIVEN_UP)
def test_F68_a_slot_is_free_again_when_nobody_needs_its_page(way):
    """The device has room for one page: the fifth is swapped out as the first was."""
    result = run(f"li s9, 5\n1:\n{GIVEN_UP[way]}addi s9, s9, -1\nbnez s9, 1b\n", swap="4KiB")
    assert result.counters["swap.out"] == 5


def test_a_full_device_takes_no_more_pages():
    text = WRITTEN + "li t1, 4096\nadd s9, s8, t1\nsd t0, 0(s9)\n" + call("madvise", "s8", 2 * PAGE, PAGEOUT)
    result = run(text + SHOW, swap="4KiB")
    assert words(result) == [77]
    assert result.counters["reclaim.pages"] == 1


def test_dropped_swapped_pages_read_as_zeros():
    assert words(swapped(WRITTEN + OUT + call("madvise", "s8", PAGE, DONTNEED) + SHOW)) == [0]


def test_a_mapping_in_its_place_reads_as_zeros():
    again = mmap(PAGE, flags=PRIVATE | ANONYMOUS | FIXED).replace("li a0, 0", "mv a0, s8")
    assert words(swapped(WRITTEN + OUT + again + SHOW)) == [0]


@pytest.mark.parametrize("paging", FORMATS)
def test_F67_a_swapped_page_follows_its_region(paging):
    none, both = (call("mprotect", "s8", PAGE, prot) for prot in (PROT_NONE, READ_WRITE))
    assert words(swapped(WRITTEN + OUT + none + both + SHOW, paging=paging)) == [77]
    assert words(swapped(WRITTEN + none + OUT + both + SHOW, paging=paging)) == [77]
    assert swapped(WRITTEN + OUT + none + READ, paging=paging).exit_status == 128 + 11


def test_F2_a_store_to_a_swapped_page_that_is_read_only_by_then_is_refused():
    text = WRITTEN + OUT + call("mprotect", "s8", PAGE, PROT_READ)
    assert words(swapped(text + SHOW)) == [77]
    assert swapped(text + "sd zero, 0(s8)\n").exit_status == 128 + 11


def test_mincore_says_that_a_swapped_page_is_out():
    text = WRITTEN + call(232, "s8", PAGE, "=shown") + "la t0, shown\nlbu s1, 0(t0)\n"
    text += OUT + call(232, "s8", PAGE, "=shown") + "la t0, shown\nlbu s2, 0(t0)\n" + show("s1", "s2")
    assert words(swapped(text)) == [1, 0]


def test_madv_willneed_reads_it_before_it_is_wanted():
    result = swapped(WRITTEN + OUT + call("madvise", "s8", PAGE, WILLNEED) + SHOW)
    assert words(result) == [77]
    assert (result.counters["swap.in"], result.counters["fault.major"]) == (1, 0)


def test_F66_the_kernel_reads_and_writes_swapped_pages():
    assert words(swapped(WRITTEN + OUT + call("write", 1, "s8", 8))) == [77]
    text = WRITTEN + OUT + call(113, 0, "s8") + SHOW  # clock_gettime
    assert words(swapped(text)) != [77]


def test_a_page_of_the_program_is_dropped_and_comes_from_its_file():
    """Text is never written to swap (F7, F69); it is shared again when it has come back."""
    out = call("madvise", "=_start", PAGE, PAGEOUT)
    result = swapped("j 1f\n1:\n" + out + "mv s1, a0\n" + show("s1"))
    assert words(result) == [0]
    assert result.counters["swap.out"] == 0
    assert result.counters["reclaim.file"] == result.counters["file.fills"] == 1


def test_data_that_was_changed_is_swapped_out():
    text = "la s8, d\nli t0, 9\nsd t0, 0(s8)\n" + OUT + SHOW
    result = swapped(text, "d: .dword 7, 8")
    assert words(result) == [9]
    assert result.counters["swap.in"] == 1


@pytest.mark.parametrize("flush", ["ceiling:33", "ceiling:33+latr", "ceiling:33+batch", "full+lazy"])
def test_swapped_pages_go_with_whatever_strategy_unmaps_them(flush):
    text = WRITTEN + "sd t0, 8(s8)\nli t1, 4096\nadd s9, s8, t1\nsd t0, 0(s9)\n" + OUT
    assert words(swapped(text + call("munmap", "s8", 2 * PAGE) + "li s1, 3\n" + show("s1"), flush=flush)) == [3]
