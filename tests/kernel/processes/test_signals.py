"""Signals that are ignored or put off, and those sent to threads (F98); `test_handlers` has those that are handled."""

import errno
import struct

import pytest

from tests.running import call, fork, run, show, spawn, wait, words
from tests.threads import BSS, DATA, start, until

pytestmark = pytest.mark.both_engines

TKILL, TGKILL, SIGACTION, SIGPROCMASK, SIGPENDING, PIPE2, CLOSE = 130, 131, 134, 135, 136, 59, 57
SIGKILL, USR1, PIPE, TERM, SIGCHLD, STOP = 9, 10, 13, 15, 17, 19
BLOCK, UNBLOCK, SETMASK = 0, 1, 2
SETS = f"""
ignore: .dword 1, 0, 0
default: .dword 0, 0, 0
no_children: .dword 0, 2, 0
old: .dword -1, -1, -1
term: .dword 1 << {TERM - 1}
all: .dword -1
none: .dword 0
before: .dword -1
ends: .word 0, 0
"""
SHOW_A0 = "mv s1, a0\n" + show("s1")
IGNORE_TERM = call(SIGACTION, TERM, "=ignore", 0, 8)
PUT_OFF_TERM = call(SIGPROCMASK, BLOCK, "=term", 0, 8)
KILL_SELF = call("getpid") + call("kill", "a0", TERM)
TELL = "li s1, 7\n" + show("s1")


def ran(text, **machine):
    return run(text, SETS + DATA, BSS, **machine)


def test_a_signal_that_is_ignored_does_nothing():
    assert words(ran(IGNORE_TERM + KILL_SELF + TELL)) == [7]


def test_a_child_ignores_what_its_parent_does():
    assert words(ran(IGNORE_TERM + fork(KILL_SELF + TELL))) == [7]


def test_a_signal_that_is_ignored_no_more_ends_the_process():
    assert ran(IGNORE_TERM + call(SIGACTION, TERM, "=default", 0, 8) + KILL_SELF).exit_status == 128 + TERM


def test_the_disposition_of_before_is_told():
    text = IGNORE_TERM + call(SIGACTION, TERM, "=default", "=old", 8) + "ld s1, old\n" + show("s1")
    assert words(ran(text)) == [1]


@pytest.mark.parametrize(
    "arguments", [(SIGKILL, "=ignore", 0, 8), (STOP, "=ignore", 0, 8), (0, 0, 0, 8), (65, 0, 0, 8), (TERM, 0, 0, 4)]
)
def test_a_disposition_that_cannot_be_is_refused(arguments):
    assert words(ran(call(SIGACTION, *arguments) + SHOW_A0)) == [-errno.EINVAL]


def test_who_ignores_sigpipe_gets_an_error():
    text = call(SIGACTION, PIPE, "=ignore", 0, 8) + call(PIPE2, "=ends", 0) + call(CLOSE, 3)
    assert words(ran(text + call("write", 4, "=all", 8) + SHOW_A0)) == [-errno.EPIPE]


@pytest.mark.parametrize("wish", ["=ignore", "=no_children"])
def test_children_of_who_ignores_their_ends_need_not_be_waited_for(wish):
    text = call(SIGACTION, SIGCHLD, wish, 0, 8) + spawn("") + wait() + SHOW_A0
    assert words(ran(text)) == [-errno.ECHILD]


def test_a_signal_that_is_put_off_comes_when_it_is_let_in():
    text = PUT_OFF_TERM + KILL_SELF + TELL + call(SIGPROCMASK, UNBLOCK, "=term", 0, 8) + TELL
    result = ran(text)
    assert words(result) == [7]
    assert result.exit_status == 128 + TERM


def test_signals_that_have_come_meanwhile_are_told():
    text = PUT_OFF_TERM + KILL_SELF + call(SIGPENDING, "=old", 8) + "ld s1, old\n" + show("s1")
    assert words(ran(text)) == [1 << TERM - 1]


def test_a_signal_that_is_put_off_and_then_ignored_is_gone():
    text = PUT_OFF_TERM + KILL_SELF + IGNORE_TERM + call(SIGPROCMASK, SETMASK, "=none", 0, 8) + TELL
    assert words(ran(text)) == [7]


def test_kill_and_stop_cannot_be_put_off():
    text = call(SIGPROCMASK, SETMASK, "=all", 0, 8) + call(SIGPROCMASK, BLOCK, 0, "=before", 8)
    found = words(ran(text + "ld s1, before\n" + show("s1")))
    assert found == [struct.unpack("<q", struct.pack("<Q", (1 << 64) - 1 & ~(1 << 8) & ~(1 << 18)))[0]]


def test_a_set_is_kept_for_each_thread_and_inherited():
    child = call(SIGPROCMASK, BLOCK, 0, "=before", 8) + "ld s1, before\n" + show("s1")
    assert words(ran(PUT_OFF_TERM + fork(child))) == [1 << TERM - 1]


@pytest.mark.parametrize("arguments", [(3, "=term", 0, 8), (BLOCK, "=term", 0, 4)])
def test_a_set_that_cannot_be_changed_so_is_refused(arguments):
    assert words(ran(call(SIGPROCMASK, *arguments) + SHOW_A0)) == [-errno.EINVAL]


def test_a_fault_ends_the_process_whatever_it_puts_off():
    assert ran(call(SIGPROCMASK, SETMASK, "=all", 0, 8) + "ld t0, 0(zero)\n").exit_status == 128 + 11


def test_a_signal_to_a_thread_ends_its_process():
    text = start(until("go", 1)) + "mv s2, a0\n" + call(TKILL, "s2", TERM) + TELL
    assert ran(text, harts=2).exit_status == 128 + TERM


def test_a_signal_to_a_thread_is_put_off_by_that_thread():
    text = PUT_OFF_TERM + call("gettid") + call(TKILL, "a0", TERM) + TELL
    text += call(SIGPROCMASK, UNBLOCK, "=term", 0, 8) + TELL
    result = ran(text)
    assert (words(result), result.exit_status) == ([7], 128 + TERM)


@pytest.mark.parametrize(
    ("arguments", "result"),
    [((1, 1, 0), 0), ((1, 99, 0), -errno.ESRCH), ((2, 1, 0), -errno.ESRCH), ((1, 1, 65), -errno.EINVAL),
     ((0, 1, 0), -errno.EINVAL), ((1, 0, 0), -errno.EINVAL)],
)  # fmt: skip
def test_tgkill_gives_what_linux_gives(arguments, result):
    assert words(ran(call(TGKILL, *arguments) + SHOW_A0)) == [result]
