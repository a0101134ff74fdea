"""Futexes: waiting until a word is announced to have changed (Linux, futex(2))."""

import errno

import pytest

from tests.running import ANONYMOUS, READ_WRITE, SHARED, call, fork, mmap, run, show, words
from tests.threads import BSS, DATA, join, put, start, until

pytestmark = pytest.mark.both_engines

WAIT, WAKE, PRIVATE, LOCK_PI = 0, 1, 128, 6
SHOW_A0 = "mv s1, a0\n" + show("s1")
HARTS = pytest.mark.parametrize("harts", [1, 2, 4])


def ran(text, harts=2):
    """Run a program that has the data of `tests.threads`."""
    return run(text, DATA, BSS, harts=harts)


def futex(operation, value, word="=go"):
    """The call; a0 has its result."""
    return call(98, word, operation, value, 0)


def sleepers(number):
    """Start threads that wait at `go`; return when they do, each having been counted in `ready`."""
    count = "li t0, 1\nla t1, ready\namoadd.w zero, t0, (t1)\n"
    woken = "li t0, 1\nla t1, shared\namoadd.d zero, t0, (t1)\n"
    body = count + futex(WAIT, 0) + woken
    return "".join(start(body, i) for i in range(number)) + until("ready", number) + call("sched_yield") * 40


@HARTS
@pytest.mark.parametrize("private", [0, PRIVATE])
def test_a_wake_lets_a_waiting_thread_go_on(harts, private):
    text = start(put("ready", 1) + futex(WAIT | private, 0) + put("shared", 3)) + until("ready", 1)
    text += call("sched_yield") * 40 + put("go", 1) + futex(WAKE | private, 1) + SHOW_A0 + join()
    assert words(ran(text + "lw s1, shared\n" + show("s1"), harts)) == [1, 3]


def test_a_word_that_has_changed_already_is_not_waited_for():
    assert words(ran(futex(WAIT, 1) + SHOW_A0)) == [-errno.EAGAIN]


def test_the_word_has_32_bits():
    text = "li t0, -1\nla t1, shared\nsd t0, 0(t1)\n" + futex(WAIT, 1, "=shared") + SHOW_A0
    assert words(ran(text)) == [-errno.EAGAIN]


def test_a_wake_without_waiters_wakes_nobody():
    assert words(ran(futex(WAKE, 1) + SHOW_A0)) == [0]


@pytest.mark.parametrize(("most", "woken"), [(1, 1), (2, 2), (0x7FFFFFFF, 3), (0, 1)])
def test_a_wake_wakes_as_many_as_it_says(most, woken):
    """Linux wakes one for none."""
    text = sleepers(3) + futex(WAKE, most) + SHOW_A0 + call("sched_yield") * 60 + "ld s1, shared\n" + show("s1")
    assert words(ran(text + call("exit_group", 0), 4)) == [woken, 7 + woken]


def test_those_that_have_waited_longest_are_woken_first():
    order = "la t1, shared\nld t0, 0(t1)\nslli t0, t0, 4\nadd t0, t0, s3\nsd t0, 0(t1)\n"
    text = "la t1, shared\nsd zero, 0(t1)\n"
    for i in (1, 2, 3):
        text += f"li s3, {i}\n" + start(put("ready", i) + futex(WAIT, 0) + order, i) + until("ready", i)
        text += call("sched_yield") * 40
    text += (futex(WAKE, 1) + call("sched_yield") * 40) * 3 + "ld s1, shared\n" + show("s1")
    assert words(ran(text, 4)) == [0x123]


def test_a_wait_takes_no_time_on_the_hart():
    """It is idle meanwhile, and no cycle is lost."""
    text = start("li t1, 5000\n1: addi t1, t1, -1\nbnez t1, 1b\n") + join()
    costs = ran(text, 2).per_hart[0][1]
    assert costs["idle"] > 4000


def test_a_private_word_of_another_process_is_another_word():
    child = futex(WAKE, 1) + "mv s1, a0\n" + show("s1")
    text = start(put("ready", 1) + futex(WAIT, 0)) + until("ready", 1) + call("sched_yield") * 40 + fork(child)
    assert words(ran(text + futex(WAKE, 1) + SHOW_A0 + join())) == [0, 1]


def test_shared_memory_is_one_word_for_all_processes():
    area = mmap(4096, READ_WRITE, SHARED | ANONYMOUS) + "mv s5, a0\n"
    child = call(98, "s5", WAIT, 0, 0) + "li s1, 5\n" + show("s1")
    wake = "1: " + call("sched_yield") + call(98, "s5", WAKE, 1, 0) + "beqz a0, 1b\n"
    assert words(ran(area + fork(child, meanwhile=wake))) == [5]


@pytest.mark.parametrize("operation", [WAIT, WAKE])
def test_a_word_has_to_be_aligned(operation):
    assert words(ran("la s2, go\naddi s2, s2, 2\n" + futex(operation, 0, "s2") + SHOW_A0)) == [-errno.EINVAL]


def test_a_word_that_cannot_be_read_is_not_waited_for():
    assert words(ran(futex(WAIT, 0, 8) + SHOW_A0)) == [-errno.EFAULT]


def test_other_operations_are_not_there():
    assert words(ran(futex(LOCK_PI, 0) + SHOW_A0)) == [-errno.ENOSYS]


def test_a_time_limit_is_not_there():
    assert words(ran(call(98, "=go", WAIT, 0, "=shared") + SHOW_A0)) == [-errno.ENOSYS]
