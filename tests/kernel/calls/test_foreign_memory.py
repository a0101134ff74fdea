"""Memory of other processes, pages lent to pipes, writes by a debugger: what they do to sharing (F61, F65, F66, F123).

Errors and what is partly done are held against Linux in tests/linux.
"""

import signal

import pytest

from emulator import Machine
from emulator.base.errors import ConfigError
from emulator.base.names import Event
from emulator.machine import Control
from isa import assemble
from tests.running import (
    ANONYMOUS,
    PAGE,
    PRIVATE,
    PROT_NONE,
    PROT_READ,
    READ_WRITE,
    SHARED,
    call,
    check,
    fork,
    label,
    leave,
    mmap,
    run,
    show,
    source,
    spawn,
    wait,
    words,
)

PIPE2, VMSPLICE, READV, WRITEV, MPROTECT = 59, 75, 270, 271, 226
ONE = ".balign 4096\none: .dword 7\n.balign 4096\npieces: .dword one, 8\nhere: .dword local, 8\n"
ONE += "local: .dword 9\nends: .word 0, 0\n"
AT = 0x40000000


# other processes


def test_F66_a_write_to_another_s_page_copies_it_there():
    """The parent writes its child's page: its own, which the child shared, stays."""
    child = label()
    text = spawn(f"{child}: {call('sched_yield')}ld s1, one\nli t0, 9\nbne s1, t0, {child}\n{leave('s1')}")
    text += "mv s2, a0\n" + call(WRITEV, "s2", "=here", 1, "=pieces", 1, 0) + "mv s3, a0\n" + wait()
    result = run(text + "ld s4, one\n" + show("s3", "s4"), ONE)
    assert words(result) == [8, 7]
    copies = result.events[(result.events["kind"] == Event.COPY) & (result.events["usercopy"] == 1)]
    assert assemble(source(text, ONE)).symbols["one"] in copies["va"]


def test_F123_a_read_gets_what_the_other_has_written_since_the_fork():
    child = label()
    text = spawn(f"li t0, 5\nla t1, one\nsd t0, 0(t1)\n{child}: {call('sched_yield')}j {child}\n") + "mv s2, a0\n"
    again = label()
    text += f"{again}: {call('sched_yield')}" + call(READV, "s2", "=here", 1, "=pieces", 1, 0)
    text += f"ld s3, local\nli t0, 5\nbne s3, t0, {again}\n" + call("kill", "s2", 9) + wait() + "ld s4, one\n"
    assert words(run(text + show("s3", "s4"), ONE)) == [5, 7]


# pipes


def lend(text="", at="=pieces", count=1):
    """Make a pipe, s2 its read end and s3 the other one, and lend it what `pieces` names; `text` comes next."""
    text = call(VMSPLICE, "s3", at, count, 0) + "mv s4, a0\n" + text
    return call(PIPE2, "=ends", 0) + "lw s2, ends\nla t0, ends\nlw s3, 4(t0)\n" + text


TAKE = call("read", "s2", "=local", 8) + "mv s5, a0\nld s6, local\n"


@pytest.mark.both_engines
def test_F124_what_a_page_s_only_owner_stores_is_seen_in_the_pipe():
    store = "li t0, 8\nla t1, one\nsd t0, 0(t1)\n"
    assert words(run(lend(store + TAKE) + show("s4", "s5", "s6"), ONE)) == [8, 8, 8]


@pytest.mark.both_engines
def test_F61_a_page_that_a_pipe_refers_to_is_not_used_again():
    """After the child has ended the parent is the only one to map it: a count of mappings would let it store there."""
    text = call(PIPE2, "=ends", 0) + "lw s2, ends\nla t0, ends\nlw s3, 4(t0)\n"
    text += fork(call(VMSPLICE, "s3", "=pieces", 1, 0)) + "li t0, 8\nla t1, one\nsd t0, 0(t1)\n" + TAKE
    result = run(text + show("s5", "s6"), ONE)
    assert words(result) == [8, 7]


@pytest.mark.parametrize("end", ["s2", "s3"])
def test_F124_a_pipe_that_is_closed_gives_back_what_it_holds(end):
    """`run` holds F68."""
    text = lend(call("munmap", "=one", PAGE)) + call(57, end) + call(57, "s3" if end == "s2" else "s2")
    result = run(text, ONE)
    assert result.exit_status == 0
    assert run(lend(call("munmap", "=one", PAGE)), ONE).counters["frames.leaked"] == 0


