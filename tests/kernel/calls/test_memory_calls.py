"""mmap, munmap, mprotect, brk: what they grant, what they refuse, where regions are cut (F67)."""

import pytest

from tests.running import (
    ANONYMOUS,
    FIXED,
    PAGE,
    PRIVATE,
    PROT_READ,
    READ_WRITE,
    SHARED,
    call,
    faults,
    fork,
    leave,
    mmap,
    run,
    show,
    words,
)

pytestmark = pytest.mark.both_engines

EPERM, EBADF, ENOMEM, EINVAL = 1, 9, 12, 22
SEGV = 139
ANON = PRIVATE | ANONYMOUS
USER_END = 1 << 38
FIVE = mmap(5 * PAGE) + "mv s0, a0\nli s1, 4096\n"


def result_of(*calls, before=""):
    """What these system calls return, in order."""
    text = before
    saved = [f"s{i + 2}" for i in range(len(calls))]
    for one, register in zip(calls, saved, strict=True):
        text += f"{one}mv {register}, a0\n"
    return words(run(text + show(*saved)))


def touch(page, instruction="sd zero, 0(t1)"):
    """Access page number `page` of the mapping at s0."""
    return f"li t0, {page * PAGE}\nadd t1, s0, t0\n{instruction}\n"


# mmap


def test_mmap_gives_whole_pages_that_lie_apart():
    first, second = result_of(mmap(1), mmap(3 * PAGE + 1))
    assert first % PAGE == second % PAGE == 0
    assert second + 4 * PAGE <= first or first + PAGE <= second
    assert 0 < second < USER_END


def test_mmap_takes_a_hint_that_is_free_and_not_one_that_is_taken():
    first, second = result_of(mmap(PAGE, hint=0x40000000), mmap(PAGE, hint=0x40000000))
    assert first == 0x40000000
    assert second > 0 != first - second


def test_mmap_fixed_replaces_what_was_there():
    store = "li t0, 7\nsd t0, 0(s0)\n"
    text = mmap(PAGE) + "mv s0, a0\n" + store + call("mmap", "s0", PAGE, 3, ANON | FIXED, -1, 0)
    result = run(text + "ld s1, 0(s0)\nsub s2, a0, s0\n" + show("s1", "s2"))
    assert words(result) == [0, 0]


def test_mmap_fixed_inside_a_mapping_replaces_just_its_pages():
    text = FIVE + "".join(touch(page, f"li t2, {page + 1}\nsd t2, 0(t1)") for page in range(5)) + "add s2, s0, s1\n"
    text += call("mmap", "s2", 2 * PAGE, 3, ANON | FIXED, -1, 0)
    text += "".join(touch(page, f"ld s{page + 2}, 0(t1)") for page in range(5)) + show("s2", "s3", "s4", "s5", "s6")
    assert words(run(text)) == [1, 0, 0, 4, 5]


def test_a_fork_after_mmap_fixed_over_data_shares_the_new_page():
    text = (
        "la s0, d\n"
        + call("mmap", "=d", PAGE, 3, ANON | FIXED, -1, 0)
        + fork("sd s0, 0(s0)", "ld s1, 0(s0)\n" + leave("s1"))
    )
    assert run(text, "d: .dword 7").exit_status == 0


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((0, 0, 3, ANON), EINVAL),
        ((0, -1, 3, ANON), ENOMEM),
        ((0, PAGE, 3, ANONYMOUS), EINVAL),
        ((0, PAGE, 3, ANON | SHARED), EINVAL),
        ((0, PAGE, 3, PRIVATE), EBADF),
        ((1, PAGE, 3, ANON | FIXED), EINVAL),
        ((0, PAGE, 3, ANON | FIXED), EPERM),
        ((USER_END, PAGE, 3, ANON | FIXED), ENOMEM),
        ((-PAGE, PAGE, 3, ANON | FIXED), ENOMEM),
        ((0, USER_END, 3, ANON), ENOMEM),
        ((0, (1 << 63) - 1, 3, ANON), ENOMEM),
        ((0, (1 << 63) - 1, 3, SHARED | ANONYMOUS), ENOMEM),
    ],
)
def test_mmap_refuses(arguments, error):
    assert result_of(call("mmap", *arguments, -1, 0)) == [-error]


def test_a_promise_of_more_than_there_is_costs_nothing():
    result = run(mmap(1 << 37) + "mv s0, a0\nli t0, 1\nslli t0, t0, 36\nadd s0, s0, t0\nsd t0, 0(s0)\n")
    assert (result.exit_status, faults(result)) == (0, ["ZERO_FILL"])


# shared memory


