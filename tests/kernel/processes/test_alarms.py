"""SIGALRM at a time: setitimer (F155)."""

import errno

import pytest

from tests.kernel.processes.handlers import BLOCK, RESTART, SIGSUSPEND, UNBLOCK, handle, handlers, mask, tell
from tests.running import call, run, show, spawn, wait, words

pytestmark = pytest.mark.both_engines

ALRM, SETITIMER, GETITIMER, NANOSLEEP = 14, 103, 102, 101
DATA = """
.balign 8
once: .dword 0, 0, 0, 50
often: .dword 0, 50, 0, 50
never: .dword 0, 0, 0, 0
wrong: .dword 0, 0, 0, 1000000
old: .dword -1, -1, -1, -1
none: .dword 0
long: .dword 1, 0
"""
SHOW_A0 = "mv s1, a0\n" + show("s1")
SPIN = "1: lw t0, none\nbeqz t0, 1b\n"
GO_ON = "li t0, 1\nla t1, none\nsw t0, 0(t1)\n"


def ran(text, *bodies, **machine):
    return run(text + handlers(*bodies), DATA, **machine)


def test_F155_a_program_that_only_computes_is_interrupted_in_time():
    result = ran(handle(ALRM, "h0") + call(SETITIMER, 0, "=once", 0) + SPIN + tell(2), tell(1) + GO_ON)
    assert words(result) == [1, 2]
    assert 50e-6 * 3.4e9 <= result.cycles < 2 * 50e-6 * 3.4e9


def test_F155_one_that_sleeps_is_woken():
    text = handle(ALRM, "h0", RESTART) + call(SETITIMER, 0, "=once", 0) + call(NANOSLEEP, "=long", 0) + SHOW_A0
    result = ran(text, "lw s1, 8(s10)\n" + show("s1"))
    assert words(result) == [0x80, -errno.EINTR]
    assert result.cycles < 2 * 50e-6 * 3.4e9


def test_F155_who_has_no_handler_ends():
    result = ran(call(SETITIMER, 0, "=once", 0) + call(NANOSLEEP, "=long", 0))
    assert result.exit_status == 128 + ALRM


def test_F155_who_puts_it_off_gets_one_and_then_more():
    text = handle(ALRM, "h0") + mask(BLOCK, ALRM) + call(SETITIMER, 0, "=often", 0) + call(NANOSLEEP, "=longer", 0)
    text += mask(UNBLOCK, ALRM) + tell(2) + call(SIGSUSPEND, "=none", 8) + call(SETITIMER, 0, "=never", "=old")
    text += "ld s1, old + 8\n" + show("s1")
    assert words(run(text + handlers(tell(1)), DATA + "longer: .dword 0, 400000\n")) == [1, 2, 1, 50]


def test_F155_what_is_left_is_told_and_a_child_has_none():
    text = call(SETITIMER, 0, "=often", 0) + call(SETITIMER, 0, "=never", "=old") + "ld s1, old + 24\n" + show("s1")
    text += call(SETITIMER, 0, "=once", 0) + spawn(call(GETITIMER, 0, "=old") + "ld s1, old + 24\n" + show("s1"))
    text += call(SETITIMER, 0, "=never", 0) + wait()
    found = words(ran(text))
    assert 40 <= found[0] <= 50
    assert found[1] == 0


@pytest.mark.parametrize(
    ("arguments", "error"),
    [((0, "=wrong", 0), errno.EINVAL), ((3, "=once", 0), errno.EINVAL), ((0, 64, 0), errno.EFAULT)],
)
def test_an_alarm_that_cannot_be_is_refused(arguments, error):
    assert words(ran(call(SETITIMER, *arguments) + SHOW_A0)) == [-error]


def test_a_clock_that_is_not_built_is_told():
    result = ran(call(SETITIMER, 2, "=once", 0) + SHOW_A0)
    assert (words(result), result.unknown_calls) == ([-errno.ENOSYS], {SETITIMER: 1})
