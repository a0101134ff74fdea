"""Threads: starting and ending them (Linux, clone(2), exit(2), exit_group(2), set_tid_address(2))."""

import errno

import pytest

from emulator.base.names import Event
from isa import Program
from tests.running import (
    ANONYMOUS,
    READ_WRITE,
    SHARED,
    call,
    fork,
    kinds,
    leave,
    mmap,
    run,
    show,
    source,
    spawn,
    wait,
    words,
)
from tests.threads import BSS, DATA, THREAD, join, put, start, until

pytestmark = pytest.mark.both_engines

SETTLS, PARENT_SETTID, CHILD_SETTID = 0x80000, 0x100000, 0x1000000
SIGHAND = 0x800
SIGCHLD, SIGKILL, SIGSEGV = 17, 9, 11
GETAFFINITY = 123
HARTS = pytest.mark.parametrize("harts", [1, 2, 4])


def ran(text, harts=2, **machine):
    """Run a program that has the data of `tests.threads`."""
    return run(text, DATA, BSS, harts=harts, **machine)


@HARTS
def test_a_thread_shares_the_memory_of_its_process(harts):
    text = start("la t0, shared\nli t1, 5\nsd t1, 0(t0)\n") + join() + "ld s1, shared\n" + show("s1")
    assert words(ran(text, harts)) == [5]


def test_a_thread_has_its_own_registers_and_sees_zero():
    text = "li s2, 3\n" + start("add s2, s2, a0\naddi s2, s2, 1\nla t0, shared\nsd s2, 0(t0)\n") + join()
    assert words(ran(text + "ld s1, shared\n" + show("s1", "s2"))) == [4, 3]


def test_a_thread_begins_on_the_stack_that_it_was_given():
    text = start("la t0, shared\nsd sp, 0(t0)\n") + join() + "ld s1, shared\nla s2, stacks_end\n" + show("s1", "s2")
    one, other = words(ran(text))
    assert one == other


def test_a_thread_has_the_thread_pointer_that_it_was_given():
    text = start("la t0, shared\nsd tp, 0(t0)\n", flags=THREAD | SETTLS, tls=0x1234)
    text += join() + "ld s1, shared\nmv s2, tp\n" + show("s1", "s2")
    assert words(ran(text)) == [0x1234, 0]


def test_a_thread_has_an_id_of_its_own_and_its_processes_pid():
    body = call("gettid") + "la t0, shared\nsd a0, 0(t0)\n" + call("getpid") + "la t0, shared\nsd a0, 8(t0)\n"
    text = start(body) + "mv s3, a0\n" + join() + "la t0, shared\nld s1, 0(t0)\nld s2, 8(t0)\n" + call("getpid")
    tid, pid, returned, own = words(ran(text + "mv s4, a0\n" + show("s1", "s2", "s3", "s4")))
    assert tid == returned != own == pid


def test_the_first_thread_s_id_is_the_pid():
    text = call("gettid") + "mv s1, a0\n" + call("getpid") + "mv s2, a0\n" + show("s1", "s2")
    tid, pid = words(ran(text))
    assert tid == pid


def test_both_sides_may_be_told_the_id_before_either_goes_on():
    body = "lw t1, tids\nla t0, shared\nsd t1, 0(t0)\n"
    text = start(body, flags=THREAD | CHILD_SETTID) + "mv s1, a0\n" + join() + "ld s2, shared\n" + show("s1", "s2")
    one, other = words(ran(text))
    assert one == other


def test_an_id_that_cannot_be_written_is_not_written():
    """Linux ignores it: the thread is there."""
    text = f"la s1, stacks_end\n{call(220, THREAD, 's1', 8, 0, '=tids')}bnez a0, 1f\n{leave(0)}1: mv s1, a0\n"
    assert words(ran(text + show("s1")))[0] > 1


def test_the_end_of_a_thread_is_announced_with_a_zero():
    text = start("") + "mv s1, a0\n" + join() + "lw s2, tids\n" + show("s2")
    assert words(ran(text)) == [0]


def test_set_tid_address_returns_the_id_and_asks_for_the_announcement():
    body = call(96, "=shared") + "la t0, ready\nsw a0, 0(t0)\n"
    text = put("shared", 7) + start(body) + "mv s1, a0\n" + until("shared", 0) + "lw s2, ready\n" + show("s1", "s2")
    one, other = words(ran(text))
    assert one == other


@HARTS
def test_exit_ends_one_thread(harts):
    text = start(until("go", 1) + "li s1, 4\n" + show("s1")) + put("go", 1) + leave(3)
    result = ran(text, harts)
    assert words(result) == [4]
    assert result.exit_status == 0  # what the last thread said


@HARTS
def test_exit_group_ends_all_threads(harts):
    text = start(put("ready", 1) + "1: j 1b\n") + start(call(98, "=go", 0, 0, 0), 1)
    result = ran(text + until("ready", 1) + call("exit_group", 6), harts, overrides={"quantum": "3000"})
    assert (result.ended, result.exit_status) == ("exit", 6)
    assert kinds(result, "EXIT") == ["EXIT"]