def test_shared_memory_is_seen_by_a_grandchild_after_its_maker_is_gone():
    text = mmap(2 * PAGE, flags=SHARED | ANONYMOUS) + "mv s0, a0\n"
    inner = fork("li t0, 5\nsd t0, 0(s0)\nli t1, 4096\nadd t1, t1, s0\nsd t0, 0(t1)", call("munmap", "s0", 2 * PAGE))
    assert (
        run(text + fork(inner, touch(1, "ld s1, 0(t1)") + "ld s2, 0(s0)\nadd s1, s1, s2\n" + leave("s1"))).exit_status
        == 10
    )


def test_a_page_of_a_split_shared_mapping_is_still_the_same_page():
    text = mmap(3 * PAGE, flags=SHARED | ANONYMOUS) + "mv s0, a0\n"
    child = "li t1, 4096\nadd s1, s0, t1\n" + call("munmap", "s1", PAGE) + touch(2, "li t2, 6\nsd t2, 0(t1)")
    assert run(text + fork(child, touch(2, "ld s1, 0(t1)") + leave("s1"))).exit_status == 6


def test_a_shared_page_unmapped_by_one_is_kept_for_the_other():
    text = mmap(PAGE, flags=SHARED | ANONYMOUS) + "mv s0, a0\nli t0, 8\nsd t0, 0(s0)\n"
    assert run(text + fork(call("munmap", "s0", PAGE), "ld s1, 0(s0)\n" + leave("s1"))).exit_status == 8


def test_two_shared_mappings_are_two_objects():
    text = mmap(PAGE, flags=SHARED | ANONYMOUS) + "mv s0, a0\n" + mmap(PAGE, flags=SHARED | ANONYMOUS)
    assert run(text + "li t0, 8\nsd t0, 0(s0)\nld s1, 0(a0)\n" + leave("s1")).exit_status == 0


# munmap


@pytest.mark.parametrize("hole", range(5))
def test_F67_a_hole_in_a_mapping_is_sigsegv_and_its_neighbours_stay(hole):
    text = (
        FIVE
        + "".join(touch(page) for page in range(5))
        + f"li t0, {hole * PAGE}\nadd s2, s0, t0\n"
        + call("munmap", "s2", PAGE)
    )
    text += "".join(touch(page) for page in range(5) if page != hole)
    assert run(text + leave(1)).exit_status == 1
    assert run(text + touch(hole)).exit_status == SEGV


def test_munmap_gives_the_frames_back():
    text = FIVE + "".join(touch(page) for page in range(5)) + call("munmap", "s0", 5 * PAGE)
    result = run(text * 3)
    assert result.counters["zero.fills"] == 15
    assert (
        result.counters["frames.peak"] <= run(FIVE + "".join(touch(page) for page in range(5))).counters["frames.peak"]
    )


def test_munmap_spans_mappings_and_holes():
    text = (
        mmap(PAGE, hint=0x40000000)
        + mmap(PAGE, hint=0x40000000 + 2 * PAGE)
        + "li s0, 0x40000000\n"
        + touch(0)
        + touch(2)
    )
    gone = text + call("munmap", "s0", 3 * PAGE)
    assert run(gone + "mv s1, a0\n" + leave("s1")).exit_status == 0
    assert run(gone + touch(0)).exit_status == run(gone + touch(2)).exit_status == SEGV


def test_munmap_of_nothing_succeeds():
    assert result_of(call("munmap", 0x40000000, PAGE)) == [0]


@pytest.mark.parametrize(
    "arguments", [(1, PAGE), (0x40000000, 0), (0x40000000, -1), (-PAGE, PAGE), (USER_END, PAGE), (0, (1 << 63) - 1)]
)
def test_munmap_refuses(arguments):
    assert result_of(call("munmap", *arguments)) == [-EINVAL]


def test_a_stale_translation_does_not_outlive_munmap():
    text = FIVE + touch(0) + touch(0) + call("munmap", "s0", 5 * PAGE) + touch(0)
    assert run(text).exit_status == SEGV


# mprotect


@pytest.mark.parametrize("page", range(5))
def test_F67_mprotect_of_one_page_cuts_the_region_there(page):
    text = (
        FIVE
        + "".join(touch(other) for other in range(5))
        + f"li t0, {page * PAGE}\nadd s2, s0, t0\n"
        + call("mprotect", "s2", PAGE, PROT_READ)
    )
    text += "".join(touch(other) for other in range(5) if other != page) + touch(page, "ld t3, 0(t1)")
    assert run(text + leave(1)).exit_status == 1
    assert run(text + touch(page)).exit_status == SEGV


