"""Files: in memory, and those of the host under the root, which is never written to (F130, F131, F135)."""

import errno
import os

import pytest

from emulator import Machine
from emulator.base.errors import ConfigError
from isa import assemble
from tests.running import PAGE, call, fork, run, show, source, words

pytestmark = pytest.mark.both_engines

DUP, FCNTL, MKDIR, UNLINK, TRUNCATE, FTRUNCATE, ACCESS, CHDIR, FCHDIR = 23, 25, 34, 35, 45, 46, 48, 49, 50
GETCWD, OPENAT, CLOSE, GETDENTS, LSEEK, PREAD, PWRITE, READLINK, FSTATAT = 17, 56, 57, 61, 62, 67, 68, 78, 79
FSTAT, FSYNC, RENAME, MEMFD, PIPE2 = 80, 82, 276, 279, 59
CWD = -100
RDONLY, WRONLY, RDWR, CREAT, EXCL, TRUNC, APPEND = 0, 1, 2, 0o100, 0o200, 0o1000, 0o2000
DIRECTORY, PATH, TMPFILE, CLOEXEC = 0o200000, 0o10000000, 0o20200000, 0o2000000
GETFL, SETFL = 3, 4
REMOVEDIR, EMPTY_PATH = 0x200, 0x1000
SHOW_A0 = "mv s1, a0\n" + show("s1")
DATA = """
name: .asciz "file"
other: .asciz "folder/file"
slash: .asciz "file/"
folder: .asciz "folder"
up: .asciz "../../.."
dot: .asciz "."
nothing: .asciz ""
text: .ascii "abcdefgh"
more: .ascii "ABCDEFGH"
.balign 8
buffer: .space 256
"""


def showing(*arguments):
    """A call, and its result shown."""
    return call(*arguments) + SHOW_A0


def opened(flags=RDWR | CREAT, name="=name", register="s11"):
    """The file opened, its descriptor in a register."""
    return call(OPENAT, CWD, name, flags, 0o644) + f"mv {register}, a0\n"


def after(text, data=DATA, bss="", **machine):
    """The results of all calls that `showing` shows."""
    return words(run(text, data, bss, **machine))


SHOW_BUFFER = "ld s1, buffer\n" + show("s1")


def word(text):
    """Eight letters as a program loads them."""
    return int.from_bytes(text, "little")


def wrong(number):
    """What a call gives for an error."""
    return -number


# contents and positions


def test_what_is_written_to_a_file_is_read_from_it():
    text = opened() + showing("write", "s11", "=text", 8) + showing(LSEEK, "s11", 0, 0)
    text += showing("read", "s11", "=buffer", 64) + SHOW_BUFFER + showing("read", "s11", "=buffer", 64)
    assert after(text) == [8, 0, 8, word(b"abcdefgh"), 0]


def test_F131_copies_of_a_descriptor_share_a_position_and_an_open_of_its_own_does_not():
    text = opened() + call(DUP, "s11") + "mv s10, a0\n" + opened(RDONLY, register="s9")
    text += call("write", "s11", "=text", 8) + showing("write", "s10", "=more", 8) + showing(LSEEK, "s11", 0, 1)
    assert after(text + showing(LSEEK, "s9", 0, 1) + showing("read", "s9", "=buffer", 64)) == [8, 16, 0, 16]


def test_F131_a_child_moves_its_parents_position():
    text = opened() + fork(call("write", "s11", "=text", 8)) + showing(LSEEK, "s11", 0, 1)
    assert after(text) == [8]


def test_F131_pread_and_pwrite_leave_the_position_where_it_is():
    text = opened() + showing(PWRITE, "s11", "=text", 8, 4) + showing(LSEEK, "s11", 0, 1)
    assert after(text + showing(PREAD, "s11", "=buffer", 8, 4) + SHOW_BUFFER) == [8, 0, 8, word(b"abcdefgh")]


def test_who_appends_writes_to_the_end_wherever_the_position_is():
    text = opened(RDWR | CREAT | APPEND) + call("write", "s11", "=text", 8) + call(LSEEK, "s11", 0, 0)
    assert run(text + call("write", "s11", "=more", 8), DATA).files == {"/file": b"abcdefghABCDEFGH"}


