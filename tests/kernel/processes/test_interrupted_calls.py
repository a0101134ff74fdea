"""Calls that wait when a handler comes (F154), and calls that wait for signals."""

import errno

import pytest

from emulator.base.names import Event
from tests.kernel.processes.handlers import (
    BLOCK,
    CHLD,
    NOCLDSTOP,
    RESTART,
    SIGQUEUEINFO,
    SIGSUSPEND,
    SIGTIMEDWAIT,
    STOP,
    USR1,
    USR2,
    bit,
    handle,
    handlers,
    mask,
    send,
    tell,
)
from tests.running import call, run, show, spawn, wait, words

pytestmark = pytest.mark.both_engines

NANOSLEEP, FUTEX, PIPE2 = 101, 98, 59
DATA = f"""
ends: .word 0, 0
.balign 8
short: .dword 0, 20000
long: .dword 0, 900000
left: .dword -1, -1
none: .dword 0
usr1: .dword {bit(USR1)}
word: .word 0
.balign 8
info: .space 128
"""
SHOW_A0 = "mv s1, a0\n" + show("s1")
SLEEP = call(NANOSLEEP, "=short", 0)
TO_PARENT = SLEEP + call("getppid") + call("kill", "a0", USR1)  # when the parent waits


def ran(text, *bodies, **machine):
    return run(text + handlers(*bodies), DATA, **machine)


def test_F154_a_wait_for_a_child_gives_eintr():
    text = handle(USR1, "h0") + spawn(TO_PARENT + SLEEP) + wait() + SHOW_A0 + wait() + SHOW_A0
    assert words(ran(text, tell(1))) == [1, -errno.EINTR, 2]


def test_F154_a_wait_for_a_child_goes_on_with_sa_restart():
    text = handle(USR1, "h0", RESTART) + spawn(TO_PARENT + SLEEP) + wait() + SHOW_A0
    result = ran(text, tell(1))
    assert words(result) == [1, 2]
    events = result.events
    assert -512 in events["value"][(events["kind"] == Event.SYSCALL) & (events["pages"] == 260)]


def test_F154_a_wait_goes_on_where_there_is_no_handler():
    text = spawn(SLEEP + call("getppid") + call("kill", "a0", CHLD) + SLEEP) + wait() + SHOW_A0
    assert words(ran(text)) == [2]


@pytest.mark.parametrize(("flags", "expected"), [(0, [1, -errno.EINTR]), (RESTART, [1, 8])])
def test_F154_a_read_of_an_empty_pipe(flags, expected):
    child = TO_PARENT + SLEEP + "lw s2, ends + 4\n" + call("write", "s2", "=none", 8)
    text = call(PIPE2, "=ends", 0) + handle(USR1, "h0", flags) + spawn(child)
    text += "lw s2, ends\n" + call("read", "s2", "=info", 8) + SHOW_A0 + wait()
    assert words(ran(text, tell(1))) == expected


def test_F154_a_write_that_has_put_some_tells_how_much():
    child = TO_PARENT + SLEEP + "lw s2, ends\n" + call("read", "s2", "=info", 128)
    text = call(PIPE2, "=ends", 0) + handle(USR1, "h0", RESTART) + spawn(child)
    text += "lw s2, ends + 4\n" + call("write", "s2", "=big", 70000) + SHOW_A0
    result = run(text + handlers(""), DATA + "big: .space 70000\n")
    assert words(result) == [65536]


@pytest.mark.parametrize("flags", [0, RESTART])
def test_F154_a_sleep_ends_early_and_tells_what_remains(flags):
    text = handle(USR1, "h0", flags) + spawn(TO_PARENT) + call(NANOSLEEP, "=long", "=left") + SHOW_A0
    found = words(ran(text + "ld s1, left\nld s2, left + 8\n" + show("s1", "s2"), ""))
    assert found[:2] == [-errno.EINTR, 0]
    assert 0 < found[2] < 900000 - 20000


@pytest.mark.parametrize(("flags", "timeout"), [(0, 0), (RESTART, "=long")])
def test_F154_a_wait_at_a_futex_gives_eintr(flags, timeout):
    text = handle(USR1, "h0", flags) + spawn(TO_PARENT) + call(FUTEX, "=word", 0, 0, timeout) + SHOW_A0
    assert words(ran(text, tell(1))) == [1, -errno.EINTR]


