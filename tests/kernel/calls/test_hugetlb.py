"""mmap with MAP_HUGETLB: pages of 2 MiB and no others (F116)."""

import errno

import pytest

from emulator.base.names import Event
from tests.running import ANONYMOUS, FIXED, PAGE, PRIVATE, READ_WRITE, SHARED, call, fork, kinds, run, show, words

HUGETLB = 0x40000
HUGE = 2 << 20
PLACE = 0x40000000
SHOW_A0 = "mv s11, a0\n" + show("s11")
KINDS = ("HUGE_FILL", "HUGE_SHARE", "HUGE_COPY", "HUGE_REUSE", "HUGE_MAP", "COPY")


def mapped(length=2 * HUGE, sharing=PRIVATE, more=0, place=PLACE, prot=READ_WRITE, offset=0):
    """The call; a0 has its result."""
    return call("mmap", place, length, prot, sharing | ANONYMOUS | HUGETLB | more, -1, offset)


READY = mapped(more=FIXED) + f"li s1, {PLACE}\nli s2, 7\n"


def ran(text, **machine):
    machine.setdefault("memory", "32MiB")
    return run(text, **machine)


@pytest.mark.parametrize(
    ("text", "expected"),
    [  # as Linux 6.18 answers, where it has huge pages of 2 MiB and none of 1 GiB
        (mapped(HUGE, more=FIXED), PLACE),
        (mapped(1, more=FIXED), PLACE),
        (mapped(HUGE, more=FIXED | 21 << 26), PLACE),
        (mapped(HUGE, more=FIXED | 30 << 26), -errno.ENOMEM),
        (mapped(HUGE, more=FIXED | 16 << 26), -errno.EINVAL),
        (mapped(0, more=FIXED), -errno.EINVAL),
        (mapped(HUGE, more=FIXED, place=PLACE + PAGE), -errno.EINVAL),
        (mapped(HUGE, offset=PAGE), -errno.EINVAL),
        (mapped(64 << 20, more=FIXED), -errno.ENOMEM),
        (call("mmap", 0, HUGE, READ_WRITE, PRIVATE | HUGETLB, 0, 0), -errno.EINVAL),
        (call("mmap", 0, HUGE, READ_WRITE, PRIVATE | HUGETLB, 99, 0), -errno.EBADF),
        (READY + call("munmap", PLACE, PAGE), -errno.EINVAL),
        (READY + call("munmap", PLACE + HUGE, HUGE), 0),
        (READY + call("mprotect", PLACE, PAGE, 1), -errno.EINVAL),
        (READY + call("mprotect", PLACE, HUGE, 1), 0),
        (READY + call("madvise", PLACE + PAGE, HUGE, 4), -errno.EINVAL),
        (READY + call("madvise", PLACE, HUGE, 4), 0),
        (READY + call("madvise", PLACE, HUGE, 8), -errno.EINVAL),
        (READY + call("madvise", PLACE, HUGE, 18), -errno.EINVAL),
        (READY + call("madvise", PLACE, HUGE, 25), -errno.EINVAL),
        (READY + call("mmap", PLACE + PAGE, PAGE, READ_WRITE, PRIVATE | ANONYMOUS | FIXED, -1, 0), -errno.EINVAL),
    ],
)
def test_F116_calls_answer_as_linux_does(text, expected):
    assert words(ran(text + SHOW_A0)) == [expected]


def test_F116_a_place_of_the_kernels_choice_is_aligned():
    (place,) = words(ran(mapped(place=0) + SHOW_A0))
    assert place % HUGE == 0


def test_F116_a_length_counts_in_huge_pages():
    text = mapped(1, more=FIXED) + f"li s1, {PLACE + HUGE - 8}\nsd s1, 0(s1)\nld s2, 0(s1)\n" + show("s2")
    assert words(ran(text)) == [PLACE + HUGE - 8]


@pytest.mark.parametrize("paging", ["sv39", "x86-64", "arm64"])
def test_F116_a_read_has_frames_of_its_own_and_a_store_then_copies_nothing(paging):
    result = ran(READY + "ld s3, 8(s1)\nsd s2, 8(s1)\nld s4, 8(s1)\n" + show("s3", "s4"), paging=paging)
    assert words(result) == [0, 7]
    assert kinds(result, *KINDS) == ["HUGE_FILL", "HUGE_REUSE"]


@pytest.mark.parametrize("paging", ["sv39", "x86-64", "arm64"])
def test_F116_a_write_to_a_shared_one_copies_it_whole(paging):
    shown = "ld s3, 8(s1)\n" + show("s3")
    result = ran(READY + "sd s2, 8(s1)\n" + fork("li t0, 9\nsd t0, 8(s1)\n" + shown, shown), paging=paging)
    assert words(result) == [9, 7]
    assert "HUGE_COPY" in kinds(result, *KINDS)
    assert result.counters["huge.copies"] == 1
    assert result.counters["huge.splits"] == 0


@pytest.mark.parametrize("paging", ["sv39", "x86-64", "arm64"])
def test_F60_F116_a_shared_mapping_is_seen_by_all_and_never_copied(paging):
    text = mapped(sharing=SHARED, more=FIXED) + f"li s1, {PLACE}\nli s2, 7\n"
    text += fork("sd s2, 8(s1)\n", "ld s3, 8(s1)\nsd s2, 16(s1)\n" + show("s3"))
    result = ran(text, paging=paging)
    assert words(result) == [7]
    assert kinds(result, *KINDS) == ["HUGE_SHARE", "HUGE_SHARE"]
    assert result.counters["huge.copies"] == 0


def test_F116_a_fault_that_finds_no_huge_page_ends_in_sigbus():
    filling = call("mmap", 0, 7 << 20, READ_WRITE, PRIVATE | ANONYMOUS, -1, 0) + "mv s3, a0\n"
    text = mapped(HUGE, more=FIXED) + filling + call("madvise", "s3", 6 << 20, 23) + f"li s1, {PLACE}\nsd s1, 0(s1)\n"
    result = ran(text, memory="8MiB")
    assert result.processes[0].signal == 7
    assert result.events["kind"][-2] == Event.OUT_OF_MEMORY
