"""Who a program is, where it runs, what it has used; locks that outlive their owner (F99)."""

import errno

import pytest

from tests.running import PAGE, call, fork, mmap, run, show, spawn, words
from tests.threads import BSS, DATA, join, put, start, until

pytestmark = pytest.mark.both_engines

UNAME, GETRLIMIT, SETRLIMIT, GETRUSAGE, TIMES, PRCTL, SYSINFO = 160, 163, 164, 165, 153, 167, 179
GETRANDOM, PRLIMIT, CLOCK_GETTIME, CLOCK_GETRES, GETTIMEOFDAY, ROBUST = 278, 261, 113, 114, 169, 99
SHOW_A0 = "mv s1, a0\n" + show("s1")
ROOM = "room: .space 512\n.balign 8\n"


def showing(*arguments):
    return call(*arguments) + SHOW_A0


def test_the_system_is_linux_on_riscv64():
    out = run(call(UNAME, "=room") + call("write", 1, "=room", 390), ROOM).out
    fields = [out[i : i + 65].rstrip(b"\0").decode() for i in range(0, 390, 65)]
    assert (fields[0], fields[4]) == ("Linux", "riscv64")


@pytest.mark.parametrize("number", [174, 175, 176, 177])
def test_every_program_runs_as_root(number):
    assert words(run(showing(number))) == [0]


def test_memory_is_told_in_bytes():
    found = words(run(call(SYSINFO, "=room") + "la t0, room\nld s1, 32(t0)\nlw s2, 104(t0)\n" + show("s1", "s2"), ROOM))
    assert found == [8 << 20, 1]


@pytest.mark.parametrize("get", [call(GETRLIMIT, 3, "=room"), call(PRLIMIT, 0, 3, 0, "=room")])
def test_a_limit_is_told(get):
    assert words(run(get + "ld s1, room\nld s2, room + 8\n" + show("s1", "s2"), ROOM)) == [8 << 20, -1]


def test_a_limit_can_be_set_to_what_it_is_and_to_nothing_else():
    data = "same: .dword 1024, 1024\nless: .dword 10, 1024\nodd: .dword 2, 1\n"
    text = showing(SETRLIMIT, 7, "=same") + showing(PRLIMIT, 0, 7, "=less", 0) + showing(SETRLIMIT, 7, "=odd")
    text += showing(GETRLIMIT, 16, "=same") + showing(PRLIMIT, 99, 7, 0, 0)
    assert words(run(text, data)) == [0, -errno.EPERM, -errno.EINVAL, -errno.EINVAL, -errno.ESRCH]


def test_a_thread_has_a_name_of_15_bytes():
    data = 'long: .asciz "a name that is too long"\n' + ROOM
    result = run(call(PRCTL, 15, "=long") + call(PRCTL, 16, "=room") + call("write", 1, "=room", 16), data)
    assert result.out == b"a name that is \0"


def test_random_bytes_follow_the_seed():
    text = showing(GETRANDOM, "=room", 16, 0) + "ld s1, room\nld s2, room + 8\n" + show("s1", "s2")
    first, again, other = (words(run(text, ROOM, seed=seed)) for seed in (1, 1, 2))
    assert first[0] == 16
    assert first == again != other


def test_a_wish_for_random_bytes_that_cannot_be_is_refused():
    text = showing(GETRANDOM, "=room", 1, 8) + showing(GETRANDOM, "=room", 1, 6) + showing(GETRANDOM, 8, 1, 0)
    assert words(run(text, ROOM)) == [-errno.EINVAL, -errno.EINVAL, -errno.EFAULT]


def faults_told(who):
    return call(GETRUSAGE, who, "=room") + "la t0, room\nld s1, 64(t0)\n" + show("s1")