def test_F154_a_wait_at_a_futex_without_a_time_begins_anew_with_sa_restart():
    """The child wakes the parent's second wait: its memory is not shared, so the handler changes the word."""
    text = handle(USR1, "h0", RESTART) + spawn(TO_PARENT) + call(FUTEX, "=word", 0, 0, 0) + SHOW_A0
    assert words(ran(text, "li t0, 1\nla t1, word\nsw t0, 0(t1)\n")) == [-errno.EAGAIN]


def test_a_thread_that_suspends_itself_waits_for_a_handler_and_puts_off_the_same_as_before():
    text = handle(USR1, "h0") + mask(BLOCK, USR1) + send(USR1) + tell(1) + call(SIGSUSPEND, "=none", 8) + SHOW_A0
    text += send(USR1) + tell(3)
    assert words(ran(text, tell(2))) == [1, 2, -errno.EINTR, 3]


def test_a_signal_without_a_handler_does_not_end_that():
    text = handle(USR1, "h0") + spawn(SLEEP + call("getppid") + call("kill", "a0", CHLD) + TO_PARENT)
    assert words(ran(text + call(SIGSUSPEND, "=none", 8) + SHOW_A0, tell(1))) == [1, -errno.EINTR]


def test_a_signal_that_is_put_off_can_be_taken_without_a_handler():
    text = handle(USR1, "h0") + mask(BLOCK, USR1) + send(USR1) + call(SIGTIMEDWAIT, "=usr1", "=info", 0, 8)
    text += SHOW_A0 + "lw s1, info\nlw s2, info + 8\nlw s3, info + 16\n" + show("s1", "s2", "s3")
    assert words(ran(text, tell(9))) == [USR1, USR1, 0, 1]


def test_a_wait_for_a_signal_ends_when_it_comes_or_when_its_time_is_over():
    text = mask(BLOCK, USR1) + spawn(TO_PARENT) + call(SIGTIMEDWAIT, "=usr1", 0, 0, 8) + SHOW_A0
    text += call(SIGTIMEDWAIT, "=usr1", 0, "=short", 8) + SHOW_A0
    assert words(ran(text)) == [USR1, -errno.EAGAIN]


def test_a_wait_for_a_signal_is_interrupted_by_the_handler_of_another():
    text = handle(USR2, "h0") + mask(BLOCK, USR1)
    text += spawn(SLEEP + call("getppid") + call("kill", "a0", USR2))
    assert words(ran(text + call(SIGTIMEDWAIT, "=usr1", 0, 0, 8) + SHOW_A0, tell(1))) == [1, -errno.EINTR]


@pytest.mark.parametrize(
    ("code", "pid", "expected"), [(-1, 1, 0), (0, 1, 0), (0, 2, -errno.EPERM), (-6, 2, -errno.EPERM)]
)
def test_who_queues_a_signal_may_not_speak_for_the_kernel(code, pid, expected):
    text = mask(BLOCK, USR1) + spawn(SLEEP) + f"la t0, info\nli t1, {code}\nsw t1, 8(t0)\n"
    assert words(ran(text + call(SIGQUEUEINFO, pid, USR1, "=info") + SHOW_A0)) == [expected]


@pytest.mark.parametrize(
    ("child", "code", "status"),
    [(call("exit", 7), 1, 7), ("ld t0, 0(zero)\n", 2, 11), (call("getpid") + call("kill", "a0", STOP), 5, STOP)],
)
def test_a_parent_is_told_what_has_become_of_its_child(child, code, status):
    text = handle(CHLD, "h0") + spawn(SLEEP + child) + call(SIGSUSPEND, "=none", 8)
    text += call("kill", 2, 9)
    body = "lw s0, 0(s10)\nlw s1, 8(s10)\nlw s2, 16(s10)\nlw s3, 24(s10)\n" + show("s0", "s1", "s2", "s3")
    assert words(ran(text, body))[:4] == [CHLD, code, 2, status]


def test_a_parent_that_wants_to_know_of_ends_alone_is_told_of_no_stops():
    text = handle(CHLD, "h0", NOCLDSTOP) + spawn(call("getpid") + call("kill", "a0", STOP))
    text += SLEEP + tell(1) + call("kill", 2, 9) + wait()
    assert words(ran(text, "lw s1, 8(s10)\n" + show("s1"))) == [1, 2]
