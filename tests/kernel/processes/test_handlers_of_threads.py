"""Handlers among threads, on alternate stacks, and over fork, clone and exec (F150, F153)."""

import errno

import pytest

from isa import assemble
from tests.kernel.processes.handlers import (
    BLOCK,
    ONSTACK,
    SETMASK,
    SIGALTSTACK,
    TGKILL,
    TKILL,
    UNBLOCK,
    USR1,
    USR2,
    handle,
    handlers,
    mask,
    send,
    tell,
)
from tests.running import call, fork, run, show, source, spawn, wait, words
from tests.threads import BSS, DATA, join, put, start, until

pytestmark = pytest.mark.both_engines

SHOW_A0 = "mv s1, a0\n" + show("s1")
SHOW_TID = call("gettid") + SHOW_A0
HERE = "la t0, other\nsltu s1, sp, t0\nla t0, other_end\nsltu s2, sp, t0\nxori s1, s1, 1\nand s1, s1, s2\n" + show("s1")
DISABLE, AUTODISARM = 2, 1 << 31
ALT = "\n.balign 16\nother: .space 8192\nother_end:\n"
STACKS = """
.balign 8
alt: .dword other, 0, 8192
small: .dword other, 0, 2047
odd: .dword other, 4, 8192
off: .dword 0, 2, 0
auto: .dword other, 1 << 31, 8192
old: .dword -1, -1, -1
"""
SHOW_OLD = call(SIGALTSTACK, 0, "=old") + "ld s1, old + 8\nld s2, old + 16\n" + show("s1", "s2")


def ran(text, *bodies, **machine):
    return run(text + handlers(*bodies), DATA + STACKS, BSS + ALT, **machine)


def test_F150_a_signal_to_a_process_goes_to_its_first_thread():
    text = handle(USR1, "h0") + start(until("go", 1) + send(USR1) + put("ready", 1)) + put("go", 1) + until("ready", 1)
    assert words(ran(text, SHOW_TID)) == [1]


def test_F150_and_to_another_where_that_one_puts_it_off():
    text = handle(USR1, "h0") + start(until("go", 1)) + "mv s3, a0\n" + mask(BLOCK, USR1) + send(USR1)
    assert words(ran(text + put("go", 1) + join(), SHOW_TID)) == [2]


def test_F150_what_all_put_off_is_taken_by_the_first_that_lets_it_in():
    other = until("go", 1) + mask(UNBLOCK, USR1)
    text = handle(USR1, "h0") + mask(BLOCK, USR1) + start(other) + send(USR1) + put("go", 1) + join()
    assert words(ran(text, SHOW_TID)) == [2]


@pytest.mark.parametrize("harts", [1, 2, 4])
def test_a_signal_to_a_thread_runs_its_handler_there_wherever_it_runs(harts):
    text = handle(USR1, "h0") + start("1: lw t0, go\nbeqz t0, 1b\n") + "mv s3, a0\n"
    text += call(TKILL, "s3", USR1) + until("ready", 1) + put("go", 1) + join()
    result = ran(text, SHOW_TID + put("ready", 1), harts=harts, overrides={"quantum": "3000"})
    assert words(result) == [2]


def test_a_thread_that_spins_is_reached_at_the_senders_time_and_not_before():
    text = handle(USR1, "h0") + start("1: lw t0, go\nbeqz t0, 1b\n") + "mv s3, a0\n"
    text += call(TGKILL, 1, "s3", USR1) + until("ready", 1) + put("go", 1) + join()
    result = ran(text, put("ready", 1), harts=2)
    events = result.events
    sent = events[(events["pages"] == TGKILL) & (events["value"] == 0) & (events["tid"] == 1)]["cycle"][0]
    begun = events[(events["tid"] == 2) & (events["pages"] == USR1)]["cycle"][0]
    assert begun > sent - 2000  # a call's worth: it is sent within it


def test_a_handler_may_run_on_a_stack_of_its_own():
    text = call(SIGALTSTACK, "=alt", 0) + handle(USR1, "h0", ONSTACK) + send(USR1) + handle(USR1, "h0") + send(USR1)
    assert words(ran(text, HERE)) == [1, 0]


def test_a_handler_on_the_stack_of_its_own_stays_there_and_cannot_change_it():
    text = call(SIGALTSTACK, "=alt", 0) + handle(USR1, "h0", ONSTACK) + handle(USR2, "h1", ONSTACK) + send(USR1)
    body = call(SIGALTSTACK, "=off", 0) + SHOW_A0 + SHOW_OLD + send(USR2)
    assert words(ran(text, body, HERE)) == [-errno.EPERM, 1, 8192, 1]


def test_a_stack_that_disarms_itself_is_gone_during_the_handler_and_back_after_it():
    text = call(SIGALTSTACK, "=auto", 0) + handle(USR1, "h0", ONSTACK) + send(USR1) + SHOW_OLD
    assert words(ran(text, SHOW_OLD)) == [DISABLE, 0, AUTODISARM, 8192]


@pytest.mark.parametrize(
    ("stack", "result"), [("=small", -errno.ENOMEM), ("=odd", -errno.EINVAL), ("=off", 0), (64, -errno.EFAULT)]
)
def test_a_stack_that_cannot_be_is_refused(stack, result):
    assert words(ran(call(SIGALTSTACK, stack, 0) + SHOW_A0)) == [result]


def test_F153_a_child_has_the_stack_and_a_thread_has_none():
    text = call(SIGALTSTACK, "=alt", 0) + fork(SHOW_OLD) + start(SHOW_OLD) + join()
    assert words(ran(text)) == [0, 8192, DISABLE, 0]


def test_F153_a_child_that_shares_handlers_shares_those_to_come():
    """CLONE_VM and CLONE_SIGHAND: what the child installs, the parent has."""
    text = call("clone", 0x900 | 17, "=stacks_end", 0, 0, 0) + "bnez a0, 1f\n" + handle(USR1, "h0")
    text += call("exit", 0) + "1: " + wait() + send(USR1)
    assert words(ran(text, tell(1))) == [1]


def test_F153_a_child_of_fork_has_handlers_of_its_own():
    text = fork(handle(USR1, "h0")) + send(USR1)
    assert ran(text, tell(1)).exit_status == 128 + USR1


def test_a_thread_without_shared_handlers_cannot_be():
    text = call("clone", 0x10100, "=stacks_end", 0, 0, 0) + SHOW_A0
    assert words(ran(text)) == [-errno.EINVAL]


def test_F153_exec_forgets_handlers_and_stacks_and_keeps_masks(tmp_path):
    (tmp_path / "next.s").write_text(
        source(call(SIGALTSTACK, 0, "=old") + "ld s1, old + 16\n" + show("s1") + mask(SETMASK), "old: .dword 1, 1, 1\n")
    )
    first = handle(USR1, "h0", ONSTACK) + call(SIGALTSTACK, "=alt", 0) + mask(BLOCK, USR1) + send(USR1)
    text = first + call("execve", "=name", 0, 0) + handlers(tell(9))
    program = assemble(source(text, DATA + STACKS + 'name: .asciz "next"\n', BSS + ALT))
    result = run(program, root=tmp_path)
    assert (words(result), result.exit_status) == ([0], 128 + USR1)  # pending, and nobody handles it any more


def test_a_process_that_is_ended_by_another_while_its_handler_waits_leaves_nothing_behind():
    text = handle(USR1, "h0") + spawn(send(USR1)) + call("sched_yield") * 3 + call("kill", 2, 9) + wait(2)
    assert ran(text, "1: " + call("sched_yield") + "j 1b\n").counters["frames.leaked"] == 0
