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


# time limits, sets of bits, moving waiters

WAIT_BITSET, WAKE_BITSET, REQUEUE, CMP_REQUEUE, REALTIME = 9, 10, 3, 4, 256


def at(seconds, nanoseconds, place="shared"):
    """A timespec at `place`."""
    return f"la t1, {place}\nli t0, {seconds}\nsd t0, 0(t1)\nli t0, {nanoseconds}\nsd t0, 8(t1)\n"


def six(operation, value, third=0, second=0, value3=0, word="=go"):
    """The call with all its arguments."""
    return call(98, word, operation, value, third, second, value3)


def test_a_wait_ends_at_its_time_limit():
    result = ran(at(0, 50_000) + six(WAIT, 0, "=shared") + SHOW_A0)
    assert words(result) == [-errno.ETIMEDOUT]
    assert result.costs["idle"] > 100_000  # 50 microseconds, at more than 2 GHz


def test_a_wake_comes_before_a_later_time_limit():
    waits = at(1000, 0) + six(WAIT, 0, "=shared") + "la t1, tids\nsd a0, 32(t1)\n"
    text = start(put("ready", 1) + waits) + until("ready", 1) + call("sched_yield") * 40 + futex(WAKE, 1) + SHOW_A0
    assert words(ran(text + join() + "ld s1, tids + 32\n" + show("s1"))) == [1, 0]


def test_a_set_of_bits_has_an_absolute_limit():
    past = call(113, 1, "=shared") + six(WAIT_BITSET, 0, "=shared", value3=-1) + SHOW_A0
    assert words(ran(past)) == [-errno.ETIMEDOUT]


@pytest.mark.parametrize("time", [(-1, 0), (0, -1), (0, 1_000_000_000)])
def test_a_time_that_is_none_is_einval(time):
    assert words(ran(at(*time) + six(WAIT, 0, "=shared") + SHOW_A0)) == [-errno.EINVAL]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((WAIT, 0, 8), errno.EFAULT),  # the time cannot be read
        ((WAIT | REALTIME, 0), errno.ENOSYS),
        ((WAKE | REALTIME, 1), errno.ENOSYS),
        ((WAIT_BITSET, 0), errno.EINVAL),  # no bit
        ((WAKE_BITSET, 1), errno.EINVAL),
        ((REQUEUE, -1, 1, "=go"), errno.EINVAL),
        ((REQUEUE, 1, -1, "=go"), errno.EINVAL),
        ((REQUEUE, 1, 1, 8), errno.EFAULT),
        ((CMP_REQUEUE, 1, 1, "=ready", 5), errno.EAGAIN),
    ],
)
def test_futex_says_what_is_wrong(arguments, error):
    assert words(ran(six(*arguments) + SHOW_A0)) == [-error]


def test_F76_a_wake_of_memory_that_is_not_there_is_efault_unless_it_is_private():
    text = futex(WAKE, 1, 8192) + "mv s1, a0\n" + futex(WAKE | PRIVATE, 1, 8192) + "mv s2, a0\n" + show("s1", "s2")
    assert words(ran(text)) == [-errno.EFAULT, 0]


def test_F76_private_and_shared_waits_at_one_word_are_told_apart():
    text = start(put("ready", 1) + futex(WAIT | PRIVATE, 0)) + until("ready", 1) + call("sched_yield") * 40
    assert words(ran(text + futex(WAKE, 1) + SHOW_A0 + futex(WAKE | PRIVATE, 1) + SHOW_A0 + join())) == [0, 1]


def test_F76_words_of_two_shared_objects_are_two_words():
    """The second page of one and the first of the other; the objects begin a page apart in memory."""
    areas = mmap(8192, READ_WRITE, SHARED | ANONYMOUS) + "mv s5, a0\n" + mmap(4096, READ_WRITE, SHARED | ANONYMOUS)
    areas += "mv s6, a0\nli t0, 4096\nadd s7, s5, t0\nsd zero, 0(s7)\n"
    text = areas + start(put("ready", 1) + call(98, "s6", WAIT, 0, 0)) + until("ready", 1) + call("sched_yield") * 40
    text += "".join(call(98, word, WAKE, 9, 0) + SHOW_A0 for word in ("s7", "s5", "s6"))
    assert words(ran(text + join())) == [0, 0, 1]


def test_F76_a_word_of_shared_memory_is_the_same_wherever_and_from_whichever_cut_it_is_mapped():
    area = mmap(8192, READ_WRITE, SHARED | ANONYMOUS) + "mv s5, a0\nli t0, 4096\nadd s7, s5, t0\n"
    cut = call("mprotect", "s5", 4096, 1)
    wake = "1: " + call("sched_yield") + call(98, "s7", WAKE, 1, 0) + "beqz a0, 1b\n"
    child = cut + call(98, "s7", WAIT, 0, 0) + "li s1, 5\n" + show("s1")
    assert words(ran(area + fork(child, meanwhile=wake))) == [5]


def test_waiters_are_moved_to_another_word_and_woken_there():
    text = sleepers(3) + six(REQUEUE, 1, 1, "=shared") + SHOW_A0 + futex(WAKE, 9, "=shared") + SHOW_A0
    assert words(ran(text + futex(WAKE, 9) + SHOW_A0 + call("exit_group", 0), 4)) == [2, 1, 1]


def test_a_wake_with_bits_wakes_those_who_wait_for_one_of_them():
    waits = "".join(
        start(put("ready", i + 1) + six(WAIT_BITSET, 0, value3=bit), i)
        + until("ready", i + 1)
        + call("sched_yield") * 40
        for i, bit in enumerate((1, 2, 4))
    )
    text = waits + six(WAKE_BITSET, 9, value3=2 | 8) + SHOW_A0 + six(WAKE_BITSET, 9, value3=-1) + SHOW_A0
    assert words(ran(text + call("exit_group", 0), 4)) == [1, 2]
