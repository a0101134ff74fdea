"""Sleeping: threads that wait for a time (F90)."""

import errno

import pytest

from tests.running import call, fork, run, show, spawn, wait, words
from tests.threads import BSS, DATA, join, put, start, until

pytestmark = pytest.mark.both_engines

NANOSLEEP, CLOCK_GETTIME, CLOCK_NANOSLEEP = 101, 113, 115
MONOTONIC, MONOTONIC_RAW, NO_CLOCK = 1, 4, 10
ABSOLUTE = 1
TIMES = "time: .dword {0}, {1}\nnow: .dword 0, 0\n"
NOW = call(CLOCK_GETTIME, MONOTONIC, "=now") + "la t0, now\nld t1, 0(t0)\nld t2, 8(t0)\n"
NOW += "li t0, 1000000000\nmul t1, t1, t0\nadd t1, t1, t2\n"  # nanoseconds in t1
SHOW_A0 = "mv s1, a0\n" + show("s1")


def times(seconds, nanoseconds):
    """The data: a time to sleep, and a place for the clock."""
    return TIMES.format(seconds, nanoseconds)


def lasted(sleep):
    """Show the result of `sleep` and the nanoseconds that it took."""
    return NOW + f"mv s2, t1\n{sleep}mv s1, a0\n" + NOW + "sub s2, t1, s2\n" + show("s1", "s2")


@pytest.mark.parametrize("sleep", [call(NANOSLEEP, "=time", 0), call(CLOCK_NANOSLEEP, MONOTONIC, 0, "=time", 0)])
def test_a_sleep_lasts_as_long_as_it_says_and_little_more(sleep):
    result, nanoseconds = words(run(lasted(sleep), times(3, 5)))
    assert result == 0
    assert 3_000_000_005 <= nanoseconds < 3_000_020_000


def test_a_sleep_until_a_time_ends_then():
    text = (
        call(CLOCK_NANOSLEEP, MONOTONIC, ABSOLUTE, "=time", 0) + "mv s1, a0\n" + NOW + "mv s2, t1\n" + show("s1", "s2")
    )
    result, nanoseconds = words(run(text, times(0, 700_000)))
    assert result == 0
    assert 700_000 <= nanoseconds < 720_000


def test_a_sleep_until_a_time_that_has_passed_ends_at_once():
    assert words(run(call(CLOCK_NANOSLEEP, MONOTONIC, ABSOLUTE, "=time", 0) + SHOW_A0, times(0, 1))) == [0]


def test_a_sleeping_hart_is_idle():
    result = run(call(NANOSLEEP, "=time", 0), times(0, 1_000_000))
    assert result.costs["idle"] >= 1_000_000


@pytest.mark.parametrize(("seconds", "nanoseconds"), [(-1, 0), (0, -1), (0, 10**9)])
def test_what_is_no_time_is_refused(seconds, nanoseconds):
    assert words(run(call(NANOSLEEP, "=time", 0) + SHOW_A0, times(seconds, nanoseconds))) == [-errno.EINVAL]


def test_a_time_that_cannot_be_read_is_refused():
    assert words(run(call(NANOSLEEP, 8, 0) + SHOW_A0, times(0, 0))) == [-errno.EFAULT]


@pytest.mark.parametrize(("clock", "error"), [(NO_CLOCK, errno.EINVAL), (MONOTONIC_RAW, errno.EOPNOTSUPP)])
def test_a_clock_to_sleep_by_is_one_that_linux_sleeps_by(clock, error):
    assert words(run(call(CLOCK_NANOSLEEP, clock, 0, "=time", 0) + SHOW_A0, times(0, 1))) == [-error]


@pytest.mark.parametrize("harts", [1, 2])
def test_another_process_runs_while_one_sleeps(harts):
    """The child shows itself first, although the parent ran first."""
    text = spawn(call(NANOSLEEP, "=time", 0) + "li s1, 2\n" + show("s1")) + "li s1, 1\n" + show("s1") + wait()
    assert words(run(text, times(0, 100_000), harts=harts)) == [1, 2]


@pytest.mark.parametrize("harts", [1, 2, 4])
def test_sleepers_wake_in_the_order_of_their_times(harts):
    text, data = "", "now: .dword 0, 0\n"
    for number, nanoseconds in enumerate([300_000, 100_000, 200_000]):
        data += f"time{number}: .dword 0, {nanoseconds}\n"
        text += spawn(call(NANOSLEEP, f"=time{number}", 0) + f"li s1, {number}\n" + show("s1"))
    assert words(run(text + wait() * 3, data, harts=harts)) == [1, 2, 0]


@pytest.mark.parametrize("harts", [1, 2])
def test_a_sleeper_wakes_while_another_thread_is_busy(harts):
    """The word that ends the loop is stored by the thread that slept."""
    text = start(call(NANOSLEEP, "=time", 0) + put("go", 1)) + until("go", 1) + join()
    assert run(text, DATA + times(0, 20_000), BSS, harts=harts).ended == "exit"


def test_a_free_hart_wakes_a_sleeper_in_time():
    """The other hart goes round without a system call, its time slice much longer than the sleep."""
    spin = "li s3, 20000\n1: addi s3, s3, -1\nbnez s3, 1b\n"
    text = start(lasted(call(NANOSLEEP, "=time", 0))) + spin + join()
    result, nanoseconds = words(run(text, DATA + times(0, 4_000), BSS, harts=2))
    assert result == 0
    assert 4_000 <= nanoseconds < 8_000


@pytest.mark.parametrize("schedule", ["time", "seed:3"])
def test_where_a_run_is_cut_makes_no_difference_to_sleepers(schedule):
    from emulator import Machine
    from isa import assemble
    from tests.running import source

    text = start(call(NANOSLEEP, "=time", 0) + put("go", 1)) + until("go", 1) + join()
    program = assemble(source(text, DATA + times(0, 10_000), BSS))
    runs = []
    for cut in (None, 97):
        machine = Machine(harts=2, memory="8MiB", schedule=schedule)
        machine.spawn(program)
        result = machine.run(cut)
        while result.ended == "limit":
            result = machine.run(cut)
        runs.append((result.ended, dict(result.counters), dict(result.costs)))
    assert runs[0] == runs[1]


def test_a_sleep_for_ever_leaves_the_program_waiting():
    from emulator import Machine
    from isa import assemble
    from tests.running import source

    machine = Machine(memory="8MiB")
    machine.spawn(assemble(source(call(NANOSLEEP, "=time", 0), times(1 << 62, 0))))
    assert machine.run().ended == "blocked"


def test_the_end_of_a_process_ends_the_sleeps_of_its_threads():
    text = start(call(NANOSLEEP, "=time", 0)) + put("ready", 1) + call("sched_yield") * 20
    result = run(text + call("exit_group", 0), DATA + times(1000, 0), BSS)
    assert result.ended == "exit"
    assert result.cycles < 10**9


def test_a_child_that_sleeps_is_waited_for():
    assert run(fork(call(NANOSLEEP, "=time", 0)), times(1, 0)).ended == "exit"
