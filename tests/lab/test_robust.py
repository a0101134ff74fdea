"""Machines that might as well have been assumed, and the rankings of strategies that survive on them."""

import csv

import pytest

from emulator.config import load_profile
from emulator.lab.invalidation import measure
from emulator.lab.invalidation.case import Sweep
from emulator.lab.invalidation.disturbed import disturbed, disturbed_profile
from emulator.lab.invalidation.robust import Ranking, machines_of
from tests.commands import assert_refused
from tests.lab.pretended import Counted

SKYLAKE = load_profile("skylake")


def ranking(**costs):
    return Ranking("munmap", 1, 4, "skylake", tuple(costs), costs)


@pytest.mark.parametrize("number", [1, 2, 3, 8])
def test_every_price_of_a_like_machine_is_a_quarter_off_but_an_instruction_s(number):
    for name, row in disturbed_profile(SKYLAKE, number).price.items():
        own = SKYLAKE.price[name].cycles
        assert own <= 1 or abs(abs(row.cycles - own) - own / 4) <= 0.5, name
    assert disturbed_profile(SKYLAKE, number).price["base"].cycles == 1


@pytest.mark.parametrize("number", [1, 3, 5])
def test_what_one_of_a_pair_raises_the_other_lowers(number):
    one, other = disturbed_profile(SKYLAKE, number), disturbed_profile(SKYLAKE, number + 1)
    for name, row in SKYLAKE.price.items():
        if row.cycles > 2:
            assert (one.price[name].cycles > row.cycles) == (other.price[name].cycles < row.cycles), name


def test_a_like_machine_has_other_chance_and_other_frames_and_is_always_the_same():
    [task] = Sweep.read("munmap", "full", "1", "4").tasks()
    like = disturbed(task, 3)
    assert (like.seed, like.overrides["placement"], like.case.profile) == (3, "3", "skylake~3")
    assert like == disturbed(task, 3)
    assert len({found.key for found in machines_of([task], 8)[0]}) == 9


def test_a_ranking_survives_where_no_machine_turns_it_round():
    found = ranking(full=[10, 12, 9], directory=[20, 30, 10], latr=[21, 29, 11])
    assert str(found) == "full < directory ~ latr"
    assert found.surviving == (2, 3)


def test_strategies_that_cost_the_same_everywhere_are_told_as_the_same():
    found = ranking(full=[10, 12], asid=[10, 12], directory=[10, 13])
    assert str(found) == "full = asid ~ directory"
    assert found.surviving == (1, 3)


def test_the_command_measures_each_row_on_like_machines_too_and_keeps_all_rows(call, monkeypatch, tmp_path):
    counted = Counted()
    monkeypatch.setattr(measure, "measure", counted)
    few = ("--workload", "munmap", "--strategy", "ceiling:33,full", "--pages", "1", "--harts", "1,4")
    status, out, _ = call("lab", "invalidation", *few, "--robust", "2", "--csv", tmp_path / "rows.csv")
    assert status == 0
    assert len(counted.cases) == 2 * 2 * 3
    assert [line.split()[:3] for line in out.splitlines()[1:]] == [["munmap", "1", "1"], ["munmap", "1", "4"]]
    with open(tmp_path / "rows.csv", newline="") as file:
        assert len(list(csv.DictReader(file))) == 12


@pytest.mark.parametrize("number", ["-1", "1001", "x"])
def test_a_number_of_machines_that_makes_no_sense_is_one_line(call, number):
    assert_refused(call("lab", "invalidation", "--robust", number), r"--robust")
