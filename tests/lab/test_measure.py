"""The laws that rows of the invalidation experiment obey, whatever the prices."""

import os
import signal
import subprocess
import sys
import time

import pytest

from emulator.base.names import COSTS
from emulator.config import load_profile
from emulator.lab.invalidation.case import Case, Sweep, Task
from emulator.lab.invalidation.measure import measure, per_1000
from emulator.lab.invalidation.workloads import WORKLOADS
from emulator.lab.workers import measured

SKYLAKE = load_profile("skylake")
MILLISECOND = int(SKYLAKE.clock_ghz * 10**6)
PRICE = {name: row.cycles for name, row in SKYLAKE.price.items()}


def row(workload, strategy, pages, harts, **settings):
    return measure(Task(Case(workload, strategy, pages, harts, "skylake"), SKYLAKE, 0, settings))


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda workload: workload.name)
def test_every_workload_s_cycles_are_the_sum_of_its_costs(workload):
    found = row(workload.name, workload.strategies[0], 8, workload.harts_of((4,))[0])
    assert found["cycles"] == sum(found[f"cost.{cost.name}"] for cost in COSTS)
    assert found["cycles"] > 0


@pytest.mark.parametrize("strategy", ["ceiling:33", "full", "ceiling:33+concurrent", "ceiling:33+broadcast"])
@pytest.mark.parametrize("workload", ["munmap", "mprotect", "discard", "cow", "reclaim"])
def test_direct_and_wait_are_the_initiator_s_costs_of_invalidating(workload, strategy):
    found = row(workload, strategy, 8, 4)
    assert found["direct"] == found["cost.flush.local"] + found["cost.shootdown.send"]
    assert found["wait"] == found["cost.shootdown.wait"]


@pytest.mark.parametrize("workload", ["munmap", "mprotect", "discard", "cow", "reclaim"])
def test_alone_nobody_waits_and_nothing_is_stolen(workload):
    found = row(workload, "ceiling:33", 8, 1)
    assert (found["wait"], found["stolen"], found["ipis"]) == (0, 0, 0)


@pytest.mark.parametrize("workload", ["munmap", "mprotect"])
def test_the_direct_cost_is_linear_up_to_the_ceiling_and_flat_after_it(workload):
    direct = [row(workload, "ceiling:33", pages, 1)["direct"] for pages in (1, 32, 33, 34, 512)]
    page, asid = PRICE["flush_page"], PRICE["flush_asid"]
    assert direct == [page, 32 * page, 33 * page, asid, asid]


def test_each_hart_that_uses_the_pages_gets_one_interrupt_for_the_whole_range():
    assert [row("munmap", "ceiling:33", 16, harts)["ipis"] for harts in (1, 2, 8)] == [0, 1, 7]


def test_without_batching_each_page_is_an_interrupt_for_each_hart():
    assert row("munmap", "ceiling:33+gather:1", 16, 4)["ipis"] == 16 * 3


def test_a_shootdown_grows_with_the_harts_and_steals_from_each():
    rows = [row("munmap", "ceiling:33", 1, harts) for harts in (2, 4, 8, 16)]
    assert [found["direct"] - rows[0]["direct"] for found in rows] == [n * PRICE["ipi_send"] for n in (0, 2, 6, 14)]
    assert [found["stolen"] for found in rows] == [
        n * (PRICE["ipi_serve"] + PRICE["flush_page"]) for n in (1, 3, 7, 15)
    ]


@pytest.mark.parametrize("strategy", ["ceiling:33+broadcast", "ceiling:33+directory"])
def test_hardware_that_reaches_all_tlbs_sends_no_interrupt_and_steals_nothing(strategy):
    found = row("munmap", strategy, 8, 8)
    assert (found["ipis"], found["stolen"]) == (0, 0)


def test_latr_interrupts_nobody_and_waits_for_nobody_but_leaves_entries_for_longer():
    now, later = (row("munmap", strategy, 1, 16) for strategy in ("ceiling:33", "ceiling:33+latr"))
    assert (later["ipis"], later["wait"]) == (0, 0)
    assert later["stolen"] == 15 * (PRICE["sweep"] + PRICE["flush_page"])
    assert later["deferred"] == PRICE["free"] + PRICE["sweep"]  # the initiator's own tick finds nothing to drop
    patient = row("munmap", "ceiling:33+latr", 1, 16, tick="15000")
    assert patient["window"] > now["window"]


def test_most_of_what_latr_seems_to_save_on_512_pages_is_giving_them_back_out_of_sight():
    """In all, it saves the interrupts; a few cycles are how far harts run apart."""
    now, later = (row("munmap", strategy, 512, 16) for strategy in ("ceiling:33", "ceiling:33+latr"))
    freed = 512 * PRICE["free"]
    assert later["deferred"] - freed == PRICE["sweep"]
    assert freed > 0.8 * (now["cycles"] - later["cycles"])
    assert now["deferred"] == 0
    spent, spent_later = (found["cycles"] + found["stolen"] + found["deferred"] for found in (now, later))
    assert spent_later < spent
    told = 15 * PRICE["ipi_send"] + now["wait"] + 15 * (PRICE["ipi_serve"] - PRICE["sweep"])
    table = PRICE["pte"] + PRICE["free"]  # goes with what is not postponed
    assert spent - spent_later == pytest.approx(told + table - PRICE["enqueue"] - PRICE["sweep"], abs=60)


