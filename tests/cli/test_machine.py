"""The command line on a real machine: what the fake ones of the other tests cannot show."""

import json
import re

import pytest

FORK_THEN_STORE = """
        .data
word:   .dword 7
        .text
_start: li      a0, 17          # SIGCHLD
        li      a7, 220         # clone
        ecall
        beqz    a0, child
        li      a0, -1
        li      a1, 0
        li      a2, 0
        li      a3, 0
        li      a7, 260         # wait4
        ecall
        li      a0, 5
        j       leave
child:  la      t0, word
        sd      t0, 0(t0)
        li      a0, 0
leave:  li      a7, 93
        ecall
"""

ECHO = """
        .bss
buffer: .zero   16
        .text
_start: li      a0, 0
        la      a1, buffer
        li      a2, 16
        li      a7, 63          # read
        ecall
        mv      a2, a0
        li      a0, 1
        la      a1, buffer
        li      a7, 64          # write
        ecall
        li      a0, 0
        li      a7, 93
        ecall
"""


@pytest.fixture
def written(tmp_path):
    """Write a source and return its path."""

    def write(text):
        path = tmp_path / "mine.s"
        path.write_text(text)
        return path

    return write


def test_the_status_of_the_program_is_ours(call, written):
    assert call("run", written(FORK_THEN_STORE))[0] == 5


def test_a_killed_program_gives_128_and_its_signal(call, written):
    assert call("run", written("_start: sd zero, 0(zero)\n"))[0] == 128 + 11


def test_a_missing_instruction_is_told_as_such(call, written):
    out = " ".join(call("explain", written("_start: .word 0\n"))[1].split())
    assert "killed by SIGILL (4): an instruction the ISA lacks" in out


def test_a_program_that_never_ends_is_stopped(call, written):
    status, _, err = call("run", written("_start: j _start\n"), "--max-instructions", 1000)
    assert status == 124
    assert "stopped at the limit of 1,000 instructions" in err


def test_the_store_after_fork_is_told_with_its_line_its_owners_and_its_restart(call, written):
    out = call("explain", written(FORK_THEN_STORE))[1]
    assert re.search(r"^fault 1   store   pid 2   mine\.s:18   sd t0, 0\(t0\)   va 0x[0-9a-f]+$", out, re.MULTILINE)
    assert re.search(r"^  frame +0x[0-9a-f]+ has 2 owners \(pid 1, pid 2\): copy$", out, re.MULTILINE)
    assert re.search(r"^  restart +line 18 runs again: .*, stored$", out, re.MULTILINE)


def test_an_eager_fork_leaves_no_fault_to_tell(call, written):
    assert "fault 1" not in call("explain", written(FORK_THEN_STORE), "--fork", "eager")[1]


def test_under_ideal_a_cycle_is_an_instruction(call, written):
    account = json.loads(call("run", written(FORK_THEN_STORE), "--profile", "ideal", "--json", "-")[1])
    assert account["counters"]["cycles"] == account["counters"]["instructions"]


def test_a_set_price_is_charged(call, written):
    def entry(price):
        options = ("--set", f"price.trap_entry={price}", "--set", "price.call_entry=0", "--json", "-")
        return json.loads(call("run", written(FORK_THEN_STORE), *options)[1])["costs"]["trap.entry"]

    assert entry(200) == 2 * entry(100) > 0


def test_costs_sum_to_cycles(call, written):
    account = json.loads(call("run", written(FORK_THEN_STORE), "--json", "-")[1])
    assert sum(account["costs"].values()) == account["counters"]["cycles"]


def test_two_runs_leave_the_same_account_and_events(call, written, tmp_path):
    path = written(FORK_THEN_STORE)
    first = call("run", path, "--json", "-", "--trace", tmp_path / "1.csv")[1]
    assert call("run", path, "--json", "-", "--trace", tmp_path / "2.csv")[1] == first
    assert (tmp_path / "1.csv").read_bytes() == (tmp_path / "2.csv").read_bytes()


def test_standard_input_reaches_the_program(call, written, monkeypatch):
    monkeypatch.setattr("emulator.cli.stdin.StandardInput._all", b"hi\n")
    assert call("run", written(ECHO))[1] == "hi\n"


@pytest.mark.parametrize("harts", ["0", "two"])
def test_harts_that_make_no_machine_are_refused(call, written, harts):
    status, _, err = call("run", written(FORK_THEN_STORE), "--harts", harts)
    assert status == 2
    assert re.fullmatch(r"pagewalk: error: harts: .*\n", err)


def test_one_hart_may_be_asked_for(call, written):
    assert call("run", written(FORK_THEN_STORE), "--harts", 1)[0] == 5


def test_a_program_larger_than_memory_is_refused(call, written):
    status, _, err = call("run", written(".data\nx: .zero 2097152\n.text\n_start: ecall\n"), "--memory", "1MiB")
    assert status == 2
    assert re.fullmatch(r"pagewalk: error: .*mine\.s: does not fit into 1MiB of memory\n", err)
