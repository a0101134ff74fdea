"""clone, vfork, wait4, exit, kill, the pids, and who runs when."""

import pytest

from tests.running import (
    CLONE_VFORK,
    CLONE_VM,
    SIGCHLD,
    call,
    faults,
    fork,
    kinds,
    label,
    leave,
    run,
    show,
    spawn,
    wait,
    words,
)

pytestmark = pytest.mark.both_engines

ECHILD, ESRCH, EINVAL, EFAULT = 10, 3, 22, 14
WNOHANG = 1
SHOW_A0 = "mv s1, a0\n" + show("s1")


def vfork(child, parent=""):
    """vfork: the child borrows the memory; the parent goes on when it has ended or runs a program."""
    there = label()
    clone = call("clone", CLONE_VM | CLONE_VFORK | SIGCHLD, 0, 0, 0, 0)
    return f"{clone}bnez a0, {there}\n{child}\n{leave(0)}{there}:\n{parent}\n"


# ending


@pytest.mark.parametrize("name", ["exit", "exit_group"])
@pytest.mark.parametrize(("given", "seen"), [(0, 0), (255, 255), (256, 0), (-1, 255), (0x1234, 0x34)])
def test_the_exit_status_is_its_low_byte(name, given, seen):
    result = run(call(name, given))
    assert (result.exit_status, result.processes[0].status, result.processes[0].signal) == (seen, seen, None)


@pytest.mark.parametrize("signal", [1, 2, 6, 9, 10, 15, 64])
def test_a_signal_ends_its_process_and_shows_as_128_and_more(signal):
    result = run(call("getpid") + call("kill", "a0", signal))
    assert (result.exit_status, result.processes[0].status, result.processes[0].signal) == (128 + signal, None, signal)
    assert kinds(result, "EXIT", "SIGNAL") == ["SIGNAL"]


@pytest.mark.parametrize("signal", [0, 17, 18, 23, 28])
def test_signals_that_are_ignored_end_nobody(signal):
    assert words(run(call("kill", 0, signal) + SHOW_A0)) == [0]


def test_the_status_of_the_run_is_that_of_the_first_process():
    result = run(fork(leave(7), leave(5)))
    assert result.exit_status == 5
    assert [(process.pid, process.parent, process.status) for process in result.processes] == [(1, 0, 5), (2, 1, 7)]


# pids


def test_pids_count_up_from_1_and_a_child_knows_its_parent():
    tell = (
        call("getpid")
        + "mv s1, a0\n"
        + call("getppid")
        + "mv s2, a0\n"
        + call("gettid")
        + "mv s3, a0\n"
        + show("s1", "s2", "s3")
    )
    assert words(run(fork(tell, fork(tell, tell)))) == [2, 1, 2, 3, 1, 3, 1, 0, 1]


def test_clone_gives_the_pid_to_the_parent_and_0_to_the_child():
    there = label()
    text = f"{call('clone', SIGCHLD, 0, 0, 0, 0)}mv s1, a0\nbeqz a0, {there}\n{wait()}{there}:\n{show('s1')}"
    assert words(run(text)) == [0, 2]


def test_a_child_inherits_every_register_but_a0():
    names = [f"s{i}" for i in range(12)] + ["ra", "gp", "tp", "t3"]
    load = "".join(f"li {name}, {i * 1111 + 1}\n" for i, name in enumerate(names))
    assert words(run(load + fork(show(*names)))) == [i * 1111 + 1 for i in range(len(names))]


def test_clone_may_give_the_child_another_stack():
    there = label()
    text = f"{call('clone', SIGCHLD, 0x5000, 0, 0, 0)}bnez a0, {there}\nmv s1, sp\n{show('s1')}{leave(0)}"
    assert words(run(f"{text}{there}:\n{wait()}")) == [0x5000]


@pytest.mark.parametrize("flags", [0x10000 | SIGCHLD, 0x20000000 | SIGCHLD, -1])
def test_clone_refuses_threads_without_shared_memory_and_namespaces(flags):
    result = run(call("clone", flags, 0, 0, 0, 0) + SHOW_A0)
    assert words(result) == [-EINVAL]
    assert result.counters["fork.count"] == 0


# waiting


