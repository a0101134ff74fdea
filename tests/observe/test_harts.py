"""The tables of harts and invalidations."""

import json
from pathlib import Path

import pytest

from emulator import Machine
from emulator.observe.harts import invalidations_by_cause
from emulator.observe.report import as_json, statistics
from isa import Program
from tests.observe.made import shown

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def result():
    """A run on two harts, one of which unmaps what the other holds."""
    machine = Machine(harts=2, memory="16MiB")
    machine.spawn(Program.load(ROOT / "programs" / "shootdown.s"))
    return machine.run()


def test_invalidations_are_summed_by_cause(result):
    found = list(invalidations_by_cause(result))
    assert sum(row["count"] for row in found) == len(result.invalidations)
    assert sum(row["ipis"] for row in found) == result.counters["shootdown.ipis"] > 0
    assert sum(row["wait"] for row in found) == result.counters["shootdown.wait_cycles"] > 0
    assert sum(row["stolen"] for row in found) == result.costs["shootdown.serve"] > 0
    assert sum(row["own"] for row in found) == result.costs["flush.local"] > 0
    assert sum(row["induced_misses"] for row in found) == result.counters["flush.induced_misses"]


def test_statistics_of_several_harts_have_a_row_for_each(result):
    text = shown(statistics(result))
    for counters, _ in result.per_hart:
        assert f"{counters['instructions']:,}" in text


def test_statistics_of_one_hart_have_no_table_of_harts():
    machine = Machine(memory="16MiB")
    machine.spawn(Program.load(ROOT / "programs" / "hello.s"))
    assert "waiting for others" not in shown(statistics(machine.run()))


def test_the_json_account_holds_the_same_sums(result):
    assert json.loads(as_json(result))["invalidations"] == list(invalidations_by_cause(result))


def test_what_harts_wait_and_answer_are_costs_of_their_own_on_each_hart(result):
    for counters, costs in result.per_hart:
        assert sum(costs.values()) == counters["cycles"]
        assert costs["shootdown.wait"] == counters["shootdown.wait_cycles"]