@HARTS
def test_a_fatal_signal_ends_all_threads(harts):
    text = start("ld t0, 8(zero)\n") + "1: j 1b\n"
    result = ran(text, harts, overrides={"quantum": "3000"})
    assert result.processes[0].signal == SIGSEGV


def test_a_process_killed_by_another_ends_with_its_threads():
    child = start("1: j 1b\n") + "1: j 1b\n"
    spawned = f"{call('clone', SIGCHLD, 0, 0, 0, 0)}bnez a0, 2f\n{child}2: mv s1, a0\n" + call("sched_yield") * 3
    result = ran(spawned + call("kill", "s1", SIGKILL) + wait(status="=shared") + "lw s2, shared\n" + show("s2"), 4)
    assert words(result) == [SIGKILL]


@HARTS
def test_fork_copies_the_thread_that_calls_it_alone(harts):
    """The parent's other thread would answer in the child too."""
    other = until("go", 1) + "li t0, 1\nla t1, shared\namoadd.d zero, t0, (t1)\n" + call(98, "=ready", 0, 0, 0)
    child = put("go", 1) + call("sched_yield") * 20 + "ld s1, shared\n" + show("s1")
    text = start(other) + fork(child) + put("go", 1) + until("shared", 8) + "ld s1, shared\n" + show("s1")
    result = ran(text + call("exit_group", 0), harts)
    assert words(result) == [7, 8]


def test_a_thread_may_fork():
    body = fork("li s1, 5\n" + show("s1"), "li s1, 6\n" + show("s1"))
    assert words(ran(start(body) + join())) == [5, 6]


@HARTS
def test_exec_ends_the_other_threads(harts, tmp_path):
    (tmp_path / "next.s").write_text(
        source(call("gettid") + "mv s1, a0\n" + call("getpid") + "mv s2, a0\n" + show("s1", "s2"))
    )
    path = tmp_path / "first.s"
    text = start("1: j 1b\n") + start(call("execve", "=path", 0, 0), 1) + call(98, "=go", 0, 0, 0) * 2
    path.write_text(source(text, DATA + '\n.balign 64\npath: .asciz "next.s"', BSS))
    result = run(Program.load(str(path)), harts=harts, overrides={"quantum": "3000"})
    assert (result.ended, result.exit_status) == ("exit", 0)
    tid, pid = words(result)  # the thread that called it is the first one now
    assert tid == pid
    assert len(result.events[result.events["kind"] == Event.EXEC]) == 2


def test_harts_that_have_nothing_to_run_spend_nothing():
    result = ran(leave(0), 4)
    assert [counters["cycles"] for counters, _ in result.per_hart[1:]] == [0, 0, 0]


def test_a_hart_that_gets_a_thread_was_idle_until_then():
    result = ran(start("nop") + join(), 2)
    counters, costs = result.per_hart[1]
    assert costs["idle"] > 0
    assert counters["cycles"] == sum(costs.values())


def test_threads_on_harts_of_their_own_take_less_time_than_on_one():
    work = "li t1, 20000\n1: addi t1, t1, -1\nbnez t1, 1b\n"
    text = start(work) + start(work, 1) + join() + join(1)
    one, three = ran(text, 1), ran(text, 3)
    assert max(c["cycles"] for c, _ in three.per_hart) < max(c["cycles"] for c, _ in one.per_hart)


def test_a_machine_whose_threads_all_wait_is_blocked():
    result = ran(call(98, "=go", 0, 0, 0))
    assert result.ended == "blocked"
    assert result.processes[0].status is None


@pytest.mark.parametrize(
    "flags",
    [
        0x10000,  # CLONE_THREAD alone
        0x10100 | 0x4000,  # a thread whose starter would wait for it
        SIGHAND | SIGCHLD,  # CLONE_SIGHAND without CLONE_VM
    ],
)
def test_clone_refuses_threads_that_share_too_little(flags):
    text = call("clone", flags, 0, 0, 0, 0) + "mv s1, a0\n" + show("s1")
    assert words(ran(text)) == [-errno.EINVAL]


# telling ids


def test_a_parent_is_told_its_child_s_id_in_its_own_memory_alone():
    """CLONE_PARENT_SETTID of a fork."""
    text = f"{call('clone', PARENT_SETTID | SIGCHLD, 0, '=shared', 0, 0)}mv s2, a0\nlw s1, shared\nbnez s2, 1f\n"
    text += show("s1") + leave(0) + "1: sub s1, s1, s2\n" + wait() + show("s1")
    assert words(ran(text)) == [7, 0]


def test_a_child_is_told_its_id_in_its_own_memory_alone():
    """CLONE_CHILD_SETTID of a fork."""
    text = f"{call('clone', CHILD_SETTID | SIGCHLD, 0, 0, 0, '=shared')}mv s2, a0\nbnez s2, 1f\n"
    text += call("getpid") + "lw s1, shared\nsub s1, s1, a0\n" + show("s1") + leave(0)
    assert words(ran(text + "1: " + wait() + "lw s1, shared\n" + show("s1"))) == [0, 7]


