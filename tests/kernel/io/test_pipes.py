"""Descriptors and pipes (F95, F96)."""

import errno

import pytest

from tests.running import call, fork, run, show, spawn, wait, words
from tests.threads import BSS, DATA, join, start

pytestmark = pytest.mark.both_engines

DUP, DUP3, FCNTL, IOCTL, OPENAT, CLOSE, PIPE2, FSTATAT = 23, 24, 25, 29, 56, 57, 59, 79
LSEEK, READV, WRITEV, PREAD, PWRITE, FSTAT = 62, 65, 66, 67, 68, 80
CLOEXEC, NONBLOCK, CREAT = 0o2000000, 0o4000, 0o100
DUPFD, GETFD, SETFD, GETFL, SETFL = range(5)
SIGPIPE = 13
PIPED = 'ends: .word 0, 0\ntext: .ascii "abcdefgh"\nbuffer: .space 64\n.balign 8\n'
MAKE = call(PIPE2, "=ends", 0)  # the first pipe has 3 and 4
SHOW_A0 = "mv s1, a0\n" + show("s1")


def after(text, data=PIPED, bss="", **machine):
    """The results of all calls that `showing` shows."""
    return words(run(text, data, bss, **machine))


def showing(*arguments):
    """A call, and its result shown."""
    return call(*arguments) + SHOW_A0


def test_what_is_written_to_a_pipe_is_read_from_it():  # F96
    text = MAKE + showing("write", 4, "=text", 8) + showing("read", 3, "=buffer", 64) + "ld s1, buffer\n" + show("s1")
    assert after(text) == [8, 8, int.from_bytes(b"abcdefgh", "little")]


def test_a_pipe_gets_the_lowest_two_free_descriptors():
    text = showing(CLOSE, 0) + MAKE + "lw s1, ends\nlw s2, ends + 4\n" + show("s1", "s2")
    assert after(text) == [0, 0, 3]


@pytest.mark.parametrize("harts", [1, 2])
def test_a_reader_waits_until_somebody_writes(harts):  # F96
    child = call("sched_yield") * 30 + call("write", 4, "=text", 3)
    assert after(MAKE + fork(child, meanwhile=showing("read", 3, "=buffer", 64)), harts=harts) == [3]


@pytest.mark.parametrize("harts", [1, 2])
def test_a_reader_finds_the_end_when_the_last_writer_has_gone(harts):  # F96
    text = MAKE + spawn(call("sched_yield") * 10) + call(CLOSE, 4) + showing("read", 3, "=buffer", 64) + wait()
    assert after(text, harts=harts) == [0]


@pytest.mark.parametrize("harts", [1, 2])
def test_a_writer_waits_until_there_is_room(harts):  # F96
    """The child takes away what fills the pipe."""
    child = call("sched_yield") * 30 + call("read", 3, "=big", 65536)
    text = MAKE + showing("write", 4, "=big", 65536) + fork(child, meanwhile=showing("write", 4, "=text", 8))
    assert after(text, bss="big: .space 65536", harts=harts) == [65536, 8]


def test_a_long_write_goes_in_bit_by_bit():  # F96
    child = "".join(call("read", 3, "=big", 40000) for _ in range(5))
    text = MAKE + fork(child, meanwhile=showing("write", 4, "=big", 150_000))
    assert after(text, bss="big: .space 150000") == [150_000]


def test_a_pipe_that_does_not_wait_says_so():  # F96
    text = call(PIPE2, "=ends", NONBLOCK) + showing("read", 3, "=buffer", 1)
    text += showing("write", 4, "=big", 70_000) + showing("write", 4, "=text", 1)
    assert after(text, bss="big: .space 70000") == [-errno.EAGAIN, 65536, -errno.EAGAIN]


def test_a_short_write_goes_in_whole_or_not_at_all():  # F96
    text = call(PIPE2, "=ends", NONBLOCK) + showing("write", 4, "=big", 65530) + showing("write", 4, "=text", 8)
    assert after(text, bss="big: .space 65536") == [65530, -errno.EAGAIN]


def test_a_write_that_nobody_can_read_ends_the_process_by_sigpipe():  # F96
    result = run(MAKE + call(CLOSE, 3) + call("write", 4, "=text", 1), PIPED)
    assert result.exit_status == 128 + SIGPIPE


def test_nothing_is_written_even_where_nobody_can_read():
    assert after(MAKE + call(CLOSE, 3) + showing("write", 4, 0, 0)) == [0]


def test_a_pipe_that_nobody_else_has_leaves_its_reader_waiting():
    from emulator import Machine
    from isa import assemble
    from tests.running import source

    machine = Machine(memory="8MiB")
    machine.spawn(assemble(source(MAKE + call("read", 3, "=buffer", 1), PIPED)))
    assert machine.run().ended == "blocked"


