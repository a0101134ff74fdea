"""Files behind regions: private mappings copy against the page cache, shared ones are it (F60, F61, F67, F130 on)."""

import errno
from io import StringIO

import pytest
from rich.console import Console

from emulator.observe.explain import explain
from tests.kernel.io.test_files import CREAT, DATA, FTRUNCATE, PREAD, PWRITE, RDWR, opened, word
from tests.running import PAGE, PRIVATE, PROT_READ, READ_WRITE, SHARED, call, faults, fork, kinds, run, show, words

pytestmark = pytest.mark.both_engines

MADVISE_DONTNEED = 4
SIGBUS, SIGSEGV = 128 + 7, 128 + 11


def made(pages=1):
    """A file of so many pages, descriptor in s11, that begins with `text`."""
    return opened(RDWR | CREAT) + call(FTRUNCATE, "s11", pages * PAGE) + call(PWRITE, "s11", "=text", 8, 0)


def mapped(sharing, register="s0", length=PAGE, prot=READ_WRITE, offset=0):
    """The file mapped; its address in `register`."""
    return call("mmap", 0, length, prot, sharing, "s11", offset) + f"mv {register}, a0\n"


def after(text, data=DATA, **machine):
    """What `show` shows."""
    return words(run(text, data, **machine))


READ_BACK = call(PREAD, "s11", "=buffer", 8, 0) + "ld s1, buffer\n" + show("s1")


@pytest.mark.parametrize("sharing", [SHARED, PRIVATE])
def test_a_mapping_shows_what_was_written_to_the_file(sharing):
    assert after(made() + mapped(sharing) + "ld s1, 0(s0)\n" + show("s1")) == [word(b"abcdefgh")]


def test_a_store_to_a_shared_mapping_is_read_from_the_file():  # F131
    assert after(made() + mapped(SHARED) + "li t0, 5\nsd t0, 0(s0)\n" + READ_BACK) == [5]


def test_a_store_to_a_private_mapping_is_not():  # F131
    text = made() + mapped(PRIVATE) + "li t0, 5\nsd t0, 0(s0)\n" + READ_BACK + "ld s1, 0(s0)\n" + show("s1")
    assert after(text) == [word(b"abcdefgh"), 5]


@pytest.mark.parametrize(("sharing", "seen"), [(SHARED, b"ABCDEFGH"), (PRIVATE, b"ABCDEFGH")])
def test_a_write_is_seen_by_mappings_that_have_no_copy(sharing, seen):  # F131
    text = made() + mapped(sharing) + "ld s1, 0(s0)\n" + call(PWRITE, "s11", "=more", 8, 0) + "ld s1, 0(s0)\n"
    assert after(text + show("s1")) == [word(seen)]


def test_a_write_is_not_seen_by_a_private_page_that_has_been_stored_to():  # F131
    text = made() + mapped(PRIVATE) + "li t0, 5\nsd t0, 8(s0)\n" + call(PWRITE, "s11", "=more", 8, 0)
    assert after(text + "ld s1, 0(s0)\nld s2, 8(s0)\n" + show("s1", "s2")) == [word(b"abcdefgh"), 5]


def test_F61_a_private_page_that_was_read_is_copied_when_stored_to_though_nobody_else_maps_it():
    result = run(made() + mapped(PRIVATE) + "ld s1, 0(s0)\nsd s1, 8(s0)\n", DATA)
    assert faults(result)[-2:] == ["FILE_MAP", "COPY"]
    assert result.counters["cow.reuses"] == 0


def test_a_private_page_that_is_stored_to_first_is_filled_from_the_file_at_once():
    result = run(made() + mapped(PRIVATE) + "sd s1, 8(s0)\n", DATA)
    assert kinds(result, "FILE_FILL") == ["FILE_FILL"]
    assert result.counters["file.fills"] == 1


def test_F60_shared_pages_of_a_file_are_never_copied_by_fork():
    child = "li t0, 7\nsd t0, 0(s0)\n"
    result = run(made() + mapped(SHARED) + "ld s1, 0(s0)\n" + fork(child, "ld s1, 0(s0)\n" + show("s1")), DATA)
    assert words(result) == [7]
    assert result.counters["cow.copies"] <= 1  # the stack


def test_F67_beyond_the_last_page_of_the_file_is_sigbus():
    text = made() + mapped(SHARED, length=2 * PAGE) + "li t0, 4096\nadd t0, t0, s0\nld s1, -8(t0)\nld s1, 0(t0)\n"
    assert run(text, DATA).exit_status == SIGBUS


def test_F67_what_comes_after_the_end_on_the_last_page_is_zeros():
    text = opened() + call("write", "s11", "=text", 8) + mapped(SHARED) + "ld s1, 0(s0)\nld s2, 8(s0)\n"
    assert after(text + show("s1", "s2")) == [word(b"abcdefgh"), 0]


def test_F67_a_store_that_the_region_does_not_grant_is_sigsegv_even_beyond_the_end():
    text = made() + mapped(PRIVATE, length=2 * PAGE, prot=PROT_READ) + "li t0, 4096\nadd t0, t0, s0\nsd s1, 0(t0)\n"
    assert run(text, DATA).exit_status == SIGSEGV


@pytest.mark.parametrize("sharing", [SHARED, PRIVATE])
def test_F132_pages_that_a_file_loses_are_unmapped_copies_included(sharing):
    text = made(2) + mapped(sharing, length=2 * PAGE) + "li t0, 4096\nadd s2, t0, s0\nli t0, 9\nsd t0, 0(s2)\n"
    text += call(FTRUNCATE, "s11", PAGE) + "ld s1, 0(s0)\n" + show("s1")
    assert after(text) == [word(b"abcdefgh")]
    assert run(text + "ld s1, 0(s2)\n", DATA).exit_status == SIGBUS


