"""What a page holds that was dropped: zeros, what a shared object has, or the bytes of the program's file (F69)."""

import pytest

from tests.running import PAGE, PROT_READ, READ_WRITE, call, fork, kinds, run, show, words

pytestmark = pytest.mark.both_engines

DONTNEED = 4
DROP = call("madvise", "=d", PAGE, DONTNEED)
READ = "ld s1, d\nld s2, d + 8\n" + show("s1", "s2")
DATA = "d: .dword 7, 8"


def test_F69_dropped_data_reads_as_in_the_programs_file():
    result = run("li t0, 9\nla t1, d\nsd t0, 0(t1)\n" + DROP + READ, DATA)
    assert words(result) == [7, 8]
    assert result.counters["file.fills"] == 1


def test_F69_a_store_to_dropped_data_keeps_the_rest_of_the_files_page():
    assert words(run(DROP + "li t0, 9\nla t1, d\nsd t0, 0(t1)\n" + READ, DATA)) == [9, 8]


def test_F69_dropped_text_runs_on_and_is_shared_as_before():
    result = run(call("madvise", "=_start", PAGE, DONTNEED) + "mv s1, a0\n" + show("s1"))
    assert words(result) == [0]
    assert kinds(result, "FILE_MAP") == ["FILE_MAP"]
    assert result.counters["file.fills"] == 0


def test_F69_text_that_was_made_writable_and_changed_comes_back_unchanged():
    change = call("mprotect", "=_start", PAGE, 7) + "la t0, there\nld s3, 0(t0)\nsd zero, 0(t0)\nld s1, 0(t0)\n"
    text = change + call("madvise", "=_start", PAGE, DONTNEED) + "la t0, there\nld s2, 0(t0)\nsub s2, s2, s3\n"
    result = run(text + show("s1", "s2") + "j 1f\n.balign 8\nthere: .dword 77\n1:\n")
    assert words(result) == [0, 0]


def test_F69_dropped_data_that_is_read_only_by_then_cannot_be_stored_to():
    text = call("mprotect", "=d", PAGE, PROT_READ) + DROP + READ
    assert words(run(text, DATA)) == [7, 8]
    assert run(text + "la t0, d\nsd zero, 0(t0)\n", DATA).exit_status == 128 + 11


def test_F69_a_page_that_was_read_only_when_it_came_back_may_be_made_writable_again():
    text = call("mprotect", "=d", PAGE, PROT_READ) + DROP + READ + call("mprotect", "=d", PAGE, READ_WRITE)
    assert words(run(text + "la t0, d\nli t1, 3\nsd t1, 0(t0)\n" + READ, DATA)) == [7, 8, 3, 8]


def test_F69_a_child_drops_its_own_copy_and_reads_the_file():
    change = "li t0, 9\nla t1, d\nsd t0, 0(t1)\n"
    assert words(run(change + fork(DROP + READ, READ), DATA)) == [7, 8, 9, 8]


def test_F69_a_region_that_is_cut_keeps_its_place_in_the_file():
    text = "la s0, d\nli t0, 4096\nadd s1, s0, t0\n"
    text += call("mprotect", "s1", PAGE, PROT_READ) + call("madvise", "=d", 3 * PAGE, DONTNEED)
    text += "ld s2, 0(s0)\nld s3, 0(s1)\nadd s1, s1, t0\nli t0, 4096\nadd s1, s1, t0\n"
    text = text.replace("add s1, s1, t0\nli t0, 4096\nadd s1, s1, t0", "li t0, 4096\nadd s1, s1, t0")
    data = "d: .dword 1\n.balign 4096\n.dword 2\n.balign 4096\n.dword 3"
    assert words(run(text + "ld s4, 0(s1)\n" + show("s2", "s3", "s4"), data)) == [1, 2, 3]


def test_dropped_bss_reads_as_zeros():
    text = "la t0, z\nsd sp, 0(t0)\n" + call("madvise", "=z", PAGE, DONTNEED) + "la t0, z\nld s1, 0(t0)\n" + show("s1")
    assert words(run(text, bss="z: .space 4096")) == [0]


def test_F68_frames_of_pages_that_came_back_are_given_back():
    text = (DROP + READ) * 3 + fork(DROP + READ)
    result = run(text, DATA)
    assert result.counters["frames.leaked"] == 0
    assert result.counters["file.fills"] == 4