def test_mprotect_before_the_first_touch_counts_too():
    text = FIVE + call("mprotect", "s0", PAGE, PROT_READ)
    assert faults(run(text + touch(0, "ld t3, 0(t1)") + touch(0))) == ["ZERO_MAP", "REFUSED"]


def test_a_sole_owner_made_writable_again_does_not_fault():
    text = FIVE + touch(0) + call("mprotect", "s0", PAGE, PROT_READ) + call("mprotect", "s0", PAGE, READ_WRITE)
    assert faults(run(text + touch(0))) == ["ZERO_FILL"]


def test_a_page_read_while_read_only_is_filled_when_written_later():
    text = (
        FIVE
        + call("mprotect", "s0", PAGE, PROT_READ)
        + touch(0, "ld t3, 0(t1)")
        + call("mprotect", "s0", PAGE, READ_WRITE)
    )
    assert faults(run(text + touch(0))) == ["ZERO_MAP", "ZERO_FILL"]


def test_text_made_writable_is_copied_and_other_processes_keep_theirs():
    text = "la s0, _start\nli t0, -4096\nand s0, s0, t0\n"
    child = call("mprotect", "s0", PAGE, 7) + "sd zero, 8(s0)\nld s2, 8(s0)\n" + show("s2")
    result = run(text + "ld s3, 8(s0)\n" + fork(child, "ld s1, 8(s0)\nxor s1, s1, s3\n" + show("s1")))
    assert words(result) == [0, 0]
    assert "COPY" in faults(result)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((1, PAGE, 1), EINVAL),
        ((0x40000000, -1, 1), ENOMEM),
        ((0x40000000, PAGE, 16), EINVAL),
        ((0x40000000, PAGE, 1), ENOMEM),
        ((0, (1 << 63) - 1, 1), ENOMEM),
        ((-PAGE, 2 * PAGE, 1), ENOMEM),
        ((0x7FFFFFFFFFFFF000, 1 << 40, 1), ENOMEM),
    ],
)
def test_mprotect_refuses(arguments, error):
    assert result_of(call("mprotect", *arguments)) == [-error]


def test_mprotect_of_no_length_does_nothing():
    assert result_of(call("mprotect", 0x40000000, 0, 1)) == [0]


def test_F70_mprotect_changes_what_lies_before_a_hole_and_says_that_there_is_one():
    text = (
        mmap(PAGE, hint=0x40000000)
        + "mv s0, a0\n"
        + touch(0)
        + call("mprotect", "s0", 2 * PAGE, PROT_READ)
        + "mv s2, a0\n"
        + show("s2")
    )
    assert words(run(text)) == [-ENOMEM]
    assert run(text + touch(0)).exit_status == 128 + 11


# brk


def test_brk_of_0_tells_where_the_heap_ends():
    first, second = result_of(call("brk", 0), call("brk", 0))
    assert first == second > 0


def test_the_heap_grows_reads_as_zeros_and_keeps_what_is_written():
    text = call("brk", 0) + "mv s0, a0\nli t0, 10000\nadd s1, s0, t0\n" + call("brk", "s1") + "mv s2, a0\n"
    text += "ld s3, 0(s0)\nsd s1, 0(s0)\nld s4, 0(s0)\nsub s2, s2, s1\nsub s4, s4, s1\n"
    assert words(run(text + show("s2", "s3", "s4"))) == [0, 0, 0]


def test_the_heap_shrinks_and_what_lay_beyond_is_gone():
    text = call("brk", 0) + "mv s0, a0\nli t0, 8192\nadd s1, s0, t0\n" + call("brk", "s1") + touch(0) + touch(1)
    text += "li t0, 4096\nadd s1, s0, t0\n" + call("brk", "s1") + touch(0)
    assert run(text + leave(1)).exit_status == 1
    assert run(text + touch(1)).exit_status == SEGV


def test_a_heap_that_grew_back_is_zeros_again():
    text = call("brk", 0) + "mv s0, a0\nli t0, 4096\nadd s1, s0, t0\n" + call("brk", "s1") + "sd s1, 0(s0)\n"
    text += call("brk", "s0") + call("brk", "s1") + "ld s2, 0(s0)\n"
    assert run(text + leave("s2")).exit_status == 0


def test_the_heap_is_inherited_and_private():
    text = call("brk", 0) + "mv s0, a0\nli t0, 4096\nadd s1, s0, t0\n" + call("brk", "s1") + "sd zero, 0(s0)\n"
    child = call("brk", 0) + "sub s3, a0, s1\nsd s1, 0(s0)\n" + call("brk", "s0") + show("s3")
    assert words(run(text + fork(child, "ld s2, 0(s0)\n" + show("s2")))) == [0, 0]