@pytest.mark.parametrize("place", [8, "=_start"])
def test_an_end_that_cannot_be_announced_is_an_end_all_the_same(place):
    """Linux ignores an address where nothing is, or that may not be written."""
    text = start(call(96, place) + put("ready", 1)) + "mv s5, a0\n" + until("ready", 1)
    gone = f"1: {call('sched_yield')}{call(GETAFFINITY, 's5', 8, '=shared')}bgez a0, 1b\nmv s1, a0\n"
    result = ran(text + gone + show("s1"))
    assert words(result) == [-errno.ESRCH]
    assert result.exit_status == 0


# the first thread ends before the others

ALONE = call("exit", 3)  # of the first thread, that goes first
LATER = until("go", 1) + call("sched_yield") * 20


@HARTS
def test_exit_group_after_the_end_of_the_first_thread_gives_its_own_status(harts):
    assert ran(start(LATER + call("exit_group", 6)) + put("go", 1) + ALONE, harts).exit_status == 6


@HARTS
def test_a_signal_after_the_end_of_the_first_thread_ends_the_process(harts):
    result = ran(start(LATER + "ld t0, 8(zero)\n") + put("go", 1) + ALONE, harts)
    assert (result.processes[0].status, result.processes[0].signal) == (None, SIGSEGV)


@HARTS
def test_F73_a_process_ends_with_the_status_of_the_last_of_its_threads(harts):
    assert ran(start(LATER + leave(9)) + put("go", 1) + ALONE, harts).exit_status == 9


def test_a_process_has_no_status_while_one_of_its_threads_is_left():
    result = ran(start(call(98, "=go", 0, 0, 0)) + ALONE)
    assert result.ended == "blocked"
    assert result.processes[0].status is None


def test_a_parent_is_not_told_of_a_child_whose_first_thread_alone_has_ended():
    child = start(LATER + "li s1, 1\n" + show("s1") + leave(9)) + put("go", 1) + ALONE
    text = fork(child, "li s1, 2\nlw s2, shared\n" + show("s1", "s2"), status="=shared")
    assert words(ran(text, 3)) == [1, 2, 9 << 8]


def test_exec_after_the_end_of_the_first_thread_takes_its_pid(tmp_path):
    (tmp_path / "next.s").write_text(source(call("gettid") + leave("a0")))
    path = tmp_path / "first.s"
    text = start(LATER + call("execve", "=path", 0, 0)) + put("go", 1) + ALONE
    path.write_text(source(text, DATA + '\n.balign 64\npath: .asciz "next.s"', BSS))
    result = run(Program.load(str(path)), harts=2)
    assert result.exit_status == result.processes[0].pid == 1


# waiting for children


def test_one_of_two_threads_that_wait_gets_the_child():
    """The other has none to wait for then (wait(2))."""
    body = put("ready", 1) + wait() + "la t0, shared\nsd a0, 8(t0)\n"
    text = f"{mmap(4096, READ_WRITE, SHARED | ANONYMOUS)}mv s9, a0\n"
    child = f"1: {call('sched_yield')}lw t0, 0(s9)\nbeqz t0, 1b\n" + call("sched_yield") * 30
    text += spawn(child) + "mv s8, a0\n" + start(body) + until("ready", 1) + call("sched_yield") * 30
    text += "li t0, 1\nsw t0, 0(s9)\n" + wait() + "mv s7, a0\n" + join() + "la t0, shared\nld s6, 8(t0)\n"
    text += "sub s5, s7, s8\nsub s6, s6, s8\n"
    text += "seqz s1, s5\nseqz s2, s6\nadd s1, s1, s2\nadd s2, s5, s6\nadd s2, s2, s8\n" + show("s1", "s2")
    assert words(ran(text, 3)) == [1, -errno.ECHILD]


def test_vfork_stops_the_thread_that_calls_it_and_no_other():
    """vfork(2): the child waits here until the parent's other thread has gone on."""
    other = until("go", 1) + put("ready", 2)
    child = put("go", 1) + until("ready", 2)
    text = start(other) + f"{call('clone', 0x4100 | SIGCHLD, 0, 0, 0, 0)}bnez a0, 1f\n{child}{leave(0)}1:\n"
    assert words(ran(text + "li s1, 5\n" + show("s1") + join(), 2)) == [5]


# sharing harts

WORK = "li t1, 4000\n1: addi t1, t1, -1\nbnez t1, 1b\n"


def test_threads_beyond_the_harts_take_turns_of_a_quantum():
    """Each of four threads works for 8,000 instructions on one of two harts: it takes turns with another one."""
    text = "".join(start(WORK, i) for i in range(4)) + "".join(map(join, range(4)))
    short = ran(text, 2, overrides={"quantum": "1000"}).counters["context_switches"]
    assert short >= 4 * 8000 // 1000 - 4
    assert ran(text, 2, overrides={"quantum": "1000000"}).counters["context_switches"] < 10


def test_no_hart_is_idle_while_a_thread_is_ready():
    text = "".join(start(WORK, i) for i in range(4)) + "".join(map(join, range(4)))
    for counters, costs in ran(text, 2, overrides={"quantum": "1000"}).per_hart:
        assert costs["idle"] < counters["cycles"] / 2
