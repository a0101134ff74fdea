"""Files that a command writes: tried before the run, named where they cannot be, and never left half or lost (F83)."""

import os
import re

import pytest

from emulator.base.errors import EmulatorError
from emulator.cli.places import check_outputs, writing
from tests.commands import assert_refused

FILES = [
    (["run", "--json"], ""),
    (["run", "--trace"], ".csv"),
    (["run", "--trace"], ".perfetto-trace"),
    (["explain", "--html"], ".html"),
    (["explain", "--json"], ""),
    (["explain", "--trace"], ".jsonl"),
    (["check", "--json"], ""),
    (["asm", "-o"], ".elf"),
]
LAB = [
    (["lab", "flush", "--csv"], ""),
    (["lab", "flush", "--json"], ""),
    (["lab", "flush", "--plot"], ".svg"),
    (["lab", "invalidation", "--csv"], ".csv"),
    (["lab", "invalidation", "--parquet"], ".parquet"),
    (["lab", "invalidation", "--json"], ""),
    (["lab", "invalidation", "--plot"], ".png"),
    (["lab", "validate", "--csv"], ""),
    (["lab", "validate", "--json"], ""),
]


def words(command, place, program):
    """The command line: `place` goes after its last word, and the program, if it takes one, at the end."""
    return [*command, place, *([] if command[0] == "lab" else [program])]


@pytest.mark.parametrize(("command", "suffix"), FILES + LAB)
@pytest.mark.parametrize("kind", ["folder", "no folder", "a file as folder", "too long"])
def test_a_place_that_cannot_be_written_is_named_before_anything_runs(
    call, machines, program, tmp_path, command, suffix, kind
):
    (tmp_path / f"folder{suffix}").mkdir()
    place = {
        "folder": tmp_path / f"folder{suffix}",
        "no folder": tmp_path / "nowhere" / f"x{suffix}",
        "a file as folder": program / f"x{suffix}",
        "too long": tmp_path / ("x" * 300 + suffix),
    }[kind]
    assert_refused(call(*words(command, place, program)), r"cannot be written: ")
    assert machines.made == []


@pytest.mark.parametrize(("command", "suffix"), FILES)
def test_a_full_disk_is_one_line_that_names_the_file(call, machines, program, tmp_path, command, suffix):
    place = tmp_path / f"full{suffix}"
    place.symlink_to("/dev/full")
    status, _, err = call(*words(command, place, program))
    assert status == 2
    assert re.fullmatch(rf"pagewalk: error: {place}: cannot be written: No space left on device.*\n", err)


@pytest.mark.parametrize(("command", "suffix"), FILES + LAB)
@pytest.mark.parametrize("name", ["", "--stats", "-x"])
def test_a_missing_name_is_told_with_its_option(call, machines, program, command, suffix, name):
    status, out, err = call(*words(command, f"{name}{suffix}" if name else name, program))
    assert (status, out) == (2, "")
    assert err.startswith("pagewalk: error: ")
    assert err.count("\n") == 1
    assert command[-1] in err


@pytest.mark.parametrize(("command", "suffix"), FILES)
def test_a_refused_run_leaves_no_file_and_clobbers_none(call, program, tmp_path, command, suffix):
    program.write_text("nonsense\n")
    new, old = tmp_path / f"new{suffix}", tmp_path / f"old{suffix}"
    old.write_text("as it was\n")
    for place in (new, old):
        assert call(*words(command, place, program))[0] == 2
    if command[0] == "check":  # it ran, and has a verdict: no program could be read
        return
    assert not new.exists()
    assert old.read_text() == "as it was\n"


@pytest.mark.parametrize(("command", "suffix"), [row for row in FILES if row[0][-1] != "--trace"])
def test_what_is_read_is_never_written(call, machines, program, command, suffix):
    text = program.read_text()
    status, _, err = call(*words(command, program, program))
    assert status == 2
    assert f"{command[-1]} {program}: is the file that is read" in err
    assert program.read_text() == text


def test_two_outputs_need_two_files(call, machines, program, tmp_path):
    place = tmp_path / "x.csv"
    status, _, err = call("run", "--json", place, "--trace", place, program)
    assert status == 2
    assert "is where --trace goes already" in err
    assert not place.exists()


def test_trying_a_place_leaves_nothing_behind(tmp_path):
    check_outputs({"--json": str(tmp_path / "x")})
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    check_outputs({"--json": str(tmp_path / "pipe")})


def test_a_new_file_that_fails_half_way_is_gone(tmp_path):
    def half():
        with writing(str(tmp_path / "x")) as file:
            file.write(b"half")
            raise OSError(28, "No space left on device")

    with pytest.raises(EmulatorError, match="No space left"):
        half()
    assert list(tmp_path.iterdir()) == []