def test_a_tick_is_a_millisecond_unless_a_row_says_another():
    task = Task(Case("munmap", "ceiling:33+latr", 1, 2, "skylake"), SKYLAKE, 0, {"tick": "5000"})
    assert task.key[-1] == "tick=5000"
    usual = row("munmap", "ceiling:33+latr", 1, 2)
    assert usual["set"] == ""
    assert 0.1 * MILLISECOND < usual["window"] < 1.1 * MILLISECOND


@pytest.mark.parametrize("pages", [33, 512])
def test_what_a_batch_gives_back_at_once_is_in_its_cycles_and_not_deferred(pages):
    assert row("munmap", "ceiling:33+batch", pages, 2)["deferred"] == 0


def test_batching_divides_interrupts_by_the_pages_of_a_batch():
    one_by_one, batched = (row("reclaim", strategy, 128, 4)["ipis"] for strategy in ("ceiling:33", "ceiling:33+batch"))
    assert one_by_one == 128 * 3
    assert batched == one_by_one / 32


def test_page_by_page_what_is_used_again_is_missed_once_on_each_hart():
    assert [row("mprotect", "ceiling:33", 8, harts)["induced_misses"] for harts in (1, 4)] == [8, 4 * 8]
    assert row("munmap", "ceiling:33", 8, 4)["induced_misses"] == 0


def test_a_flush_concurrent_with_the_others_saves_the_initiator_s_own():
    after, before = (row("munmap", strategy, 8, 4)["cycles"] for strategy in ("ceiling:33", "ceiling:33+concurrent"))
    assert after - before == pytest.approx(8 * PRICE["flush_page"], abs=2)


@pytest.mark.parametrize("workload", ["pingpong", "pingpong-no-asids"])
def test_no_process_begins_or_ends_between_the_marks_of_pingpong(workload):
    assert row(workload, "ceiling:33", 0, 1)["cost.kernel.syscall"] < PRICE["process"]


def test_a_row_is_the_same_each_time():
    assert row("cow", "ceiling:33", 4, 4) == row("cow", "ceiling:33", 4, 4)


@pytest.mark.slow
def test_processes_give_the_rows_that_one_process_gives():
    tasks = list(Sweep.read("munmap,pingpong", "ceiling:33", "1,2", "1,2").tasks())
    rows = {
        found["workload"] + str(found["pages"]) + str(found["harts"]): found for found in measured(tasks, measure, 2)
    }
    assert rows == {t.case.workload + str(t.case.pages) + str(t.case.harts): measure(t) for t in tasks}


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_in_a_terminal_ends_a_sweep_cleanly(tmp_path, jobs):
    path = tmp_path / "rows.csv"
    command = [
        sys.executable,
        "-c",
        "from emulator.cli import main; main()",
        "lab",
        "invalidation",
        "--workload",
        "discard",
        "--jobs",
        jobs,
    ]
    sweep = subprocess.Popen(
        [*command, "--pages", "1,2,4,1024", "--harts", "1-16", "--csv", str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    journal = tmp_path / "rows.csv.journal"
    for _ in range(600):
        if journal.exists() and journal.read_text().count("\n") > 3:
            break
        time.sleep(0.1)
    os.killpg(sweep.pid, signal.SIGINT)  # as a terminal does: to the workers, too
    out, err = sweep.communicate(timeout=60)
    assert (sweep.returncode, out) == (130, "")
    assert "the same command goes on from here" in err.splitlines()[-1]
    assert "Traceback" not in err
    assert not journal.exists()
    assert path.read_text().count("\n") > 3


def test_misses_and_flushes_are_told_per_thousand_instructions_of_all_harts():
    one = row("munmap", "ceiling:33", 4, 2)
    flushes = 2 * 4  # each page, on each hart
    misses = one["walks"]  # hart 1 only spins, on pages that it holds
    assert one["flushes_per_1000"] == round(1000 * flushes / one["instructions"], 3)
    assert one["misses_per_1000"] == round(1000 * misses / one["instructions"], 3)


def test_nothing_is_divided_by_no_instructions():
    assert per_1000(5, 0) == 0


TOGETHER = ("pthread_mmap", "tlb_flush1", "tlb_flush2", "tlb_flush3")


@pytest.mark.parametrize("workload", TOGETHER)
def test_where_all_harts_act_each_does_as_much_as_the_others(workload):
    alone, together = (row(workload, "ceiling:33", 4, harts) for harts in (1, 4))
    assert together["rounds"] == 4 * alone["rounds"]
    assert together["invalidations"] == 4 * alone["invalidations"]


@pytest.mark.parametrize("workload", TOGETHER)
def test_what_all_harts_spend_on_invalidating_is_what_the_account_of_invalidations_says(workload):
    found = row(workload, "ceiling:33", 4, 4)
    assert found["all.flushing"] == found["direct"] + found["wait"] + found["stolen"]


@pytest.mark.parametrize("workload", TOGETHER)
def test_alone_what_all_harts_spend_is_what_one_does(workload):
    found = row(workload, "ceiling:33", 4, 1)
    assert found["all.cycles"] == found["cycles"]
    assert found["all.locks"] == 0


def test_who_maps_and_unmaps_waits_for_a_lock_where_others_do():
    found = row("pthread_mmap", "ceiling:33", 1, 8)
    assert found["all.locks"] > found["all.cycles"] / 3