@pytest.mark.parametrize("address", [1, -1, 1 << 38, 1 << 62, (1 << 63) - 1, -(1 << 63)])
def test_brk_refuses_by_telling_where_the_heap_still_ends(address):
    first, refused, still = result_of(call("brk", 0), call("brk", address), call("brk", 0))
    assert first == refused == still


def test_brk_does_not_grow_into_a_mapping():
    text = (
        call("brk", 0)
        + "mv s0, a0\n"
        + call("mmap", "s0", PAGE, 3, ANON | FIXED, -1, 0)
        + "addi s1, s0, 100\n"
        + call("brk", "s1")
    )
    assert run(text + "sub s2, a0, s0\n" + leave("s2")).exit_status == 0


# what else is of pages


def populated(advice_or_call):
    """How many frames of zeros were handed out before any page of the three was touched."""
    text = mmap(3 * PAGE) + "mv s0, a0\n" + advice_or_call + "mv s2, a0\n" + show("s2")
    result = run(text)
    return words(result)[0], result.counters["zero.fills"] - 1  # one is for what `show` writes


def test_mlock_maps_the_pages_at_once_and_with_onfault_it_does_not():
    assert populated(call(228, "s0", 3 * PAGE)) == (0, 3)
    assert populated(call(284, "s0", 3 * PAGE, 1)) == (0, 0)
    assert populated(call(228, "s0", 1)) == (0, 1)


def test_populating_for_a_write_hands_out_frames_and_for_a_read_maps_the_page_of_zeros():
    assert populated(call("madvise", "s0", 3 * PAGE, 23)) == (0, 3)
    assert populated(call("madvise", "s0", 3 * PAGE, 22)) == (0, 0)


def test_map_populate_spares_the_faults_and_map_nonblock_takes_that_back():
    text = "mv s0, a0\n" + "".join(touch(page) for page in range(3))
    counts = [run(mmap(3 * PAGE, flags=ANON | more) + text).counters for more in (0x8000, 0x18000)]
    assert [count["fault.total"] for count in counts] == [0, 3]


@pytest.mark.parametrize(("pages", "out_of_memory"), [(100, 0), (300, 1)])
def test_F63_populating_more_than_there_is_leaves_a_process_that_goes_on(pages, out_of_memory):
    text = mmap(pages * PAGE) + "mv s0, a0\n" + call("madvise", "s0", pages * PAGE, 23) + "mv s2, a0\n"
    text += call("munmap", "s0", pages * PAGE) + show("s2")
    assert words(run(text, memory="1MiB")) == [-ENOMEM if out_of_memory else 0]


def test_mincore_says_which_pages_are_there():
    text = mmap(3 * PAGE) + "mv s0, a0\n" + touch(1) + call(232, "s0", 3 * PAGE, "=d") + "ld s2, d\n" + show("s2")
    assert words(run(text, "d: .dword 0")) == [0x000100]


def test_a_dropped_page_that_is_locked_is_einval():
    text = mmap(PAGE) + "mv s0, a0\n" + call(228, "s0", PAGE)
    assert words(run(text + call("madvise", "s0", PAGE, 4) + "mv s2, a0\n" + show("s2"))) == [-EINVAL]


@pytest.mark.parametrize(("advice", "found"), [(10, 128 + 11), (18, 0), (0, 7)])
def test_what_a_child_finds_of_a_page_is_as_its_parent_was_advised(advice, found):
    """DONTFORK: nothing; WIPEONFORK: zeros; no advice: what was there."""
    text = mmap(PAGE) + "mv s0, a0\nli t0, 7\nsd t0, 0(s0)\n" + call("madvise", "s0", PAGE, advice)
    text += fork("ld t0, 0(s0)\n" + leave("t0"), status="=d") + "ld s2, d\nld s3, 0(s0)\n" + show("s2", "s3")
    status = found - 128 if found > 128 else found << 8
    assert words(run(text, "d: .dword 0")) == [status, 7]


def test_a_mapping_that_grows_down_grows_to_an_access_below_it_and_no_further_than_its_guard():
    grows = call("mmap", 0x40000000, PAGE, 3, ANON | FIXED | 0x100, -1, 0) + "mv s0, a0\nli t0, 0x3fff0000\n"
    assert run(grows + "sd t0, 0(t0)\nld t1, 0(t0)\nsub t1, t1, t0\n" + leave("t1")).exit_status == 0
    below = call("mmap", 0x3FF00000, PAGE, 3, ANON | FIXED, -1, 0)
    assert run(below + grows + "sd t0, 0(t0)\n").exit_status == SEGV