def test_a_child_has_descriptors_of_its_own():  # F95
    assert after(MAKE + fork(call(CLOSE, 4)) + showing("write", 4, "=text", 1)) == [1]


def test_threads_share_descriptors():  # F95
    text = MAKE + start(call(CLOSE, 4)) + join() + showing(CLOSE, 4)
    assert after(text, PIPED + DATA, BSS) == [-errno.EBADF]


def test_processes_share_descriptors_where_clone_says_so():  # F95
    files = 0x400 | 17
    text = MAKE + call(220, files, 0, 0, 0, 0) + f"bnez a0, 1f\n{call(CLOSE, 4)}{call('exit', 0)}1:\n" + wait()
    assert after(text + showing(CLOSE, 4)) == [-errno.EBADF]


def test_a_program_that_is_run_loses_the_descriptors_that_say_so(tmp_path):  # F95
    from tests.running import source

    (tmp_path / "next.s").write_text(source(showing(CLOSE, 3) + showing(CLOSE, 4) + showing(CLOSE, 5)))
    text = MAKE + call(DUP3, 4, 5, CLOEXEC) + call(FCNTL, 3, SETFD, 1) + call("execve", "=path", 0, 0)
    assert after(text, PIPED + 'path: .asciz "next"\n', root=tmp_path) == [-errno.EBADF, 0, -errno.EBADF]


@pytest.mark.parametrize(
    ("text", "results"),
    [
        (showing(DUP, 1), [3]),
        (showing(DUP, 9), [-errno.EBADF]),
        (showing(DUP3, 1, 9, 0) + showing(CLOSE, 9), [9, 0]),
        (showing(DUP3, 1, 1, 0), [-errno.EINVAL]),
        (showing(DUP3, 1, 2, 1), [-errno.EINVAL]),
        (showing(DUP3, 9, 2, 0), [-errno.EBADF]),
        (showing(DUP3, 1, 1024, 0), [-errno.EBADF]),
        (showing(CLOSE, 7), [-errno.EBADF]),
        (showing(FCNTL, 1, DUPFD, 10), [10]),
        (showing(FCNTL, 1, DUPFD, 1024), [-errno.EINVAL]),
        (showing(FCNTL, 9, GETFD, 0), [-errno.EBADF]),
        (showing(FCNTL, 1, GETFD, 0) + showing(FCNTL, 1, SETFD, 1) + showing(FCNTL, 1, GETFD, 0), [0, 0, 1]),
        (showing(FCNTL, 1, 1030, 5) + showing(FCNTL, 5, GETFD, 0), [5, 1]),
        (showing(FCNTL, 0, GETFL, 0) + showing(FCNTL, 1, GETFL, 0), [0, 1]),
        (MAKE + showing(FCNTL, 3, SETFL, NONBLOCK) + showing("read", 3, "=buffer", 1), [0, -errno.EAGAIN]),
        (showing(FCNTL, 1, 99, 0), [-errno.EINVAL]),
        (showing(PIPE2, "=ends", 1), [-errno.EINVAL]),
        (showing(PIPE2, 8, 0) + showing(CLOSE, 3), [-errno.EFAULT, -errno.EBADF]),
        (showing(IOCTL, 1, 0x5413, "=buffer") + showing(IOCTL, 9, 0x5413, "=buffer"), [-errno.ENOTTY, -errno.EBADF]),
        (showing(LSEEK, 0, 0, 1) + showing(LSEEK, 9, 0, 1), [-errno.ESPIPE, -errno.EBADF]),
        (showing(LSEEK, 0, 0, 9), [-errno.EINVAL]),
        (showing(PREAD, 0, "=buffer", 1, 0) + showing(PWRITE, 1, "=buffer", 1, -1), [-errno.ESPIPE, -errno.EINVAL]),
        (showing(OPENAT, -100, "=buffer", 0, 0) + showing(OPENAT, -100, 8, 0, 0), [-errno.ENOENT, -errno.EFAULT]),
        (showing(OPENAT, -100, "=text", CREAT, 0o666) + showing(CLOSE, 3), [3, 0]),
        (showing(OPENAT, 9, "=text", 0, 0) + showing(OPENAT, 1, "=text", 0, 0), [-errno.EBADF, -errno.ENOTDIR]),
        (showing(FSTAT, 9, "=buffer"), [-errno.EBADF]),
        (MAKE + showing("read", 4, "=buffer", 1) + showing("write", 3, "=text", 1), [-errno.EBADF, -errno.EBADF]),
    ],
)
def test_calls_on_descriptors_give_what_linux_gives(text, results):  # F95
    assert after(text) == results


def test_a_table_holds_1024_descriptors():
    text = (
        "li s2, 1021\n1: " + call(DUP, 1) + "addi s2, s2, -1\nbnez s2, 1b\nmv s1, a0\n" + show("s1") + showing(DUP, 1)
    )
    assert after(text) == [1023, -errno.EMFILE]


