"""The laws that the flush experiment must obey, whatever the prices: where cycles go, and what is missed later."""

from itertools import pairwise

import pytest

from emulator.base.errors import ConfigError
from emulator.cli.checks import check_program
from emulator.cli.options import Chosen
from emulator.config import load_profile, parse_flush
from emulator.lab.experiment import PROGRAMS, cuts_of, marked_at, program_of_lab
from emulator.lab.flush import OPERATIONS, PAGE_BY_PAGE, Case, FlushLab, Sweep
from emulator.machine import Machine

PRICES = {name: row.cycles for name, row in load_profile("skylake").price.items()}
PAGE, ASID, ALL = PRICES["flush_page"], PRICES["flush_asid"], PRICES["flush_all"]
REST = 48  # few enough for one page in each set of the second-level TLB, beside the range
CODE = 1  # the page that the program's instructions are on

both_operations = pytest.mark.parametrize("operation", OPERATIONS)
whole_space = pytest.mark.parametrize("strategy", ["asid", "full"])


@pytest.fixture(scope="module")
def lab():
    return FlushLab()


@both_operations
def test_page_by_page_costs_the_same_for_every_page_up_to_the_ceiling_and_no_more_after_it(lab, operation):
    flush = [lab.measure(Case(operation, "ceiling:33", pages, REST)).flush for pages in (1, 2, 8, 32, 33, 34, 64, 512)]
    assert flush == [PAGE, 2 * PAGE, 8 * PAGE, 32 * PAGE, 33 * PAGE, ASID, ASID, ASID]


@both_operations
def test_without_a_ceiling_in_reach_the_cost_stays_linear(lab, operation):
    """Up to as many pages as munmap gives no page table back for: that takes a flush of all (F21)."""
    flush = [lab.measure(Case(operation, "ceiling:512", pages, REST)).flush for pages in (1, 34, 128)]
    assert flush == [PAGE, 34 * PAGE, 128 * PAGE]


@both_operations
def test_a_ceiling_of_0_is_the_whole_address_space_always(lab, operation):
    assert lab.measure(Case(operation, "ceiling:0", 1, REST)).flush == ASID


@both_operations
@pytest.mark.parametrize(("strategy", "price"), [("asid", ASID), ("full", ALL)])
def test_flushing_everything_costs_the_same_however_many_pages(lab, operation, strategy, price):
    assert {lab.measure(Case(operation, strategy, pages, REST)).flush for pages in (1, 33, 34, 512)} == {price}


@both_operations
def test_the_rest_of_the_call_does_not_depend_on_the_strategy(lab, operation):
    rows = [
        lab.measure(Case(operation, strategy, 40, REST)) for strategy in ("ceiling:33", "ceiling:512", "asid", "full")
    ]
    assert len({row.rest for row in rows}) == 1


@pytest.mark.parametrize(
    ("operation", "each"), [("mprotect", PRICES["pte"]), ("munmap", PRICES["pte_drop"] + PRICES["free"])]
)
def test_the_rest_of_the_call_grows_by_the_work_on_each_page(lab, operation, each):
    one, many = (lab.measure(Case(operation, "full", pages, REST)).rest for pages in (1, 101))
    assert many - one == 100 * each


@both_operations
def test_page_by_page_induces_no_miss_outside_the_range(lab, operation):
    row = lab.measure(Case(operation, "ceiling:33", 16, REST))
    assert row.misses == (16 if OPERATIONS[operation].range_stays else 0)


def test_after_munmap_page_by_page_nothing_is_slower(lab):
    row = lab.measure(Case("munmap", "ceiling:33", 16, REST))
    assert (row.misses, row.walks, row.slower) == (0, 0, 0)


@both_operations
@whole_space
def test_flushing_everything_induces_a_miss_on_each_page_in_use_and_on_the_code(lab, operation, strategy):
    row = lab.measure(Case(operation, strategy, 16, REST))
    assert row.misses == REST + CODE + (16 if OPERATIONS[operation].range_stays else 0)
    assert row.walks > 0
    assert row.slower > 0


@both_operations
@whole_space
def test_with_no_other_page_in_use_only_the_range_and_the_code_are_missed(lab, operation, strategy):
    assert lab.measure(Case(operation, strategy, 4, 0)).misses == CODE + (4 if OPERATIONS[operation].range_stays else 0)


@both_operations
def test_a_call_drops_the_entries_of_the_range_or_all(lab, operation):
    assert lab.measure(Case(operation, "ceiling:33", 1, 0)).dropped == 2  # one in each level
    assert lab.measure(Case(operation, "full", 1, 0)).dropped > 2


@both_operations
@whole_space
def test_the_call_alone_is_cheaper_page_by_page_up_to_4_or_5_pages(lab, operation, strategy):
    [alone, _] = lab.crossovers([operation], [parse_flush(strategy)], REST)
    assert not alone.reused
    assert 4 <= alone.pages <= 5


