"""Files: in memory, and those of the host under the root, which is never written to (F130 to F133)."""

import pytest

from tests.running import call, run, show, words

pytestmark = pytest.mark.both_engines

OPENAT, CLOSE, LSEEK, PREAD, PWRITE, FSTAT, FTRUNCATE, FCNTL, DUP = 56, 57, 62, 67, 68, 80, 46, 25, 23
CWD = -100
RDONLY, WRONLY, RDWR, CREAT, EXCL, TRUNC, APPEND, DIRECTORY = 0, 1, 2, 0o100, 0o200, 0o1000, 0o2000, 0o200000
SHOW_A0 = "mv s1, a0\n" + show("s1")
DATA = """
name: .asciz "file"
text: .ascii "abcdefgh"
more: .ascii "ABCDEFGH"
.balign 8
buffer: .space 256
"""


def showing(*arguments):
    """A call, and its result shown."""
    return call(*arguments) + SHOW_A0


def opened(flags=RDWR | CREAT, name="=name"):
    """The file opened, its descriptor in s11."""
    return call(OPENAT, CWD, name, flags, 0o644) + "mv s11, a0\n"


def after(text, data=DATA, bss="", **machine):
    """The results of all calls that `showing` shows."""
    return words(run(text, data, bss, **machine))


SHOW_BUFFER = "ld s1, buffer\n" + show("s1")


def word(text):
    """Eight letters as a program loads them."""
    return int.from_bytes(text, "little")


def test_what_is_written_to_a_file_is_read_from_it():
    text = opened() + showing("write", "s11", "=text", 8) + showing(LSEEK, "s11", 0, 0)
    text += showing("read", "s11", "=buffer", 64) + SHOW_BUFFER + showing("read", "s11", "=buffer", 64)
    assert after(text) == [8, 0, 8, word(b"abcdefgh"), 0]
