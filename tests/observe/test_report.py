"""The account of a run for people and for programs."""

import json
import re

from emulator.base.names import COSTS, COUNTERS
from emulator.config import load_profile
from emulator.observe.profiles import figures
from emulator.observe.report import (
    account,
    as_json,
    costs_table,
    counters_table,
    ending_of,
    process_table,
    statistics,
)
from emulator.result import ProcessReport
from tests.observe.made import COPY, result, shown


def test_counters_show_what_they_count():
    assert re.search(
        r"cow\.copies +3 +write faults resolved", shown(counters_table(result(counters={"cow.copies": 3})))
    )


def test_counters_of_nothing_are_named_together():
    text = shown(statistics(result()))
    assert re.search(r"(?s)0: .*cow\.copies", text)


def test_costs_show_their_share_and_sum():
    text = shown(costs_table(result()))
    assert re.search(r"base +1,000 +50\.0 %", text)
    assert re.search(r"all +2,000 +100\.0 %", text)


def test_the_headline_gives_cycles_for_each_instruction():
    assert "1,000 instructions in 2,000 cycles, 2.00 cycles each" in shown(statistics(result()))


def test_one_process_needs_no_table():
    assert "parent" not in shown(statistics(result(processes=(ProcessReport(1, 0, 0, 0, None),))))


def test_without_events_the_table_of_processes_counts_no_faults():
    assert "re-uses" not in shown(statistics(result()))
    assert "re-uses" in shown(statistics(result(COPY)))


def test_an_ending_is_a_status_a_signal_or_none():
    assert ending_of(ProcessReport(1, 0, 0, 3, None)) == "status 3"
    assert ending_of(ProcessReport(1, 0, 0, None, 11)) == "killed by SIGSEGV (11)"
    assert ending_of(ProcessReport(1, 0, 0, None, None)) == "did not end"


def test_json_has_every_counter_and_cost_in_the_order_of_their_tables():
    read = json.loads(as_json(result()))
    assert list(read["counters"]) == [row.name for row in COUNTERS]
    assert list(read["costs"]) == [row.name for row in COSTS]


def test_json_is_the_same_text_for_the_same_run():
    assert as_json(result(COPY)) == as_json(result(COPY))


def test_json_says_how_processes_ended():
    read = json.loads(as_json(result()))
    assert read["processes"][1] == {"pid": 2, "parent": 1, "program": "story.s", "status": None, "signal": 11}


def test_a_profile_shows_each_figure_with_its_source():
    told = {key: (value, source.split()[0]) for key, value, source in figures(load_profile("skylake"))}
    assert told["tlb.l1d"] == ("64 entries, 4 ways", "Intel")
    assert told["price.trap_entry"] == ("715 cycles", "Torvalds")
    assert told["tlb.l2_2m"][0] == "in l2"
    assert told["tlb.l1i_1g"][0] == "none"


def test_faults_of_a_process_are_not_told_from_events_that_are_not_all_there():
    assert "faults" in shown(process_table(result(COPY)))
    assert "faults" not in shown(process_table(result(COPY, events_left_out=1)))


def test_invalidations_that_were_not_kept_are_counted():
    assert "5 later invalidations were not kept" in shown(statistics(result(COPY, invalidations_left_out=5)))
    assert account(result(COPY, invalidations_left_out=5))["invalidations_left_out"] == 5
