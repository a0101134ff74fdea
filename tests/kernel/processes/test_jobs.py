"""Stopping and continuing processes, process groups, sessions, what a parent is told (F72, F74, F75)."""

import pytest

from tests.running import call, label, leave, run, show, spawn, wait, words

pytestmark = pytest.mark.both_engines

EPERM, ESRCH, ECHILD, EINVAL = 1, 3, 10, 22
WNOHANG, WUNTRACED, WCONTINUED, WALL, WCLONE = 1, 2, 8, 0x40000000, 0x80000000
KILL, TERM, CONT, STOP, TSTP = 9, 15, 18, 19, 20
DATA = "status: .dword 0"


def spins():
    """A child that runs until a signal ends it; its pid is in s1 then."""
    again = label()
    return spawn(f"{again}: {call('sched_yield')}j {again}") + "mv s1, a0\n"


def told(options=0, register="s2"):
    """Wait; the result in a0 and the status in `register`."""
    return wait(status="=status", options=options) + f"lw {register}, status\n"


def kill(signal, pid="s1"):
    return call("kill", pid, signal)


YIELDS = call("sched_yield") * 20
END = kill(KILL) + wait()


def seen(text):
    return words(run(text, DATA))


@pytest.mark.parametrize("signal", [STOP, TSTP, 21, 22])
def test_F74_a_stopped_child_is_told_once_and_only_to_those_who_ask(signal):
    text = spins() + kill(signal) + YIELDS + told(WNOHANG) + "mv s3, a0\n" + told(WUNTRACED)
    text += "sub s4, a0, s1\n" + told(WUNTRACED | WNOHANG, "s5") + "mv s5, a0\n" + show("s3", "s4", "s2", "s5") + END
    assert seen(text) == [0, 0, signal << 8 | 0x7F, 0]


def test_F74_a_stopped_child_does_not_run_and_a_continued_one_does():
    child = "la t0, status\nli t1, 5\n" + call("kill", "s11", STOP) + leave(7)
    text = spawn(call("getpid") + "mv s11, a0\n" + child) + YIELDS + told(WNOHANG) + "mv s3, a0\n" + told(WUNTRACED)
    text += "mv s1, a0\n" + kill(CONT) + told(WCONTINUED) + "mv s4, s2\n" + told() + show("s3", "s4", "s2")
    assert seen(text) == [0, 0xFFFF, 7 << 8]


def test_F74_only_sigkill_ends_a_process_while_it_is_stopped():
    text = spins() + kill(STOP) + kill(TERM) + YIELDS + told(WNOHANG) + "mv s3, a0\n" + kill(CONT) + told()
    assert seen(text + show("s3", "s2")) == [0, TERM]
    assert seen(spins() + kill(STOP) + kill(KILL) + told() + show("s2")) == [KILL]


def test_F74_sigcont_does_nothing_to_a_process_that_runs():
    assert seen(spins() + kill(CONT) + told(WCONTINUED | WNOHANG) + "mv s3, a0\n" + show("s3") + END) == [0]


def test_F75_an_orphaned_group_is_spared_the_stop_signals_of_a_terminal():
    child = call("setsid") + call("getpid") + "mv s1, a0\n" + kill(TSTP) + leave(5)
    assert seen(spawn(child) + told() + show("s2")) == [5 << 8]


def test_a_stopped_process_that_nobody_continues_leaves_the_run_blocked():
    result = run(call("getpid") + "mv s1, a0\n" + kill(STOP), DATA)
    assert result.ended == "blocked"


def test_F75_kill_0_reaches_the_group_of_the_caller():
    inner = spawn(call("kill", 0, TERM) + leave(1)) + YIELDS + leave(7)
    assert seen(spawn(call("setsid") + inner) + told() + show("s2")) == [TERM]


def test_F75_kill_of_a_negative_pid_reaches_that_group_alone():
    child = call("setpgid", 0, 0)
    again = label()
    text = spawn(f"{child}{again}: {call('sched_yield')}j {again}") + "mv s1, a0\n" + YIELDS
    assert seen(text + "neg s6, s1\n" + kill(TERM, "s6") + told() + show("s2")) == [TERM]


def test_F75_kill_minus_1_reaches_all_but_the_first_process_and_the_caller():
    text = spins() + spawn(kill(TERM, -1) + leave(3)) + told() + told(register="s3") + "add s2, s2, s3\n" + show("s2")
    assert seen(text) == [TERM + (3 << 8)]


@pytest.mark.parametrize(
    ("pid", "signal", "error"),
    [(77, TERM, ESRCH), (-77, TERM, ESRCH), (77, 65, ESRCH), (1, 65, EINVAL), (-(1 << 31), TERM, ESRCH), (1, 0, 0)],
)
def test_kill_says_what_is_wrong_the_process_before_the_signal(pid, signal, error):
    assert seen(kill(signal, pid) + "mv s2, a0\n" + show("s2")) == [-error]