def test_F132_a_write_of_nothing_behind_the_end_leaves_a_file_as_long_as_it_was():
    text = opened() + showing(PWRITE, "s11", "=text", 0, 8192) + showing(LSEEK, "s11", 0, 2)
    assert after(text) == [0, 0]


def test_F131_who_appends_nothing_keeps_the_position():
    text = opened(RDWR | CREAT | APPEND) + call(PWRITE, "s11", "=text", 8, 0) + call("write", "s11", "=text", 0)
    assert after(text + showing(LSEEK, "s11", 0, 1)) == [0]


def test_append_can_be_asked_for_later():
    text = opened() + showing(FCNTL, "s11", SETFL, APPEND) + showing(FCNTL, "s11", GETFL, 0)
    assert after(text) == [0, RDWR | APPEND]


def test_what_was_never_written_reads_as_zeros():
    text = (
        opened() + call(PWRITE, "s11", "=text", 8, 3 * PAGE) + showing(PREAD, "s11", "=buffer", 8, PAGE) + SHOW_BUFFER
    )
    assert after(text) == [8, 0]


def test_a_write_may_cross_pages():
    text = opened() + showing(PWRITE, "s11", "=text", 8, PAGE - 3) + showing(PREAD, "s11", "=buffer", 8, PAGE - 3)
    assert after(text + SHOW_BUFFER) == [8, 8, word(b"abcdefgh")]


def test_truncating_at_open_leaves_nothing():
    text = opened() + call("write", "s11", "=text", 8) + opened(RDWR | TRUNC)
    assert run(text, DATA).files == {"/file": b""}


def test_a_file_that_is_longer_than_what_was_written_ends_in_zeros():
    assert run(opened() + call(FTRUNCATE, "s11", 5), DATA).files == {"/file": bytes(5)}


def test_without_frames_a_write_takes_what_there_is_room_for_and_then_nothing():
    """ENOSPC, as a device that is full."""
    text = (
        "la t0, shown\nsd zero, 0(t0)\n"
        + opened()
        + "1:\n"
        + call("write", "s11", "=big", 1 << 18)
        + "bgtz a0, 1b\n"
        + SHOW_A0
    )
    result = run(text, DATA, "big: .space 262144", memory="1MiB")
    assert words(result) == [-errno.ENOSPC]
    assert result.counters["frames.leaked"] == 0


def test_F135_a_file_without_a_name_lives_as_long_as_it_is_open():
    text = opened() + call("write", "s11", "=text", 8) + showing(UNLINK, CWD, "=name", 0)
    text += showing(PREAD, "s11", "=buffer", 8, 0) + showing(OPENAT, CWD, "=name", RDONLY, 0)
    result = run(text, DATA)
    assert words(result) == [0, 8, -errno.ENOENT]
    assert result.files == {}


def test_F135_its_frames_are_free_when_it_is_closed():
    text = call(MEMFD, "=name", 0) + "mv s11, a0\n" + call("write", "s11", "=text", 8)
    before = run(text + call(CLOSE, "s11") + call("write", 1, "=text", 1), DATA, events=0)
    assert before.counters["frames.leaked"] == 0
    machine = Machine(memory="8MiB")
    machine.spawn(assemble(source(text + call(CLOSE, "s11") + "1: j 1b\n", DATA)))
    machine.run(10_000)
    assert not machine.kernel.files.cache.roots


def test_a_file_of_the_host_that_is_too_large_is_seen_and_not_opened(tmp_path):
    with open(tmp_path / "file", "wb") as file:
        file.truncate(1 << 40)
    text = showing(FSTATAT, CWD, "=name", "=buffer", 0) + "ld s1, buffer + 48\n" + show("s1")
    assert after(text + showing(OPENAT, CWD, "=name", RDONLY, 0), root=tmp_path) == [0, 1 << 40, -errno.EFBIG]


