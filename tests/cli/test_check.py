"""`pagewalk check`: runs against `#?` lines."""

import json
import re

import pytest

from emulator.result import ProcessReport

STALE = {"stale.uses": 3}


@pytest.fixture
def source(tmp_path):
    """Write a program with `#?` lines and return its path."""

    def write(*lines, name="mine.s"):
        path = tmp_path / name
        path.write_text("\n".join([*lines, "_start:", "        ecall", ""]))
        return path

    return write


def test_promises_that_hold_give_0(call, machines, source):
    path = source("#? exit_status == 0", '#? stdout == "hello\\n"')
    status, out, _ = call("check", path)
    assert status == 0
    assert out == f"ok      {path}  2 promises, 1 run\n1 checked: 1 ok, 0 failed\n"


def test_a_promise_that_fails_gives_1_and_its_place(call, machines, source):
    path = source("#? exit_status == 0", "#? cow.copies == 1")
    status, out, _ = call("check", path)
    assert status == 1
    assert f"FAILED  {path}" in out
    assert f"{path}:2: cow.copies == 1: fails, it is 0" in out


def test_an_included_file_promises_nothing(call, machines, source):
    path = source("#? exit_status == 0", '.include "mine.inc"')
    path.with_name("mine.inc").write_text("#? run: --fork eager\n#? exit_status == 7\n")
    _, out, _ = call("check", path)
    assert out.startswith(f"ok      {path}  1 promises, 1 run\n")


def test_all_programs_are_reported_after_a_failure(call, machines, source):
    bad, good = source("#? cow.copies == 1"), source("#? cow.copies == 0", name="good.s")
    status, out, _ = call("check", bad, good)
    assert status == 1
    assert f"ok      {good}" in out
    assert "2 checked: 1 ok, 1 failed" in out


def test_each_run_line_is_run_with_its_options(call, machines, source):
    path = source("#? run: --fork eager --set price.pte=3 one", "#? run: --fork cow --max-instructions 50")
    call("check", path)
    first, second = machines.made
    assert (first.options, first.overrides, first.argv) == (
        {"fork": "eager", "check_stale": True},
        {"price.pte": "3"},
        [str(path), "one"],
    )
    assert (second.options, second.limit) == ({"fork": "cow", "check_stale": True}, 50)


def test_options_override_run_lines(call, machines, source):
    call("check", source("#? run: --fork eager --memory 8MiB"), "--fork", "cow", "--max-instructions", 7)
    assert machines.made[0].options == {"fork": "cow", "memory": "8MiB", "check_stale": True}
    assert machines.made[0].limit == 7


def test_a_program_gets_no_standard_input(call, machines, source):
    call("check", source("#? exit_status == 0"))
    assert machines.made[0].stdin == b""


def test_a_failure_names_its_run(call, machines, source):
    out = call("check", source("#? run: --fork cow", "#? run: --fork eager", "#? [fork=eager] cow.copies == 1"))[1]
    assert "fails, it is 0  (run: --fork eager)" in out


def test_a_promise_that_no_run_is_for_is_named(call, machines, source):
    status, out, _ = call("check", source("#? [fork=eager] cow.copies == 1"))
    assert status == 0
    assert "[fork=eager] cow.copies == 1: not checked, no run has this setting" in out


def test_a_program_without_promises_says_so(call, machines, source):
    assert "promises nothing: no `#?` lines" in call("check", source())[1]


def test_a_program_that_cannot_be_read_gives_2_and_the_others_are_checked(call, machines, source):
    good = source("#? exit_status == 0")
    status, out, err = call("check", "nowhere.s", good)
    assert status == 2
    assert err.startswith("pagewalk: error: nowhere.s: ")
    assert f"ok      {good}" in out
    assert "2 checked: 1 ok, 0 failed, 1 could not be run" in out


@pytest.mark.parametrize("line", ["#? cow.copy == 1", "#? run: --frok cow", "#? run: --max-instructions none"])
def test_a_line_that_is_no_promise_gives_2(call, machines, source, line):
    status, _, err = call("check", source(line))
    assert status == 2
    assert err.count("\n") == 1


def test_verdicts_as_json(call, machines, source):
    out = call("check", source("#? cow.copies == 1"), "--json", "-")[1]
    (account,) = json.loads(out)
    assert account["failed"][0]["actual"] == 0


@pytest.mark.parametrize(
    ("outcome", "failure"),
    [
        ({"counters": STALE}, "stale.uses == 0: fails, it is 3"),
        ({"ended": "limit"}, 'ended == "exit": fails, it is "limit"'),
        ({"ended": "blocked"}, 'ended == "exit": fails, it is "blocked"'),
    ],
)
def test_a_program_that_uses_a_stale_entry_or_does_not_end_fails_without_saying_so(
    call, machines, source, outcome, failure
):
    machines.outcome = outcome
    path = source("#? cow.copies == 0")
    status, out, _ = call("check", path)
    assert status == 1
    assert f"{path}: {failure}" in out


def test_a_program_that_speaks_of_stale_uses_itself_decides(call, machines, source):
    machines.outcome = {"counters": STALE}
    assert call("check", source("#? stale.uses == 3"))[0] == 0


def test_a_program_that_promises_not_to_end_passes(call, machines, source):
    machines.outcome = {"ended": "blocked"}
    assert call("check", source('#? ended == "blocked"'))[0] == 0


def test_what_is_said_of_the_end_in_one_mode_says_nothing_of_others(call, machines, source):
    machines.outcome = {"ended": "limit"}
    assert call("check", source('#? [fork=eager] ended == "limit"'))[0] == 1


def test_the_exit_status_of_a_program_that_has_not_ended_is_not_known(call, machines, source):
    machines.outcome = {"ended": "limit", "processes": (ProcessReport(1, 0, 0, None, None),)}
    status, out, _ = call("check", source("#? exit_status == 0", '#? ended == "limit"'))
    assert status == 1
    assert "exit_status == 0: fails, it is not known: the run has not ended" in out


def test_an_interrupt_ends_a_check_with_130(call, machines, source):
    machines.outcome = {"ended": "interrupt"}
    assert call("check", source("#? cow.copies == 0"))[0] == 130


@pytest.mark.parametrize(
    "words",
    [
        "--harts 9999999",
        "--harts \u00b2",
        "--max-instructions -5",
        "--max-instructions \u0663",
        "--seed \u00b2",
        f"--seed {'9' * 5000}",
        "--fork cwo",
        "--profile nowhere.toml",
        "--schedule nowhere",
        "--memory 1",
        "--flush lazy",
        "--set price.pte",
        "--set price.pt=3",
        f"--set price.pte={'9' * 5000}",
        "--ad svade --flush asid+abis",
    ],
)
def test_a_run_line_that_makes_no_machine_is_named_with_its_file_and_line(call, machines, source, words):
    path = source("#? cow.copies == 0", f"#? run: {words}")
    status, _, err = call("check", path)
    assert status == 2
    assert re.fullmatch(rf"pagewalk: error: {path}:2: '#\? run: .*': .*\n", err)
    assert machines.made == []


def test_a_mistake_among_the_options_is_told_once_and_of_no_program(call, machines, source):
    path = source("#? cow.copies == 0")
    status, out, err = call("check", path, path, "--harts", "0")
    assert (status, out) == (2, "")
    assert re.fullmatch(r"pagewalk: error: harts: 0 is out of range; .*\n", err)
