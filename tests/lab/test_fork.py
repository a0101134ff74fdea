"""The laboratory of forks: what each flavour takes, held against the rules and against what follows from prices."""

import csv
import io
from functools import cache

import pytest

from emulator.config import load_profile
from emulator.lab.fork import crossover
from emulator.lab.fork.case import FLAVOURS, Case, Sweep
from emulator.lab.fork.measure import Bench
from emulator.lab.fork.published import lines_of, verdicts
from tests.commands import assert_refused

PAGES = 600  # more than one last-level table holds
OF_TESTS = load_profile("skylake")


@cache
def bench():
    return Bench(OF_TESTS, {})


@cache
def measured(flavour, child="exit", pages=PAGES, touched=0, paging="sv39"):
    return bench().measure(Case("skylake", paging, flavour, child, pages, touched))


@pytest.mark.parametrize("touched", [0, 1, 40])
def test_F3_copy_on_write_copies_what_the_child_writes_to_and_nothing_else(touched):
    row = measured("cow", "touch", touched=touched)
    assert (row.copies, row.eager_copies, row.copied_bytes) == (touched, 0, 4096 * touched)


@pytest.mark.parametrize("touched", [0, 40])
def test_F8_copying_at_fork_copies_every_page_whatever_the_child_does(touched):
    row = measured("eager", "touch", touched=touched)
    assert (row.copies, row.eager_copies, row.faults) == (0, PAGES + 2, 0)  # the stacks of both, too


def test_F5_with_exec_one_page_is_copied_and_none_where_the_stack_is_copied_at_once():
    assert measured("cow", "exec").copies == 1
    assert (measured("cow-stack", "exec").copies, measured("cow-stack", "exec").eager_copies) == (0, 1)


@pytest.mark.parametrize("flavour", ["vfork", "posix_spawn"])
def test_a_child_that_shares_its_parents_memory_costs_no_page_table_and_no_fault_whatever_its_size(flavour):
    small, large = measured(flavour, pages=64), measured(flavour, pages=4096)
    assert (large.tables, large.faults, large.copies, large.peak) == (0, 0, 0, 0)
    assert large.parent - small.parent < 2_000  # what its caches no longer hold


def test_a_child_that_shares_page_tables_takes_as_many_frames_however_large_its_parent():
    assert measured("shared-tables", pages=4096).tables == measured("shared-tables", pages=600).tables
    assert measured("cow", pages=4096).tables - measured("cow", pages=512).tables == 7  # of 512 pages each


@pytest.mark.parametrize("paging", ["sv39", "x86-64", "arm64"])
def test_the_first_write_to_a_shared_table_copies_it_and_the_next_does_not(paging):
    one, many = (measured("shared-tables", "touch", touched=touched, paging=paging) for touched in (1, 100))
    assert one.tables_copied == many.tables_copied == 1
    assert measured("shared-tables", "touch", touched=PAGES, paging=paging).tables_copied == 2


def test_fork_takes_the_price_of_a_pte_for_each_page():
    line = lines_of([measured("cow", pages=512), measured("cow", pages=4096)])["exit", "cow"]
    price = OF_TESTS.price["pte_fork"].cycles
    assert price <= line.slope <= 1.1 * price  # and an eighth of a new table's


def test_where_pointers_deny_writes_sharing_tables_is_thirty_times_as_fast_as_copying_them():
    """Of 256 MiB; the larger the parent, the more."""
    cow, shared = (measured(flavour, pages=1 << 16, paging="x86-64") for flavour in ("cow", "shared-tables"))
    assert cow.parent > 30 * shared.parent


def test_F8_where_both_cost_the_same_follows_from_the_price_of_a_copy():
    sweep = Sweep.read(pages="256")
    found = list(crossover.crossovers(sweep, 256))
    by_price = sorted(found, key=lambda row: row.copy)
    assert all(abs(row.share - row.expected) < 0.1 for row in found)
    assert [row.share for row in by_price] == sorted(row.share for row in by_price)  # dearer copies: more written
    assert by_price[0].share < by_price[-1].share


def test_published_figures_are_held_against_rows_of_two_sizes():
    rows = [measured(flavour, pages=pages) for flavour in ("cow", "shared-tables") for pages in (512, 4096)]
    found = {verdict.figure.name: verdict for verdict in verdicts(rows, OF_TESTS)}
    assert {"V15 1 GB", "V15 shared tables", "V16 physical", "V17 tables"} <= found.keys()
    assert found["V15 1 GB"].kind == "calibration"
    assert "V14 posix_spawn" not in found  # it was not measured


def test_the_rows_are_written_as_csv(call):
    words = ["--pages", "4,8", "--flavour", "cow,vfork", "--child", "exit,touch", "--touch", "3,8"]
    status, out, _ = call("lab", "fork", *words, "--csv", "-")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert status == 0
    assert [(row["child"], row["flavour"], row["pages"], row["touched"]) for row in rows] == [
        *(("exit", flavour, pages, "0") for flavour in ("cow", "vfork") for pages in ("4", "8")),
        *(("touch", "cow", pages, touched) for touched in ("3", "8") for pages in ("4", "8") if touched <= pages),
    ]


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["--flavour", "cov"], "flavour: 'cov' is unknown; did you mean 'cow'"),
        (["--child", "sleep"], "child: 'sleep' is unknown"),
        (["--pages", "262145"], "pages: 262145 is out of range"),
        (["--pages", "8", "--touch", "9", "--child", "touch"], "no child can write to 9 of 8 pages"),
        (["--profile", "skylak"], "did you mean 'skylake'"),
    ],
)
def test_what_cannot_be_measured_is_refused(call, words, error):
    assert_refused(call("lab", "fork", *words), error)


def test_every_flavour_stands_in_the_help(call):
    text = call("lab", "fork", "--help")[1]
    assert all(flavour in text for flavour in FLAVOURS)