def test_execve_runs_what_is_in_memory_not_what_the_host_has_there(tmp_path):
    (tmp_path / "file").write_bytes(b"original")
    text = opened() + call("write", "s11", "=text", 8) + showing("execve", "=name", 0, 0)
    assert after(text, root=tmp_path)[:1] == [-errno.EACCES]  # its mode lets nobody run it


def test_execve_looks_where_the_process_stands(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file.s").write_text(source(call("exit", 7)))
    text = showing("execve", "=name", 0, 0) + call(CHDIR, "=folder") + call("execve", "=name", 0, 0)
    result = run(text, DATA, root=tmp_path)
    assert (words(result), result.exit_status) == ([-errno.ENOENT], 7)


# names


def test_the_files_that_a_machine_is_given_are_there():
    text = opened(RDONLY, "=other") + showing("read", "s11", "=buffer", 64) + SHOW_BUFFER
    assert after(text, files={"/folder/file": b"ABCDEFGH!"}) == [9, word(b"ABCDEFGH")]


@pytest.mark.parametrize("files", [{"/": b""}, {"/a": b"", "/a/b": b""}, {"/" + "x" * 300: b""}, {"/a": 5}, [1]])
def test_files_that_cannot_be_there_are_refused_in_one_line(files):
    with pytest.raises(ConfigError) as raised:
        Machine(files=files)
    assert "\n" not in str(raised.value)


@pytest.fixture
def root(tmp_path):
    """A folder of the host with files, one of them in a folder, and links, one of which leads out."""
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    (inside / "folder").mkdir(parents=True)
    outside.mkdir()
    (outside / "file").write_bytes(b"outside!")
    (inside / "file").write_bytes(b"original")
    (inside / "folder" / "file").write_bytes(b"in there")
    (inside / "link").symlink_to("folder/file")
    (inside / "out").symlink_to(outside)
    os.mkfifo(inside / "fifo")
    return inside


PLACES = """
above: .asciz "../outside/file"
through: .asciz "out/file"
link: .asciz "/link"
fifo: .asciz "fifo"
far: .asciz "/../../folder/../file"
"""


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("=name", word(b"original")),
        ("=far", word(b"original")),
        ("=link", word(b"in there")),
        ("=above", -errno.ENOENT),
        ("=through", -errno.ENOENT),
        ("=fifo", -errno.EACCES),
    ],
)
def test_F130_a_program_sees_what_is_under_the_root_and_nothing_else(root, place, found):
    text = (
        opened(RDONLY, place) + "mv s1, s11\nbltz s11, 1f\n" + call("read", "s11", "=buffer", 8) + "ld s1, buffer\n1:\n"
    )
    assert after(text + show("s1"), DATA + PLACES, root=root) == [found]


def test_F130_nothing_that_a_program_does_reaches_the_host(root):
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    text = opened(RDWR) + showing("write", "s11", "=more", 8) + showing(UNLINK, CWD, "=other", 0)
    text += showing(UNLINK, CWD, "=folder", REMOVEDIR) + showing(MKDIR, CWD, "=folder", 0o755)
    text += (
        showing(RENAME, CWD, "=name", CWD, "=other", 0) + opened(RDWR, "=other") + showing("read", "s11", "=buffer", 8)
    )
    result = run(text + SHOW_BUFFER, DATA, root=root)
    assert words(result) == [8, 0, 0, 0, 0, 8, word(b"ABCDEFGH")]
    assert result.files == {"/folder/file": b"ABCDEFGH"}
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before


def test_F130_a_file_of_the_host_that_is_only_read_takes_no_frame(root):
    text = opened(RDONLY) + call("read", "s11", "=buffer", 8)
    with_file, without = (run(piece, DATA, root=root).counters["frames.peak"] for piece in (text, opened(RDONLY)))
    assert with_file == without


