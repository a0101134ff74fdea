"""`pagewalk check --bugs`: what is asked, what is shown, and the exit status."""

import json

import pytest

from emulator.lab.bugs import measure
from emulator.lab.bugs.measure import Tally
from tests.commands import assert_refused

pytestmark = pytest.mark.unbalanced  # a stale entry may write to a page table

ONE = ("check", "--bugs", "--only", "rollover-no-flush", "--schedules", "2")


def test_one_mistake_is_shown_with_each_tlb(call):
    status, out, _ = call(*ONE)
    head, *rows, last = out.splitlines()
    assert status == 0
    assert head.split()[0] == "bug"
    assert [row.split() for row in rows] == [
        ["rollover-no-flush", tlb, "asids", "6", "2", "2", "2", "2", "0"] for tlb in ("lru", "adversarial")
    ]
    assert last == "4 runs: data were wrong without a flag in none"


def test_a_mistake_that_a_tlb_cannot_show_is_not_counted(call):
    _, out, _ = call("check", "--bugs", "--only", "late-fill", "--schedules", "1")
    lines = out.splitlines()
    assert lines[1].split()[-5:] == ["-"] * 5
    assert lines[2].split()[4] == "1"
    assert lines[3].startswith("-: ")


def test_json_holds_the_counts(call):
    _, out, _ = call(*ONE, "--json", "-")
    first = json.loads(out)[0]
    assert first == {
        "bug": "rollover-no-flush",
        "tlb": "lru",
        "runs": 2,
        "flagged": 2,
        "named": 2,
        "wrong": 2,
        "silent": 0,
    }


@pytest.mark.parametrize(
    ("bug", "counts", "status"),
    [
        ("early-ack", (20, 19, 19, 20, 1), 1),
        ("early-ack", (20, 20, 20, 20, 0), 0),
        ("early-ack", (20, 0, 0, 0, 0), 0),
        ("none", (20, 1, 0, 0, 0), 1),
        ("none", (20, 0, 0, 0, 0), 0),
    ],
)
def test_wrong_data_that_were_not_reported_give_1_and_so_does_a_right_kernel_that_was(
    call, monkeypatch, bug, counts, status
):
    monkeypatch.setattr(measure, "measure", lambda trial: Tally(trial.kernel.bug, trial.tlb, *counts))
    assert call("check", "--bugs", "--only", bug)[0] == status


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["--bugs", "--only", "rolover-no-flush"], "did you mean 'rollover-no-flush'"),
        (["--bugs", "--only", "LATE_FILL"], "'LATE_FILL' is no mistake"),
        (["--bugs", "--schedules", "0"], "schedules"),
        (["--bugs", "--schedules", "x"], "schedules"),
        (["--bugs", "--jobs", "0"], "jobs"),
        (["--bugs", "mine.s"], "leave out yours"),
        (["--bugs", "--harts", "2"], "leave out --harts"),
        (["--bugs", "--set", "skew=1"], "leave out --set"),
        (["--bugs", "--max-instructions", "9"], "leave out --max-instructions"),
        (["--bugs", "--engine", "fast"], "engine"),
        (["--only", "late-fill", "mine.s"], "--bugs --only is right"),
        (["--schedules", "3"], "--bugs --schedules is right"),
        ([], "check PROGRAM... and check --bugs are right"),
    ],
)
def test_what_makes_no_check_is_refused(call, arguments, error):
    assert_refused(call("check", *arguments), error)
