"""Standard streams that are closed, full, or cannot spell what is said: one line, the right status, no traceback."""

import os
import subprocess
import sys

import pytest

PAGEWALK = [sys.executable, "-c", "from emulator.cli import main; main()"]
HELLO = "programs/hello.s"
RUN = ["run", "--engine", "plain", HELLO]
EXPLAIN = ["explain", *RUN[1:]]


def shell(command, redirections, **environment):
    """Run a command line through a shell with `redirections`; return what became of it."""
    line = f'"$@" {redirections}'
    return subprocess.run(
        ["sh", "-c", line, "sh", *PAGEWALK, *command],
        capture_output=True,
        check=False,
        timeout=60,
        env=os.environ | environment,
    )


@pytest.mark.parametrize("redirections", [">&-", ">/dev/full"])
@pytest.mark.parametrize("command", [RUN, EXPLAIN, ["--help"], ["asm", HELLO, "--listing"]], ids=" ".join)
def test_a_standard_output_that_takes_nothing_is_an_error_in_one_line(command, redirections):
    done = shell(command, redirections)
    assert done.returncode == 2
    assert done.stderr.startswith(b"pagewalk: error: ")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("redirections", ["2>&-", "2>/dev/full", "<&-"])
def test_a_stream_that_is_not_needed_may_be_closed(redirections):
    done = shell(RUN, redirections)
    assert (done.returncode, done.stdout) == (0, b"hello, page tables\n")


@pytest.mark.parametrize("redirections", ["2>&-", "2>/dev/full", ">&- 2>&-", "<&- >&- 2>&-"])
def test_where_nothing_can_be_said_the_status_says_it(redirections):
    assert shell(["run", "nowhere.s"], redirections).returncode == 2


def test_no_file_takes_the_place_of_a_closed_standard_output(tmp_path):
    done = shell([*RUN, "--json", str(tmp_path / "a.json")], ">&-")
    assert done.returncode == 2
    assert not (tmp_path / "a.json").exists()


ASCII = [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}]


@pytest.mark.parametrize("environment", ASCII, ids=str)
def test_the_bytes_of_a_program_pass_through_a_stream_that_cannot_spell_them(tmp_path, environment):
    path = tmp_path / "mine.s"
    path.write_text(
        "_start: li a0, 1\n la a1, text\n li a2, 4\n li a7, 64\n ecall\n li a0, 0\n li a7, 93\n ecall\n"
        ".data\ntext: .byte 0xc3, 0xa9, 0xff, 10\n"
    )
    done = shell(["run", "--engine", "plain", str(path)], "", **environment)
    assert (done.returncode, done.stdout) == (0, b"\xc3\xa9\xff\n")


@pytest.mark.parametrize("environment", ASCII, ids=str)
def test_a_message_is_said_with_escapes_where_it_cannot_be_spelled(environment):
    done = shell(["run", "n\u00f6where.s"], "", **environment)
    assert done.returncode == 2
    assert done.stderr.startswith(b"pagewalk: error: n")
    assert done.stderr.endswith(b"where.s: cannot be read: No such file or directory\n")


def test_a_path_that_is_no_text_is_named_by_its_bytes():
    done = shell([b"run", b"n\xff.s"], "")
    assert done.returncode == 2
    assert done.stderr == b"pagewalk: error: n\xff.s: cannot be read: No such file or directory\n"


def test_an_argument_that_is_no_text_reaches_the_program(tmp_path):
    path = tmp_path / os.fsdecode(b"\xff.s")
    path.write_text("_start: ld a1, 16(sp)\n li a0, 1\n li a2, 3\n li a7, 64\n ecall\n li a0, 0\n li a7, 93\n ecall\n")
    done = shell(["run", "--engine", "plain", os.fsencode(path), b"\xfe\xff\xc3"], "")
    assert (done.returncode, done.stdout) == (0, b"\xfe\xff\xc3")


def test_a_standard_input_that_cannot_be_read_is_an_error_in_one_line(tmp_path):
    path = tmp_path / "mine.s"
    path.write_text("_start: li a0, 0\n mv a1, sp\n li a2, 1\n li a7, 63\n ecall\n li a0, 0\n li a7, 93\n ecall\n")
    done = shell(["run", "--engine", "plain", str(path)], "<&-")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"pagewalk: error: standard input: cannot be read: Bad file descriptor\n"