def test_wait4_returns_the_pid_and_the_status():
    text = spawn(leave(7)) + wait(status="=d") + "mv s1, a0\nlw s2, d\n"
    assert words(run(text + show("s1", "s2"), "d: .dword -1")) == [2, 7 << 8]


def test_wait4_returns_the_signal_of_a_killed_child():
    text = spawn("sd zero, 0(zero)") + wait(status="=d") + "lw s2, d\n"
    assert words(run(text + show("s2"), "d: .dword -1")) == [11]


def test_wait4_writes_4_bytes_of_status_and_144_of_usage():
    text = (
        spawn(leave(1))
        + call("wait4", -1, "=d", 0, "=u")
        + "ld s1, d\nld s2, u\nla t0, u\nld s3, 136(t0)\nld s4, 144(t0)\n"
    )
    result = run(text + show("s1", "s2", "s3", "s4"), "d: .dword -1\nu: .fill 160, 1, 255")
    assert words(result) == [(-1 << 32) + 256, 0, 0, -1]


def test_wait4_waits_for_the_child_that_is_named():
    text = (
        spawn(leave(1))
        + "mv s1, a0\n"
        + spawn(leave(2))
        + "mv s2, a0\n"
        + wait("s2")
        + "mv s3, a0\n"
        + wait("s1")
        + "mv s4, a0\n"
    )
    assert words(run(text + show("s3", "s4"))) == [3, 2]


def test_wait4_waits_until_the_child_has_ended():
    busy = "li t0, 2000\n1: addi t0, t0, -1\nbnez t0, 1b\n" + call("sched_yield") * 3
    text = spawn(busy + "li s1, 1\n" + show("s1")) + wait() + "li s1, 2\n" + show("s1")
    assert words(run(text)) == [1, 2]


def test_wait4_with_wnohang_returns_0_while_the_child_lives():
    text = (
        spawn(leave(0))
        + wait(options=WNOHANG)
        + "mv s1, a0\n"
        + call("sched_yield")
        + wait(options=WNOHANG)
        + "mv s2, a0\n"
    )
    text += wait(options=WNOHANG) + "mv s3, a0\n"
    assert words(run(text + show("s1", "s2", "s3"))) == [0, 2, -ECHILD]


@pytest.mark.parametrize("pid", [-1, 0, 1, 2, 99, -2, -(1 << 63)])
def test_wait4_without_such_a_child_is_echild(pid):
    assert words(run(wait(pid) + SHOW_A0)) == [-ECHILD]


def test_a_child_can_be_waited_for_once():
    assert words(run(spawn(leave(0)) + wait() + wait() + SHOW_A0)) == [-ECHILD]


def test_a_grandchild_is_not_waited_for():
    assert words(run(fork(spawn(leave(0)), wait() + SHOW_A0))) == [-ECHILD]


def test_wait4_refuses_unknown_options():
    assert words(run(spawn(leave(0)) + wait(options=4) + SHOW_A0)) == [-EINVAL]


def test_F72_wait4_with_a_bad_status_address_has_reaped_the_child_all_the_same():
    text = spawn(leave(3)) + wait(status="=_start") + "mv s1, a0\n" + wait() + "mv s2, a0\n"
    assert words(run(text + show("s1", "s2"))) == [-EFAULT, -ECHILD]


def test_an_unwaited_child_holds_a_pid_and_no_memory():
    result = run("".join(spawn(leave(0)) + call("sched_yield") for _ in range(3)))
    assert result.counters["frames.leaked"] == 0
    assert len(result.processes) == 4


def test_F78_an_orphan_goes_to_the_first_process_which_need_not_wait_for_it():
    orphan = call("sched_yield") * 5 + call("getppid") + SHOW_A0 + leave(0)
    text = fork(spawn(orphan), "", "") + call("sched_yield") * 20 + wait() + "mv s1, a0\n" + show("s1")
    assert words(run(text)) == [1, -ECHILD]


# killing


def test_kill_ends_another_process():
    loop = label()
    text = spawn(f"{loop}: j {loop}") + "mv s1, a0\n" + call("kill", "s1", 9) + wait(status="=d") + "lw s2, d\n"
    assert words(run(text + show("s2"), "d: .dword 0")) == [9]


def test_a_child_may_kill_its_parent_while_it_waits():
    result = run(spawn(call("getppid") + call("kill", "a0", 15) + leave(4)) + wait() + leave(1))
    assert result.exit_status == 128 + 15
    assert result.processes[1].status == 4