def test_a_folder_is_listed_sorted_with_what_is_only_in_memory(root):
    text = opened() + opened(RDWR | CREAT, "=text") + opened(RDONLY | DIRECTORY, "=dot")
    text += call(GETDENTS, "s11", "=big", 4096) + "mv s1, a0\n" + call("write", 1, "=big", "s1")
    out = run(text, DATA.replace('"abcdefgh"', '"made\\0"'), "big: .space 4096", root=root).out
    names, place = [], 0
    while place < len(out):
        length = int.from_bytes(out[place + 16 : place + 18], "little")
        names.append((out[place + 19 : place + length].split(b"\0")[0].decode(), out[place + 18]))
        place += length
    assert names == [(".", 4), ("..", 4), ("file", 8), ("folder", 4), ("link", 8), ("made", 8)]


def test_a_process_can_go_to_a_folder_and_a_child_begins_there():
    text = call(MKDIR, CWD, "=folder", 0o755) + showing(CHDIR, "=folder") + opened()
    text += fork(call(MKDIR, CWD, "=folder", 0o755) + call(CHDIR, "=folder") + showing(GETCWD, "=buffer", 64))
    text += showing(GETCWD, "=buffer", 64) + SHOW_BUFFER + call(CHDIR, "=up") + showing(GETCWD, "=buffer", 64)
    result = run(text, DATA)
    assert words(result) == [0, 15, 8, word(b"/folder\0"), 2]
    assert set(result.files) == {"/folder/file"}


MADE = opened() + call(MKDIR, CWD, "=folder", 0o755) + opened(RDWR | CREAT, "=other")


@pytest.mark.parametrize(
    ("text", "results"),
    [
        (showing(OPENAT, CWD, "=name", RDONLY, 0), [errno.ENOENT]),
        (showing(OPENAT, CWD, "=nothing", RDONLY, 0), [errno.ENOENT]),
        (showing(OPENAT, CWD, "=other", RDWR | CREAT, 0), [errno.ENOENT]),
        (showing(OPENAT, CWD, "=dot", RDWR, 0), [errno.EISDIR]),
        (showing(OPENAT, CWD, "=dot", RDONLY | CREAT, 0), [errno.EISDIR]),
        (showing(OPENAT, CWD, "=slash", RDWR | CREAT, 0), [errno.EISDIR]),
        (MADE + showing(OPENAT, CWD, "=slash", RDONLY, 0), [errno.ENOTDIR]),
        (MADE + showing(OPENAT, CWD, "=name", RDONLY | DIRECTORY, 0), [errno.ENOTDIR]),
        (MADE + showing(OPENAT, CWD, "=name", RDWR | CREAT | EXCL, 0), [errno.EEXIST]),
        (MADE + showing(OPENAT, "s11", "=name", RDONLY, 0), [errno.ENOTDIR]),
        (showing(OPENAT, CWD, "=dot", TMPFILE | RDWR, 0), [errno.EOPNOTSUPP]),
        (showing(OPENAT, CWD, "=dot", PATH, 0), [errno.EINVAL]),
        (opened(WRONLY | CREAT) + showing("read", "s11", "=buffer", 1), [errno.EBADF]),
        (opened(RDONLY | CREAT) + showing("write", "s11", "=text", 1), [errno.EBADF]),
        (opened(RDONLY | CREAT) + showing(FTRUNCATE, "s11", 1), [errno.EINVAL]),
        (opened(RDONLY, "=dot") + showing("read", "s11", "=buffer", 1), [errno.EISDIR]),
        (opened() + showing(FTRUNCATE, "s11", -1), [errno.EINVAL]),
        (opened() + showing(FTRUNCATE, "s11", 1 << 40), [errno.EFBIG]),
        (opened() + showing(PWRITE, "s11", "=text", 8, 1 << 40), [errno.EFBIG]),
        (opened() + showing(LSEEK, "s11", -1, 0) + showing(LSEEK, "s11", 0, 5), [errno.EINVAL] * 2),
        (opened() + showing(LSEEK, "s11", 0, 3) + showing(LSEEK, "s11", 1, 4), [errno.ENXIO] * 2),
        (opened() + showing(GETDENTS, "s11", "=buffer", 64), [errno.ENOTDIR]),
        (opened(RDONLY, "=dot") + showing(GETDENTS, "s11", "=buffer", 8), [errno.EINVAL]),
        (showing(TRUNCATE, "=dot", 0) + showing(TRUNCATE, "=name", 0), [errno.EISDIR, errno.ENOENT]),
        (MADE + showing(UNLINK, CWD, "=folder", 0), [errno.EISDIR]),
        (MADE + showing(UNLINK, CWD, "=folder", REMOVEDIR), [errno.ENOTEMPTY]),
        (MADE + showing(UNLINK, CWD, "=name", REMOVEDIR), [errno.ENOTDIR]),
        (showing(UNLINK, CWD, "=dot", REMOVEDIR) + showing(UNLINK, CWD, "=name", 1), [errno.EINVAL] * 2),
        (MADE + showing(MKDIR, CWD, "=folder", 0), [errno.EEXIST]),
        (MADE + showing(RENAME, CWD, "=name", CWD, "=folder", 0), [errno.EISDIR]),
        (MADE + showing(RENAME, CWD, "=folder", CWD, "=name", 0), [errno.ENOTDIR]),
        (MADE + showing(RENAME, CWD, "=folder", CWD, "=other", 0), [errno.EINVAL]),
        (MADE + showing(RENAME, CWD, "=name", CWD, "=other", 1), [errno.EEXIST]),
        (MADE + showing(RENAME, CWD, "=name", CWD, "=other", 2), [errno.EINVAL]),
        (showing(RENAME, CWD, "=name", CWD, "=other", 0), [errno.ENOENT]),
        (MADE + showing(CHDIR, "=name") + showing(FCHDIR, "s11"), [errno.ENOTDIR] * 2),
        (showing(GETCWD, "=buffer", 1), [errno.ERANGE]),
        (MADE + showing(READLINK, CWD, "=name", "=buffer", 9), [errno.EINVAL]),
        (MADE + showing(ACCESS, CWD, "=name", 1) + showing(ACCESS, CWD, "=name", 8), [errno.EACCES, errno.EINVAL]),
        (showing(FSYNC, 1) + showing(FSYNC, 9), [errno.EINVAL, errno.EBADF]),
        (showing(MEMFD, "=name", 2) + showing(MEMFD, 8, 0), [errno.EINVAL, errno.EFAULT]),
    ],
)
def test_F77_what_cannot_be_done_gives_linuxs_error(text, results):
    assert after(text) == [-number for number in results]