def test_an_open_file_is_told_to_be_a_pipe():
    mode = "lw s2, stat + 16\n" + show("s1", "s2")
    text = (
        call(FSTAT, 1, "=stat")
        + "mv s1, a0\n"
        + mode
        + call(FSTATAT, 2, "=empty", "=stat", 0x1000)
        + "mv s1, a0\n"
        + mode
    )
    data = ".balign 8\nstat: .space 128\nempty: .dword 0\n"
    assert after(text, data) == [0, 0o010600] * 2


VECTORS = PIPED + (
    "pieces: .dword text, 3, 0, 0, text + 4, 2\n"
    "holes: .dword text, 2, 8, 4, text, 2\n"
    "negative: .dword text, 1, text, -1\n"
    "rooms: .dword buffer, 2, buffer + 8, 6\n"
)


def test_several_pieces_are_written_as_one():
    result = run(call(WRITEV, 1, "=pieces", 3) + call("exit", "a0"), VECTORS)
    assert (result.exit_status, result.stdout) == (5, "abcef")


def test_several_pieces_are_read_one_after_the_other():
    text = showing(READV, 0, "=rooms", 2) + "lhu s1, buffer\nld s2, buffer + 8\n" + show("s1", "s2")
    assert after(text, VECTORS, stdin=b"123456") == [6, 0x3231, 0x36353433]


@pytest.mark.parametrize("number", [READV, WRITEV])
def test_pieces_that_are_none_are_refused(number):
    descriptor = 0 if number == READV else 1
    text = showing(number, descriptor, "=pieces", -1) + showing(number, descriptor, "=pieces", 1025)
    text += showing(number, descriptor, "=negative", 2) + showing(number, descriptor, 8, 1) + showing(number, 9, 8, 1)
    assert after(text, VECTORS) == [-errno.EINVAL] * 3 + [-errno.EFAULT, -errno.EBADF]


def test_a_piece_that_is_not_there_ends_what_is_written():  # F97
    result = run(call(WRITEV, 1, "=holes", 3) + call("exit", "a0"), VECTORS)
    assert (result.exit_status, result.stdout) == (2, "ab")


# buffers, of a page each: what Linux 6.18 gives


def at_edge(text):
    """The results of `text`, after a pipe was made and memory cut: s10 is where it ends."""
    cut = "la s10, big\nli t0, 61440\nadd s10, s10, t0\n" + call("munmap", "s10", 4096)
    return after(MAKE + cut + text, bss="big: .space 65536")


def across(name, descriptor, inside, size):
    """Read or write `size` bytes of which the last `inside` bytes of memory are the first, and show the result."""
    return f"li t0, {inside}\nsub s9, s10, t0\n" + showing(name, descriptor, "s9", size)


def test_F96_a_write_puts_nothing_of_a_page_into_a_pipe_that_memory_ends_in():
    text = across("write", 4, 96, 200) + call("write", 4, "=text", 8) + showing("read", 3, "=buffer", 64)
    assert at_edge(text) == [-errno.EFAULT, 8]


def test_F96_a_write_puts_the_pages_before_the_end_of_memory_into_a_pipe():
    assert at_edge(across("write", 4, 4096, 8192)) == [4096]


def test_F96_a_write_that_goes_on_in_the_last_buffer_goes_in_whole_or_not_at_all():
    text = call("write", 4, "=text", 8) + across("write", 4, 96, 200) + showing("read", 3, "=buffer", 64)
    assert at_edge(text) == [-errno.EFAULT, 8]


def test_F96_a_read_takes_nothing_of_a_buffer_that_it_cannot_tell_all_of():
    text = call("write", 4, "=big", 100) + across("read", 3, 6, 50) + showing("read", 3, "=buffer", 64)
    assert at_edge(text) == [-errno.EFAULT, 64]


def test_F96_a_read_takes_the_buffers_before_the_end_of_memory():
    text = call("write", 4, "=big", 4096) + call("write", 4, "=big", 4096) + across("read", 3, 5000, 8192)
    assert at_edge(text) == [4096]


def test_F96_a_pipe_that_nobody_can_read_is_refused_before_memory_is_looked_at():
    ignore = call(134, SIGPIPE, "=wish", 0, 8)
    text = MAKE + ignore + call(CLOSE, 3) + showing("write", 4, 8, 8)
    assert after(text, PIPED + "wish: .dword 1, 0, 0\n") == [-errno.EPIPE]


def test_F96_writes_that_do_not_fit_behind_each_other_take_a_buffer_each():
    one = call("write", 4, "=big", 2049)
    text = call(PIPE2, "=ends", NONBLOCK) + one * 15 + showing("write", 4, "=big", 2049) * 2
    assert after(text, bss="big: .space 4096") == [2049, -errno.EAGAIN]