def test_F75_a_child_belongs_to_its_parents_group_and_session_until_it_leaves():
    ask = call("getpgid", 0) + "mv s1, a0\n" + call("getsid", 0) + "mv s2, a0\n" + show("s1", "s2")
    assert seen(spawn(ask + call("setsid") + ask) + wait()) == [1, 1, 2, 2]


def test_F75_a_leader_cannot_begin_a_session():
    assert seen(call("setsid") + "mv s1, a0\n" + show("s1")) == [-EPERM]


@pytest.mark.parametrize(
    ("pid", "group", "error"), [(77, 0, ESRCH), (0, -1, EINVAL), ("s1", 77, EPERM), ("s1", 1, 0), ("s1", 0, 0)]
)
def test_setpgid_says_what_is_wrong(pid, group, error):
    assert seen(spins() + call("setpgid", pid, group) + "mv s2, a0\n" + show("s2") + END) == [-error]


# what wait4 means by a child


def cloned(flags, body):
    there = label()
    return f"{call('clone', flags, 0, 0, 0, 0)} bnez a0, {there}\n{body}\n{leave(0)}{there}:\n"


@pytest.mark.parametrize(
    ("signal", "options", "found"),
    [(17, 0, 2), (17, WALL, 2), (17, WCLONE, -ECHILD), (0, 0, -ECHILD), (0, WCLONE, 2), (0, WALL, 2), (23, 0, -ECHILD)],
)
def test_F72_a_child_with_another_exit_signal_is_waited_for_with_wclone_or_wall(signal, options, found):
    assert seen(cloned(signal, leave(0)) + YIELDS + wait(options=options) + "mv s1, a0\n" + show("s1")) == [found]


def test_the_exit_signal_is_sent_to_the_parent():
    assert run(cloned(TERM, leave(0)) + YIELDS + leave(1)).exit_status == 128 + TERM


def test_a_child_that_shares_memory_is_a_process_of_its_own():
    text = cloned(0x100 | 17, "la t0, status\nli t1, 6\nsw t1, 0(t0)\n" + leave(3)) + "mv s1, a0\nlw s3, status\n"
    text = text.replace("lw s3, status", YIELDS + "lw s3, status") + told() + show("s3", "s2")
    assert seen(text) == [6, 3 << 8]


def test_clone_parent_makes_a_sibling():
    inner = cloned(0x8000 | 17, call("getppid") + "mv s1, a0\n" + show("s1") + leave(4)) + leave(5)
    text = spawn(inner) + told() + told(register="s3") + "add s2, s2, s3\n" + show("s2")
    assert seen(text) == [1, 9 << 8]


@pytest.mark.parametrize(("pid", "options", "error"), [(-1, 4, EINVAL), (-(1 << 31), 0, ESRCH), (-1, WNOHANG, ECHILD)])
def test_wait4_refuses(pid, options, error):
    assert seen(wait(pid=pid, options=options) + "mv s1, a0\n" + show("s1")) == [-error]


def test_wait4_for_a_group_takes_its_members_alone():
    text = spins() + call("setpgid", "s1", 0) + spawn(leave(2)) + "neg s6, s1\n" + YIELDS
    text += wait(pid="s6", options=WNOHANG) + "mv s2, a0\n" + wait(pid=0) + "sub s3, a0, s1\n" + show("s2", "s3") + END
    assert seen(text) == [0, 1]


# the ends of threads that others can see


def test_F73_a_child_that_shares_memory_tells_its_end_whether_it_exits_or_begins_a_program():
    body = "la t0, status\nli t1, 7\nsw t1, 0(t0)\n"
    text = body + f"{call('clone', 0x204111, 0, 0, 0, '=status')} bnez a0, 1f\n{leave(0)}1: lw s1, status\n" + wait()
    text += body + f"{call('clone', 0x204011, 0, 0, 0, '=status')} bnez a0, 1f\n{leave(0)}1: lw s2, status\n" + wait()
    assert seen(text + show("s1", "s2")) == [0, 7]


def test_F73_one_that_is_killed_tells_its_end_too():
    again = label()
    body = f"{again}: {call('sched_yield')}j {again}\n"
    text = "la t0, status\nli t1, 7\nsw t1, 0(t0)\n"
    text += f"{call('clone', 0x200111, 0, 0, 0, '=status')} bnez a0, 1f\n{body}1: mv s1, a0\n{YIELDS}{kill(KILL)}"
    assert seen(text + "lw s2, status\n" + show("s2") + wait()) == [0]
