"""`pagewalk audit`: exit statuses, files, and what is said of a log that is none."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.audit.logs import PAGE, RO, VA, maps, start, text_of
from tests.commands import assert_refused

LOGS = Path(__file__).parents[1] / "audit" / "logs"
WRONG = [*start(), f"store 0 {VA:#x}", f"{maps(PAGE, RO)} pc=0x200", f"store 0 {VA:#x} pc=0x100"]


@pytest.fixture
def log(tmp_path):
    """Write a log of these lines; returns its path."""

    def written(*lines):
        path = tmp_path / "mine.log"
        path.write_bytes(text_of(*lines))
        return path

    return written


def test_a_log_in_which_no_flush_is_missing_gives_0(call, log):
    status, out, err = call("audit", log(*start()))
    assert (status, err) == (0, "")
    assert "0 missing flushes" in out


def test_a_missing_flush_gives_1_and_names_the_access_and_its_culprit(call, log):
    status, out, err = call("audit", log(*WRONG))
    assert (status, err) == (1, "")
    assert "store   va 0x4000   pc 0x100   record 9" in out
    assert "record 8: hart 0 wrote PTE 0x80003020, rw-uad -> r--uad; pc 0x200" in out


def test_what_was_found_before_a_mistake_in_the_log_is_reported_all_the_same(call, log):
    status, out, err = call("audit", log(*WRONG, "load 5 0x0"))
    assert status == 2
    assert "1 missing flush " in out
    assert err.endswith(": record 10: names hart 5, which no `hart` record before it declares\n")
    assert err.count("\n") == 1


@pytest.mark.parametrize("content", [b"", b"not a log\n", b"pagewalk-log 7\n1 hart 0\nend 1\n"])
def test_what_is_no_log_is_refused_in_one_line_and_nothing_is_reported(call, tmp_path, content):
    path = tmp_path / "mine.log"
    path.write_bytes(content)
    assert_refused(call("audit", path), r"mine.log: (is|.* is of) ")


def test_a_log_that_cannot_be_read_is_refused(call, tmp_path):
    assert_refused(call("audit", tmp_path), "cannot be read: Is a directory")
    assert_refused(call("audit", tmp_path / "nowhere"), "cannot be read: No such file or directory")


def test_json_has_all_that_was_found(call, log):
    status, out, _ = call("audit", log(*WRONG), "--json", "-")
    account = json.loads(out)
    assert status == 1
    (finding,) = account["missing"]
    assert (finding["mistake"], finding["record"], finding["pc"]) == ("no_flush", 9, 0x100)
    assert (finding["culprit"]["record"], finding["culprit"]["pte"]) == (8, 0x80003020)
    assert (account["complete"], account["error"]) == (True, None)


def test_json_says_that_a_log_was_not_read_to_its_end(call, log, tmp_path):
    status, _, err = call("audit", log(*WRONG, "load 5 0x0"), "--json", tmp_path / "a.json")
    account = json.loads((tmp_path / "a.json").read_text())
    assert status == 2
    assert account["complete"] is False
    assert account["error"] in err


def test_a_log_becomes_the_other_format_and_is_the_same(call, log, tmp_path):
    path, binary, text = log(*WRONG), tmp_path / "mine.bin", tmp_path / "again.log"
    assert call("audit", path, "--to", binary) == (0, "", "")
    assert call("audit", binary, "--to", text) == (0, "", "")
    assert text.read_bytes() == path.read_bytes()
    assert call("audit", binary) == call("audit", path)


def test_a_log_that_is_cut_becomes_no_other(call, log, tmp_path):
    path = log(*WRONG)
    path.write_bytes(path.read_bytes()[:-9])
    assert_refused(call("audit", path, "--to", tmp_path / "mine.bin"), "record 9: is cut short")
    assert not (tmp_path / "mine.bin").exists()


def test_a_log_is_never_written_over(call, log):
    path = log(*start())
    assert_refused(call("audit", path, "--to", path), "is the file that is read")
    assert_refused(call("audit", path, "--json", path), "is the file that is read")
    assert path.read_bytes() == text_of(*start())


def audit_of_input(content, *arguments, redirections=""):
    command = [sys.executable, "-c", "from emulator.cli import main; main()", "audit", "-", *arguments]
    line = ["sh", "-c", f'"$@" {redirections}', "sh", *command]
    return subprocess.run(line, input=content, capture_output=True, check=False, timeout=60, env=os.environ)


def test_standard_input_is_a_log_too():
    done = audit_of_input(text_of(*WRONG))
    assert (done.returncode, done.stderr) == (1, b"")
    assert b"1 missing flush" in done.stdout


def test_a_standard_input_that_is_closed_is_refused():
    done = audit_of_input(b"", redirections="<&-")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"pagewalk: error: standard input: cannot be read: Bad file descriptor\n"


def test_a_long_log_has_a_short_report(call, tmp_path):
    """Ten thousand uses at one place are one paragraph."""
    uses = [f"store 0 {VA:#x} pc=0x100"] * 10_000
    path = tmp_path / "mine.log"
    path.write_bytes(text_of(*WRONG[:-1], *uses))
    status, out, _ = call("audit", path)
    assert status == 1
    assert len(out.splitlines()) < 12
    assert "10,000 uses of 1 entry" in out


def test_a_log_of_many_mistakes_shows_the_first_and_counts_the_others(call, tmp_path):
    many = [f"store 0 {VA:#x} pc={pc:#x}" for pc in range(0x1000, 0x1400, 4)]
    flips = [
        line for use in many for line in (use, "fence 0", maps(PAGE, "vrwuad"), f"store 0 {VA:#x}", maps(PAGE, RO))
    ]
    path = tmp_path / "mine.log"
    path.write_bytes(text_of(*start(), f"store 0 {VA:#x}", maps(PAGE, RO), *flips))
    status, out, _ = call("audit", path)
    assert status == 1
    assert out.count("missing flush  ") == 20
    assert "and 236 more (--json tells of 256)" in out
    assert len(json.loads(call("audit", path, "--json", "-")[1])["missing"]) == 256
