"""`pagewalk programs`: what travels with the emulator, listed and copied."""

import re

import pytest

from emulator.base.shipped import PROGRAMS, files_of, program_names
from tests.commands import assert_refused


def tree(folder):
    """The files of a folder, by name below it."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("arguments", [[], ["list"]])
def test_every_program_is_listed_with_what_it_shows(call, arguments):
    status, out, _ = call("programs", *arguments)
    assert status == 0
    for name in program_names():
        assert re.search(rf"^{name} +\w", out, re.MULTILINE)


def test_a_program_is_copied_with_what_it_turns_into_and_what_they_include(call, tmp_path):
    status, out, _ = call("programs", "copy", "fork_exec", tmp_path)
    assert status == 0
    assert out == "".join(f"{tmp_path}/{name}\n" for name in ("fork_exec.s", "lib/calls.inc", "exec_target.s"))
    assert set(tree(tmp_path)) == {"fork_exec.s", "lib/calls.inc", "exec_target.s"}


@pytest.mark.parametrize("name", program_names())
def test_a_program_that_was_copied_alone_is_whole(call, tmp_path, name):
    call("programs", "copy", name, tmp_path)
    assert call("asm", tmp_path / f"{name}.s", "--listing")[0] == 0
    assert not any(".." in str(path) for path in files_of(name))


def test_a_program_is_copied_to_where_one_is(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert call("programs", "copy", "hello.s")[0] == 0
    assert set(tree(tmp_path)) == {"hello.s", "lib/calls.inc"}


def test_all_programs_are_copied(call, tmp_path):
    assert call("programs", "copy", "--all", tmp_path / "new")[0] == 0
    assert tree(tmp_path / "new") == tree(PROGRAMS)


def test_what_is_there_already_and_differs_is_not_touched_and_nothing_is_copied(call, tmp_path):
    (tmp_path / "exec_target.s").write_text("mine\n")
    status, out, err = call("programs", "copy", "fork_exec", tmp_path)
    assert (status, out) == (2, "")
    assert "exec_target.s: is there already and differs; nothing was copied" in err
    assert tree(tmp_path) == {"exec_target.s": b"mine\n"}


def test_copying_twice_is_no_mistake(call, tmp_path):
    call("programs", "copy", "hello", tmp_path)
    assert call("programs", "copy", "hello", tmp_path)[0] == 0
    assert tree(tmp_path) == {name: (PROGRAMS / name).read_bytes() for name in ("hello.s", "lib/calls.inc")}


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ([], r"nothing to copy"),
        (["helo"], r"'helo' is no program; did you mean 'hello'\?"),
        (["../pyproject.toml"], r"is no program"),
        (["hello", "/dev/null"], r"cannot be written: "),
        (["--all", "one", "two"], r"takes one folder"),
    ],
)
def test_a_mistake_is_one_line_and_gives_2(call, arguments, error):
    assert_refused(call("programs", "copy", *arguments), error)


@pytest.mark.parametrize("name", program_names())
def test_every_program_has_all_that_it_needs(name):
    assert all((PROGRAMS / path).is_file() for path in files_of(name))