def test_the_faults_of_a_process_are_its_minor_faults():
    touch = "".join(f"li t0, {i * PAGE}\nadd t0, t0, s0\nsd zero, 0(t0)\n" for i in range(8))
    before, after = words(run(faults_told(0) + mmap(8 * PAGE) + "mv s0, a0\n" + touch + faults_told(0), ROOM))
    assert after == before + 9  # the page that `show` writes to, too


def test_what_children_have_used_is_told_once_they_were_waited_for():
    work = "la t0, shown\nsd zero, 0(t0)\nli t1, 3000\n1: addi t1, t1, -1\nbnez t1, 1b\n"
    text = fork(work) + call(GETRUSAGE, -1, "=room") + "la t0, room\nld s1, 8(t0)\nld s2, 64(t0)\n" + show("s1", "s2")
    microseconds, faults = words(run(text, ROOM))
    assert microseconds >= 1  # 6,000 cycles at 3.4 GHz
    assert faults > 0


def test_the_cycles_of_a_process_are_not_those_in_which_it_slept():
    sleep = call(101, "=time", 0) + call(CLOCK_GETTIME, 2, "=room") + "ld s1, room\n" + show("s1")
    assert words(run(sleep, ROOM + "time: .dword 5, 0\n")) == [0]


def test_time_since_boot_is_told_in_microseconds_and_ticks():
    text = call(101, "=time", 0) + call(GETTIMEOFDAY, "=room", 0) + "ld s1, room\n" + show("s1") + showing(TIMES, 0)
    assert words(run(text, ROOM + "time: .dword 5, 0\n")) == [5, 500]


def test_clocks_tell_nanoseconds():
    text = call(CLOCK_GETRES, 1, "=room") + "ld s1, room\nld s2, room + 8\n" + show("s1", "s2")
    assert words(run(text, ROOM)) == [0, 1]


LOCKS = """
.balign 8
head: .dword entry, 8, 0
entry: .dword head
lock: .word 0
.balign 8
"""
WAITERS, OWNER_DIED = 1 << 31, 1 << 30


def test_a_lock_whose_owner_has_ended_says_so():
    own = call(ROBUST, "=head", 24) + call("gettid") + "la t0, lock\nsw a0, 0(t0)\n"
    assert words(run(start(own) + join() + "lwu s1, lock\n" + show("s1"), DATA + LOCKS, BSS)) == [OWNER_DIED]


def test_who_waits_for_such_a_lock_is_woken():
    own = call(ROBUST, "=head", 24) + call("gettid")
    own += f"li t0, {WAITERS}\nor a0, a0, t0\nla t0, lock\nsw a0, 0(t0)\n" + put("ready", 1) + until("go", 1)
    text = start(own) + until("ready", 1) + put("go", 1) + "lwu a2, lock\n" + call(98, "=lock", 0, "a2", 0)
    assert words(run(text + "lwu s1, lock\n" + show("s1"), DATA + LOCKS, BSS)) == [WAITERS | OWNER_DIED]


def test_a_lock_of_somebody_else_stays_as_it_is():
    own = call(ROBUST, "=head", 24) + "li t1, 77\nla t0, lock\nsw t1, 0(t0)\n"
    assert words(run(start(own) + join() + "lwu s1, lock\n" + show("s1"), DATA + LOCKS, BSS)) == [77]


def test_a_list_that_never_ends_or_is_not_there_does_no_harm():
    ring = LOCKS.replace("entry: .dword head", "entry: .dword entry")
    assert run(fork(call(ROBUST, "=head", 24)) + call(ROBUST, 8, 24), ring).ended == "exit"
    assert words(run(showing(ROBUST, "=head", 8), LOCKS)) == [-errno.EINVAL]


def test_wait4_tells_what_the_child_has_used():
    text = spawn("la t0, shown\nsd zero, 0(t0)\n")
    text += call("wait4", -1, 0, 0, "=room") + "la t0, room\nld s1, 64(t0)\n" + show("s1")
    assert words(run(text, ROOM))[0] > 0