@both_operations
@whole_space
def test_the_more_is_used_again_the_longer_page_by_page_is_cheaper(lab, operation, strategy):
    alone = lab.crossovers([operation], [parse_flush(strategy)], 0)[0].pages
    ups = [lab.crossovers([operation], [parse_flush(strategy)], rest)[1].pages for rest in (64, 256, 512)]
    assert alone < ups[0] < ups[1] < ups[2]


def test_a_ceiling_has_no_crossover_with_itself(lab):
    assert lab.crossovers(["munmap"], [parse_flush("ceiling:33"), parse_flush("ceiling:64")], 0) == []


def test_free_invalidation_never_makes_page_by_page_dearer():
    free = FlushLab(overrides={"price.flush_page": "0"})
    assert free.measure(Case("munmap", PAGE_BY_PAGE, 128, 0)).flush == 0


@both_operations
def test_what_lies_between_the_marks_of_a_run_sums_to_the_run_and_its_costs_to_its_cycles(lab, operation):
    experiment = lab.experiment(Case(operation, "full", 40, REST))
    marks = marked_at(experiment, cuts_of(experiment))
    pieces = [first.until(last) for first, last in pairwise(marks)]
    machine = Machine(**experiment.machine)
    machine.spawn(program_of_lab("flush"), argv=["flush", *experiment.arguments])
    whole = machine.run()
    for piece in pieces:
        assert sum(piece.costs.values()) == piece.cycles
    for name, cycles in whole.costs.items():
        assert marks[0].per_hart[0][1][name] + sum(piece.costs[name] for piece in pieces) == cycles
    assert marks[0].cycle + sum(piece.cycles for piece in pieces) == whole.cycles


def test_the_call_s_piece_is_one_call_and_the_reuse_none(lab):
    call, reuse = lab.pieces(Case("mprotect", "asid", 4, 4))
    assert call.counters["syscall.total"] == 1
    assert call.counters["flush.asid"] == 1
    assert reuse.counters["syscall.total"] == 0
    assert reuse.counters["fault.total"] == 0
    assert reuse.counters["loads"] == 4 + 4


def test_a_strategy_changes_no_instruction(lab):
    cuts = {cuts_of(lab.experiment(Case("munmap", strategy, 40, 8))) for strategy in ("ceiling:33", "asid", "full")}
    assert len(cuts) == 1


def test_a_case_gives_the_same_row_each_time(lab):
    case = Case("mprotect", "asid", 12, 24)
    assert FlushLab().measure(case) == lab.measure(case)


def test_the_marks_stand_where_the_program_says(lab):
    experiment = lab.experiment(Case("munmap", "full", 2, 2))
    cuts = cuts_of(experiment)
    marks = marked_at(experiment, cuts)
    assert tuple(mark.per_hart[0][0]["instructions"] for mark in marks[:3]) == cuts
    assert [mark.number for mark in marks] == [1, 2, 3, 4]


def test_the_programs_of_the_lab_keep_their_promises():
    for path in PROGRAMS.glob("*.s"):
        assert check_program(str(path), Chosen())["failed"] == []


def test_a_sweep_has_every_case_once():
    sweep = Sweep.read("munmap", "asid,full,asid", "4,1-2,2", 7)
    assert list(sweep.cases()) == [
        Case("munmap", strategy, pages, 7) for strategy in ("asid", "full") for pages in (1, 2, 4)
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"pages": "0"}, "pages: 0 is out of range"),
        ({"pages": "-4"}, "pages: -4 is out of range"),
        ({"pages": "99999999999999999999"}, "pages: 99999999999999999999 is out of range"),
        ({"pages": ""}, "pages: '' is empty"),
        ({"pages": "1,,2"}, "pages: '1,,2' has an empty place"),
        ({"pages": "four"}, "pages: 'four' is no whole number"),
        ({"pages": "1-"}, "pages: '' is no whole number"),
        ({"pages": "9-3"}, "pages: the range 9-3 is empty; 3-9 is right"),
        ({"operations": "mprotekt"}, "operation: 'mprotekt' is unknown; did you mean 'mprotect'?"),
        ({"operations": " "}, "operation: ' ' is empty"),
        ({"strategies": "ful"}, "flush: 'ful' is no flush strategy; did you mean 'full'?"),
        ({"strategies": ""}, "strategy: '' is empty"),
        ({"working_set": -1}, "working-set: -1 is out of range"),
    ],
)
def test_a_sweep_that_makes_no_sense_is_refused(arguments, message):
    with pytest.raises(ConfigError) as error:
        Sweep.read(**arguments)
    assert error.value.message.startswith(message)


def test_the_flush_strategy_cannot_be_set_behind_the_experiment_s_back():
    with pytest.raises(ConfigError, match="--strategy"):
        FlushLab(overrides={"flush": "full"})