def test_F132_a_file_that_grows_again_has_zeros_there():
    text = made(2) + mapped(SHARED, length=2 * PAGE) + "li t0, 4096\nadd s2, t0, s0\nli t0, 9\nsd t0, 0(s2)\n"
    text += call(FTRUNCATE, "s11", 4) + call(FTRUNCATE, "s11", 2 * PAGE) + "ld s1, 0(s0)\nld s3, 0(s2)\n"
    assert after(text + show("s1", "s3")) == [word(b"abcd\0\0\0\0"), 0]


def test_F132_other_processes_lose_the_page_too():
    shorter = call(FTRUNCATE, "s11", 0)
    text = made() + mapped(SHARED) + "ld s1, 0(s0)\n"
    assert run(text + fork(shorter, "ld s1, 0(s0)\n"), DATA).exit_status == SIGBUS


def test_a_dropped_private_copy_shows_the_file_again():  # F69
    text = made() + mapped(PRIVATE) + "li t0, 9\nsd t0, 0(s0)\n" + call("madvise", "s0", PAGE, MADVISE_DONTNEED)
    assert after(text + "ld s1, 0(s0)\n" + show("s1")) == [word(b"abcdefgh")]


def test_F68_a_file_that_is_still_mapped_when_its_process_ends_leaves_no_frame():
    result = run(made(3) + mapped(SHARED, length=3 * PAGE) + "sd s0, 0(s0)\n", DATA)
    assert result.counters["frames.leaked"] == 0


def test_F66_reading_a_file_into_a_page_that_fork_shares_copies_it_for_the_reader():
    """xv6's "file" case: copyout into a page that is copied on write."""
    child = call(PREAD, "s11", "=page", 8, 0) + "ld s1, page\n" + show("s1")
    text = made() + "la t0, page\nli t1, 9\nsd t1, 0(t0)\n" + fork(child, "ld s1, page\n" + show("s1"))
    result = run(text, DATA, "page: .space 4096")
    assert words(result) == [word(b"abcdefgh"), 9]
    assert "COPY" in kinds(result)


def test_F66_a_file_read_into_its_own_private_mapping_leaves_the_file_as_it_is():
    text = made() + mapped(PRIVATE) + "ld s1, 0(s0)\naddi s2, s0, 8\n" + call(PREAD, "s11", "s2", 8, 0)
    text += "ld s1, 8(s0)\n" + show("s1") + call(PREAD, "s11", "=buffer", 8, 8) + "ld s1, buffer\n"
    assert after(text + show("s1")) == [word(b"abcdefgh"), 0]


@pytest.mark.parametrize("harts", [1, 2])
def test_F134_a_file_that_becomes_shorter_takes_its_page_out_of_other_harts_tlbs(harts):
    """The child looks at the page over and over, until there is none."""
    child = "1: ld s1, 0(s0)\n" + call("sched_yield") + "j 1b\n"
    text = made() + mapped(SHARED) + "ld s1, 0(s0)\n"
    text += fork(child, meanwhile=call("sched_yield") * 5 + call(FTRUNCATE, "s11", 0), status="=buffer")
    assert after(text + "lw s1, buffer\n" + show("s1"), harts=harts) == [7]


def test_F136_mprotect_makes_no_shared_mapping_writable_whose_file_may_only_be_read():
    text = made() + call(57, "s11") + opened(0) + mapped(SHARED, prot=PROT_READ)
    text += call("mprotect", "s0", PAGE, READ_WRITE) + "mv s1, a0\n" + show("s1")
    text += mapped(PRIVATE, prot=PROT_READ) + call("mprotect", "s0", PAGE, READ_WRITE) + "mv s1, a0\n" + show("s1")
    assert after(text) == [-errno.EACCES, 0]


def test_a_page_of_a_file_of_the_host_is_read_into_a_frame_when_it_is_first_needed(tmp_path):
    (tmp_path / "file").write_bytes(b"ABCDEFGH" * 1024)
    text = opened(0) + mapped(SHARED, length=2 * PAGE, prot=PROT_READ) + "ld s1, 0(s0)\n" + show("s1")
    result = run(text, DATA, root=tmp_path)
    assert words(result) == [word(b"ABCDEFGH")]
    assert result.counters["file.reads"] == 1


def test_F130_a_store_to_a_shared_mapping_of_a_file_of_the_host_stays_in_memory(tmp_path):
    (tmp_path / "file").write_bytes(b"ABCDEFGH")
    result = run(opened(2) + mapped(SHARED) + "li t0, 0x41\nsb t0, 1(s0)\n", DATA, root=tmp_path)
    assert result.files == {"/file": b"AACDEFGH"}
    assert (tmp_path / "file").read_bytes() == b"ABCDEFGH"


def test_F135_a_mapping_outlives_the_name_and_the_descriptor():
    text = made() + mapped(SHARED) + call(35, -100, "=name", 0) + call(57, "s11") + "ld s1, 0(s0)\n" + show("s1")
    assert after(text) == [word(b"abcdefgh")]


def test_explain_tells_that_an_access_lies_beyond_the_end_of_a_file():
    text = made() + mapped(SHARED, length=2 * PAGE) + "li t0, 4096\nadd t0, t0, s0\nld s1, 0(t0)\n"
    console = Console(file=StringIO(), width=200)
    for part in explain(run(text, DATA).result):
        console.print(part)
    assert "supposed to be readable, but beyond the end of its file" in console.file.getvalue()
