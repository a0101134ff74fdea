"""Which harts a thread may run on (Linux, sched_setaffinity(2), getcpu(2))."""

import errno

import pytest

from tests.running import PAGE, call, fork, run, show, words
from tests.threads import BSS, DATA, join, put, start, until

pytestmark = pytest.mark.both_engines

SET, GET, GETCPU = 122, 123, 168
SHOW_A0 = "mv s1, a0\n" + show("s1")
HARTS = pytest.mark.parametrize("harts", [2, 4])


def ran(text, harts=2, **machine):
    """Run a program that has the data of `tests.threads`."""
    return run(text, DATA, BSS, harts=harts, **machine)


def pin(mask, tid=0, size=8):
    """Let a thread run on the harts of `mask`; a0 has the result."""
    return f"li t0, {mask}\naddi sp, sp, -16\nsd t0, 0(sp)\n{call(SET, tid, size, 'sp')}addi sp, sp, 16\n"


def where(register):
    """The hart that runs this."""
    return call(GETCPU, "=shared", 0, 0) + f"lw {register}, shared\n"


@HARTS
def test_a_thread_moves_at_once(harts):
    text = where("s2") + pin(1 << (harts - 1)) + where("s3") + show("s2", "s3")
    result = ran(text, harts)
    assert words(result) == [0, harts - 1]
    assert result.counters["migrations"] == 1


def test_a_thread_that_may_stay_stays():
    result = ran(pin(3) + where("s2") + show("s2"))
    assert words(result) == [0]
    assert result.counters["migrations"] == 0


@pytest.mark.parametrize("mask", [0, 1 << 2, 1 << 40])
def test_a_mask_of_no_hart_that_is_there_is_refused(mask):
    assert words(ran(pin(mask) + SHOW_A0)) == [-errno.EINVAL]


def test_a_mask_that_cannot_be_read_is_refused():
    assert words(ran(call(SET, 0, 8, 8) + SHOW_A0)) == [-errno.EFAULT]


def test_a_thread_that_is_not_there_cannot_be_moved():
    assert words(ran(pin(1, 77) + SHOW_A0)) == [-errno.ESRCH]
    assert words(ran(call(GET, 77, 8, "=shared") + SHOW_A0)) == [-errno.ESRCH]


@HARTS
def test_the_mask_is_told_for_the_harts_that_are_there(harts):
    text = call(GET, 0, 128, "=shared") + "mv s2, a0\nld s3, shared\n" + show("s2", "s3")
    assert words(ran(text, harts)) == [8, (1 << harts) - 1]
    text = pin(2 | 1 << 40) + call(GET, 0, 8, "=shared") + "ld s3, shared\n" + show("s3")
    assert words(ran(text, harts)) == [2]


@pytest.mark.parametrize("size", [0, 4, 9])
def test_the_mask_is_told_in_whole_words(size):
    assert words(ran(call(GET, 0, size, "=shared") + SHOW_A0)) == [-errno.EINVAL]


def test_more_than_64_harts_have_a_longer_mask():
    assert words(ran(call(GET, 0, 8, "=shared") + SHOW_A0, 65)) == [-errno.EINVAL]
    assert words(ran(call(GET, 0, 16, "=shared") + SHOW_A0, 65)) == [16]


def test_another_thread_can_be_moved():
    """It is on hart 1 and busy; hart 2 is free."""
    body = until("go", 1) + where("s2") + put("ready", 2)
    text = start(body) + "mv s5, a0\n" + call("sched_yield") * 20 + pin(4, "s5") + put("go", 1) + join()
    assert words(ran(text + "lw s1, shared\n" + show("s1"), 3)) == [2]


def test_a_sleeping_thread_wakes_where_it_may_run():
    body = put("ready", 1) + call(98, "=go", 0, 0, 0) + where("s2")
    text = start(body) + "mv s5, a0\n" + until("ready", 1) + call("sched_yield") * 30 + pin(4, "s5")
    text += put("go", 1) + call(98, "=go", 1, 1, 0) + join() + "lw s1, shared\n" + show("s1")
    assert words(ran(text, 3)) == [2]


def test_children_and_threads_inherit_the_mask():
    look = call(GET, 0, 8, "=shared") + "ld s3, shared\n"
    text = pin(2) + start(look) + join() + "ld s1, shared\n" + fork(look + show("s3"), show("s1"))
    assert words(ran(text)) == [2, 2]


def test_two_threads_on_one_hart_take_turns():
    text = pin(1) + start(put("go", 1)) + until("go", 1) + join()
    result = ran(text, 2)
    assert result.per_hart[1][0]["cycles"] == 0
    assert result.counters["context_switches"] >= 2


def test_a_hart_that_a_thread_has_left_still_has_its_translations():
    """F22: an unmapping tells it, and coming back misses nothing that is still mapped."""
    text = "ld t0, shared\n" + pin(2) + "ld t0, shared\n" + call("mprotect", "=shared", PAGE, 1) + pin(1)
    told, lazy = ran(text), ran(text, flush="ceiling:33+lazy")
    assert (told.counters["shootdown.ipis"], lazy.counters["shootdown.ipis"]) == (1, 0)


def test_registers_move_with_the_thread():
    names = [f"s{i}" for i in range(2, 11)]
    load = "".join(f"li {name}, {i + 5}\n" for i, name in enumerate(names))
    assert words(ran(load + pin(2) + show(*names))) == [i + 5 for i in range(len(names))]