def test_a_zombie_can_be_signalled_to_no_effect():
    text = (
        spawn(leave(3))
        + "mv s1, a0\n"
        + call("sched_yield")
        + call("kill", "s1", 9)
        + "mv s2, a0\n"
        + wait(status="=d")
        + "lw s3, d\n"
    )
    assert words(run(text + show("s2", "s3"), "d: .dword 0")) == [0, 3 << 8]


def test_a_process_that_was_waited_for_is_gone():
    assert words(run(spawn(leave(0)) + "mv s1, a0\n" + wait() + call("kill", "s1", 9) + SHOW_A0)) == [-ESRCH]


@pytest.mark.parametrize(("pid", "signal", "error"), [(99, 9, ESRCH), (99, 0, ESRCH), (1, 65, EINVAL), (1, -1, EINVAL)])
def test_kill_refuses(pid, signal, error):
    assert words(run(call("kill", pid, signal) + SHOW_A0)) == [-error]


# vfork


def test_a_vfork_child_runs_before_its_parent():
    tell = "mv s1, a0\n" + show("s1")
    assert words(run(vfork(call("sched_yield") + tell, tell))) == [0, 2]


def test_a_vfork_child_stores_into_its_parents_memory_with_no_fault():
    result = run("la s0, d\n" + vfork("li t0, 2\nsd t0, 0(s0)", "ld s1, 0(s0)\n" + leave("s1")), "d: .dword 1")
    assert (result.exit_status, faults(result)) == (2, [])
    assert result.counters["fork.write_protected"] == 0


def test_a_vfork_child_that_dies_frees_its_parent():
    result = run(vfork("sd zero, 0(zero)", wait(status="=d") + "lw s1, d\n" + leave("s1")), "d: .dword 0")
    assert result.exit_status == 11


def test_a_vfork_child_that_kills_its_parent_ends_with_the_memory():
    result = run(vfork(call("getppid") + call("kill", "a0", 9) + "la t0, d\nsd t0, 0(t0)", leave(1)), "d: .dword 0")
    assert result.exit_status == 128 + 9
    assert result.processes[1].status == 0


def test_the_signals_of_a_vfork_parent_do_not_reach_its_child():
    """A third process kills the parent that sleeps in vfork; the child goes on in the shared memory."""
    child = call("sched_yield") * 3 + "ld s1, d\n" + leave("s1")
    killer = call("getppid") + call("kill", "a0", 9)
    result = run(spawn(call("sched_yield") + killer) + vfork(child, leave(1)), "d: .dword 6")
    assert result.exit_status == 128 + 9
    assert {process.pid: process.status for process in result.processes} == {1: None, 2: 0, 3: 6}


# turns


def test_sched_yield_lets_the_others_run_first():
    text = (
        spawn("li s1, 1\n" + show("s1"))
        + spawn("li s1, 2\n" + show("s1"))
        + call("sched_yield")
        + "li s1, 3\n"
        + show("s1")
    )
    assert words(run(text)) == [1, 2, 3]


def test_processes_take_turns_when_their_quantum_is_over():
    loop, done = label(), label()
    forever = f"{loop}: ld t0, d\nbeqz t0, {loop}\n"
    text = f"li t1, 5000\n{done}: addi t1, t1, -1\nbnez t1, {done}\n"
    result = run(
        spawn(forever) + "mv s1, a0\n" + text + call("kill", "s1", 9), "d: .dword 0", overrides={"quantum": "1000"}
    )
    assert result.counters["context_switches"] >= 5
    assert result.ended == "exit"


def test_a_process_alone_is_never_switched():
    text = "li t1, 5000\n1: addi t1, t1, -1\nbnez t1, 1b\n" + call("sched_yield")
    assert run(text, overrides={"quantum": "100"}).counters["context_switches"] == 0


def test_lr_and_sc_do_not_span_a_context_switch():
    """Another process ran in between: the reservation is lost."""
    text = spawn(leave(0)) + "la t0, d\nlr.d t1, (t0)\n" + call("sched_yield") + "la t0, d\nsc.d s1, t1, (t0)\n"
    assert words(run(text + show("s1"), "d: .dword 0")) == [1]
