"""Mistakes of the user: one line, the nearest right name, exit status 2; and the commands that run nothing."""

import os
import re
import signal
import subprocess
import sys

import pytest

from emulator.config import load_profile
from tests.commands import assert_refused

PAGEWALK = [sys.executable, "-c", "from emulator.cli import main; main()"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["run", "--frok", "x"], r"no option '--frok'; did you mean '--fork'\?"),
        (["rn"], r"no such command 'rn'.*'run'"),
        (["run"], r"missing argument 'PROGRAM'"),
        (["run", "x.s", "--fork"], r"option '--fork' requires an argument"),
        (["run", "x.s", "--max-instructions", "0"], r"'--max-instructions'"),
        (["run", "x.s", "--max-instructions", "many"], r"'--max-instructions'"),
        (["run", "nowhere.s"], r"nowhere\.s: "),
        (["run", "pyproject.toml"], r"neither an ELF executable nor a source"),
        (["profiles", "skylak"], r"did you mean 'skylake'\?"),
        (["asm", "nowhere.s"], r"say -o OUT\.elf, --listing, or both"),
        (["disasm", "nowhere.elf"], r"nowhere\.elf: "),
    ],
)
def test_a_mistake_is_one_line_and_gives_2(call, arguments, error):
    assert_refused(call(*arguments), error)


def test_assembly_errors_are_all_shown_with_their_lines(call, tmp_path):
    path = tmp_path / "bad.s"
    path.write_text("_start:\n        addi t0, t0, 5000\n        nonsense\n")
    status, out, err = call("run", path)
    assert (status, out) == (2, "")
    assert f"{path}:2:" in err
    assert f"{path}:3:" in err
    assert "^" in err
    assert err.endswith(f"pagewalk: error: {path}: 2 assembly errors\n")


def test_without_a_command_there_is_help(call):
    status, out, _ = call()
    assert status == 0
    assert out.startswith("Usage: pagewalk")


@pytest.mark.parametrize("command", ["run", "explain", "check", "asm", "disasm", "profiles", "programs"])
def test_every_command_has_help(call, command):
    status, out, _ = call(command, "--help")
    assert status == 0
    assert out.startswith(f"Usage: pagewalk {command}")


def test_an_interrupt_outside_a_run_gives_130(call, program, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("emulator.cli.commands.load", interrupted)
    assert call("disasm", program) == (130, "", "")


def test_a_reader_that_leaves_ends_us_quietly():
    with subprocess.Popen(
        [*PAGEWALK, "profiles", "skylake"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(timeout=60) == -signal.SIGPIPE


def test_a_full_disk_is_an_error_in_one_line(program):
    with open("/dev/full", "w") as full:
        done = subprocess.run([*PAGEWALK, "disasm", program], stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 2
    assert re.fullmatch(r"pagewalk: error: .*No space left on device\n", done.stderr)


def test_assembling_gives_an_elf_that_disassembles_to_the_same(call, program, tmp_path):
    assert call("asm", program, "-o", tmp_path / "mine.elf") == (0, "", "")
    from_elf, from_source = call("disasm", tmp_path / "mine.elf")[1], call("disasm", program)[1]
    assert from_elf.splitlines()[1:] == from_source.splitlines()[1:]


def test_an_output_that_cannot_be_written_is_named(call, program):
    status, _, err = call("asm", program, "-o", "nowhere/x.elf")
    assert status == 2
    assert err == "pagewalk: error: nowhere/x.elf: cannot be written: its folder does not exist\n"


def test_profiles_are_listed(call):
    out = call("profiles")[1]
    assert re.search(r"^ideal +1 ", out, re.MULTILINE)
    assert re.search(r"^skylake +3\.4 ", out, re.MULTILINE)


@pytest.mark.parametrize("name", ["skylake", "ideal"])
def test_a_profile_that_is_printed_is_one_that_can_be_changed_and_run(call, machines, program, tmp_path, name):
    mine = tmp_path / "mine.toml"
    mine.write_text(call("profiles", name)[1])
    assert load_profile(mine) == load_profile(name)
    mine.write_text(mine.read_text().replace("clock_ghz = ", "clock_ghz = 1"))
    assert load_profile(mine).clock_ghz > load_profile(name).clock_ghz
    assert call("profiles", mine)[1] == mine.read_text()
    assert call("run", program, "--profile", mine)[0] == 0


def test_a_profile_is_printed_with_its_sources(call):
    assert "Torvalds 2014" in call("profiles", "skylake")[1]


def test_a_profile_is_told_figure_by_figure_with_its_sources(call):
    out = call("profiles", "u74", "--sources")[1]
    assert re.search(r"^tlb\.l2 +512 entries, 1 ways +SiFive U74 manual", out, re.MULTILINE)
    assert re.search(r"^setting\.ad +svade +Microchip", out, re.MULTILINE)


def test_what_differs_between_two_profiles_is_told_and_nothing_else(call, tmp_path):
    mine = tmp_path / "mine.toml"
    mine.write_text(
        'name = "mine"\nsummary = "mine"\nbased_on = "skylake"\n[price]\npte = {cycles = 11, source = "assumed: why"}\n'
    )
    rows = [line.split() for line in call("profiles", "skylake", mine)[1].splitlines()]
    assert rows[0][:3] == ["key", "skylake", "mine"]
    assert rows[1:] == [["price.pte", "10", "cycles", "11", "cycles", "assumed:", "why"]]


@pytest.mark.parametrize("words", [["--sources"], ["skylake", "ideal", "--sources"]], ids=len)
def test_sources_are_those_of_one_profile(call, words):
    assert_refused(call("profiles", *words), r"--sources: ")


@pytest.mark.parametrize("word", ["a\0b", "\ud800"])
@pytest.mark.parametrize(
    "command", [["run"], ["run", "x.s", "--json"], ["asm"], ["lab", "flush", "--pages"], []], ids=str
)
def test_a_word_that_no_command_line_holds_is_refused(call, command, word):
    assert_refused(call(*command, word), r" is no word of a command line: ")


@pytest.mark.parametrize("word", ["x" * 5000, "a\nb", "\x1b[31m", "\r", "\u2028", "\u202e"])
@pytest.mark.parametrize("command", [["run"], ["check"], ["run", "x.s", "--set"], ["profiles"], []], ids=str)
def test_a_message_is_one_line_that_can_be_read_whatever_it_names(call, command, word):
    status, _, err = call(*command, word)
    assert status == 2
    assert err.startswith("pagewalk: error: ")
    assert len(err.splitlines()) == 1
    assert len(err) < 1200
    assert err[:-1].isprintable()


@pytest.mark.parametrize("name", ["/dev/zero", "/dev/null", "pipe.s", "pipe", "zero.s"])
@pytest.mark.parametrize("command", [["run"], ["explain"], ["check"], ["disasm"], ["asm", "--listing"]], ids=str)
def test_a_pipe_or_a_device_is_no_program_and_is_not_read(call, tmp_path, monkeypatch, command, name):
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe.s")
    os.mkfifo("pipe")
    os.symlink("/dev/zero", "zero.s")
    status, _, err = call(*command, name)
    assert status == 2
    assert err == f"pagewalk: error: {name}: cannot be read: it is a pipe or a device, no file\n"