def test_F124_a_page_nobody_has_touched_is_one_of_zeros():
    text = mmap(PAGE) + "la t0, pieces\nsd a0, 0(t0)\nmv s8, a0\n" + lend(TAKE + "sd s2, 0(s8)\n")
    assert words(run(text + show("s4", "s5", "s6"), ONE)) == [8, 8, 0]


def test_F96_a_pipe_takes_as_many_pages_as_it_has_room_for():
    text = mmap(20 * PAGE) + f"la t0, pieces\nsd a0, 0(t0)\nli t1, {20 * PAGE}\nsd t1, 8(t0)\n" + lend()
    assert words(run(text + call(VMSPLICE, "s3", "=pieces", 1, 2) + show("s4", "a0"), ONE)) == [16 * PAGE, -11]


# a debugger


def forced(text, data=b"\x05", prot=PROT_READ, flags=PRIVATE):
    """Run `text` with a page at s8 that holds its address; a debugger writes `data` there at an EBREAK."""
    page = call("mmap", AT, PAGE, READ_WRITE, flags | ANONYMOUS | 0x10, -1, 0) + f"li s8, {AT}\nsd s8, 0(s8)\n"
    machine = Machine(memory="8MiB", check_stale=True)
    machine.spawn(assemble(source(page + call(MPROTECT, AT, PAGE, prot) + text, ONE)))
    control = Control(machine)
    control.ebreak = True
    assert control.run().why == "ebreak"
    control.force(1, AT, data)
    control.skip_ebreak()
    control.ebreak = False
    return check(machine.run(1_000_000))


def test_F65_a_forced_write_is_read_and_the_page_stays_read_only():
    assert forced("ebreak\nlbu s1, 0(s8)\n" + leave("s1")).exit_status == 5
    assert forced("ebreak\nsd zero, 0(s8)\n").exit_status == 128 + signal.SIGSEGV


def test_F65_a_forced_write_is_not_seen_by_who_shared_the_page():
    """The child's byte is the lowest one of the address, 0."""
    child = call("sched_yield") * 3 + "lbu s1, 0(s8)\n" + leave("s1")
    text = spawn(child) + "ebreak\n" + wait(status="=ends") + "lw s1, ends\nlbu s2, 0(s8)\nadd s1, s1, s2\n"
    result = forced(text + leave("s1"))
    assert (result.exit_status, result.counters["cow.copies"]) == (5, 1)


def test_F65_memory_that_grants_nothing_can_be_forced_and_grants_nothing():
    grant = call(MPROTECT, AT, PAGE, PROT_READ) + "lbu s1, 0(s8)\n" + leave("s1")
    assert forced("ebreak\n" + grant, prot=PROT_NONE).exit_status == 5
    assert forced("ebreak\nlbu s1, 0(s8)\n" + leave("s1"), prot=PROT_NONE).exit_status == 128 + signal.SIGSEGV


def test_F65_shared_memory_that_may_not_be_written_cannot_be_forced():
    with pytest.raises(ConfigError, match="process 1 has no memory of its own at 0x40000000"):
        forced("ebreak\n", flags=SHARED)


# tee: pages that two pipes refer to (tee(2))

TWO = ONE + "others: .word 0, 0\nback: .space 16\n"
TEE, CLOSE = 77, 57


def teed(text):
    """What `text` shows after a page with a 7 was lent to pipe 3, 4 and doubled into pipe 5, 6."""
    make = call(PIPE2, "=ends", 0) + call(PIPE2, "=others", 0) + call(VMSPLICE, 4, "=pieces", 1, 0)
    return words(run(make + call(TEE, 3, 6, 100, 0) + text, TWO))


@pytest.mark.parametrize("descriptor", [3, 5])
def test_F124_both_pipes_of_tee_tell_what_the_page_holds_when_they_are_read(descriptor):
    text = "la s1, one\nli t0, 8\nsd t0, 0(s1)\n" + call("read", descriptor, "=back", 8) + "ld s2, back\n" + show("s2")
    assert teed(text) == [8]


def test_F61_after_a_fork_a_store_to_a_page_that_two_pipes_hold_copies_it():
    """The child has ended: the pipes alone make the page one of several owners."""
    store = "la s1, one\nli t0, 8\nsd t0, 0(s1)\n"
    text = fork(leave(0), store + call("read", 5, "=back", 8) + "ld s2, back\n" + show("s2"))
    assert teed(text) == [7]


def test_F68_a_page_of_two_pipes_is_given_back_with_the_second_one():
    assert teed(call(CLOSE, 3) + call(CLOSE, 4) + call("read", 5, "=back", 8) + "ld s2, back\n" + show("s2")) == [7]