def test_fstat_and_newfstatat_tell_size_kind_and_number():
    text = opened() + call("write", "s11", "=text", 5) + call(FSTAT, "s11", "=buffer")
    text += "ld s1, buffer + 8\nlw s2, buffer + 16\nlw s3, buffer + 20\nld s4, buffer + 48\n" + show(
        "s1", "s2", "s3", "s4"
    )
    text += call(FSTATAT, CWD, "=name", "=buffer", 0) + "ld s1, buffer + 8\nld s4, buffer + 48\n" + show("s1", "s4")
    number, mode, links, size, same, again = after(text)
    assert (mode, links, size, same, again) == (0o100644, 1, 5, number, 5)


def test_a_folder_that_was_removed_takes_no_more_names():
    text = call(MKDIR, CWD, "=folder", 0o755) + call(CHDIR, "=folder") + call(MKDIR, CWD, "=up", 0)
    text += opened(RDONLY, "=dot") + call(CHDIR, "=up") + showing(UNLINK, CWD, "=folder", REMOVEDIR)
    text += showing(OPENAT, "s11", "=name", RDWR | CREAT, 0) + showing(FCHDIR, "s11") + showing(GETCWD, "=buffer", 64)
    assert after(text) == [0, -errno.ENOENT, 0, -errno.ENOENT]


@pytest.mark.parametrize("harts", [1, 2])
def test_many_processes_that_append_lose_nothing(harts):
    child = "".join(call("write", "s11", "=text", 8) for _ in range(4))
    text = opened(RDWR | CREAT | APPEND) + fork(child, meanwhile=child)
    assert run(text, DATA, harts=harts).files == {"/file": b"abcdefgh" * 8}
