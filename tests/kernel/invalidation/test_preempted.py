"""Harts that a host has preempted: they execute nothing and answer nobody until they are back, and what that does to
a flush. With two harts and RUN:RUN one of them is always away, hart 0 in the second half of a period.
"""

import pytest

from emulator.base.errors import ConfigError
from emulator.base.kernel_names import FlushCause
from emulator.config import Config
from tests.kernel.invalidation.laws import PRICE, delay, mapped, marked, measured, paid, rows, unmapping
from tests.running import PAGE, call, fork, run

RUN = 30_000
HALF = {"overrides": {"preempted": f"{RUN}:{RUN}"}}
PARAVIRTUAL = "ceiling:33+pv-flush"


def unmapping_once(flush, others=1, **machine):
    """munmap of a page: the row of that, on a machine whose harts are away half of the time."""
    (row,) = rows(unmapping(1, flush, others, **HALF, **machine), FlushCause.UNMAP)
    return row


@pytest.mark.both_engines
def test_a_hart_that_is_away_answers_when_it_is_back():
    row = unmapping_once("ceiling:33")
    taken = row["cycle"] + row["window"] - PRICE["ipi_serve"] - PRICE["flush_page"]
    assert taken % (2 * RUN) == RUN  # hart 1 begins half a period after hart 0
    assert row["wait"] > 0


@pytest.mark.both_engines
def test_the_paravirtual_flush_neither_tells_it_nor_waits():
    row = unmapping_once(PARAVIRTUAL)
    assert (row["told"], row["send"], row["wait"]) == (0, 0, 0)


@pytest.mark.both_engines
def test_its_host_drops_everything_once_before_it_runs_again():
    result = unmapping(1, PARAVIRTUAL, **HALF)
    (back,) = rows(result, FlushCause.HOST)
    assert (back["hart"], back["cycle"] % (2 * RUN)) == (1, RUN)
    assert result.per_hart[1][0]["flush.all"] == 1


def test_the_host_flushes_once_for_all_that_it_has_missed():
    twice = "".join(call("munmap", "s8" if i == 0 else "s9", PAGE) for i in range(2))
    result = measured(mapped(2) + f"li t0, {PAGE}\nadd s9, s8, t0\n" + marked(twice), PARAVIRTUAL, **HALF)
    assert len(rows(result, FlushCause.UNMAP)) == 2
    assert len(rows(result, FlushCause.HOST)) == 1


def test_harts_that_run_are_told_as_ever():
    told, waits = (unmapping_once(flush, 3)["told"] for flush in (PARAVIRTUAL, "ceiling:33"))
    assert (told, waits) == (1, 3)  # of four harts two run, hart 0 among them


def test_a_hart_is_away_for_its_share_of_the_time():
    costs = paid(run(marked(delay(300_000)), overrides={"preempted": "10000:5000"}))
    assert costs["host"] / sum(costs.values()) == pytest.approx(1 / 3, abs=0.01)


def test_what_a_host_takes_is_nobody_s_processor_time():
    before, after = call(165, 0, "=usage"), call(165, 0, "=usage + 144")
    data = "usage: .space 288\n"
    spin = "li t0, 200000\n1: addi t0, t0, -1\nbnez t0, 1b\n"
    show = "la t0, usage\nld t1, 0(t0)\nld t2, 8(t0)\nld t3, 144(t0)\nld t4, 152(t0)\n"
    difference = "sub t3, t3, t1\nli t1, 1000000\nmul t3, t3, t1\nadd t3, t3, t4\nsub s1, t3, t2\n"
    alone, shared = (
        run(before + spin + after + show + difference + call("exit", "s1"), data, overrides=overrides)
        for overrides in ({}, {"preempted": "10000:90000"})
    )
    assert shared.cycles > 5 * alone.cycles
    assert abs(shared.exit_status - alone.exit_status) <= 1  # microseconds


def test_with_nobody_to_preempt_them_harts_are_never_away():
    assert unmapping(1, PARAVIRTUAL).costs["host"] == 0


@pytest.mark.parametrize(
    "flush", ["ceiling:33", PARAVIRTUAL, "asid+pv-flush+gen+lazy+concurrent", "ceiling:33+pv-flush+batch"]
)
@pytest.mark.parametrize("schedule", ["time", "seed:1", "seed:2"])
def test_no_stale_entry_is_used_whoever_is_away(flush, schedule):
    """`run` fails where one is (F45)."""
    change = mapped(4) + marked(call("munmap", "s8", 4 * PAGE)) + fork("sd zero, 8(s0)\n", "")
    machine = {"overrides": {"preempted": "3000:2000", "tlb": "adversarial"}, "check_stale": "every"}
    result = measured(change, flush, 3, "ld t0, 0(s0)", schedule=schedule, **machine)
    assert result.costs["host"] > 0


def test_a_kernel_that_forgets_the_flush_is_found():
    change = call("madvise", "s0", PAGE, 4)
    machine = {"overrides": {"preempted": "3000:3000", "bug": "lazy-return-no-flush"}}
    with pytest.raises(AssertionError):  # of `run`: stale.uses == 0
        measured(change, PARAVIRTUAL, 1, "ld t0, 0(s0)", **machine)


@pytest.mark.parametrize("value", ["", "1000", "0:5", "5:0", "1:2:3", "-1:5", "a:b", "1000000000001:5"])
def test_other_than_two_numbers_of_cycles_is_refused_with_what_would_be_right(value):
    with pytest.raises(ConfigError, match=r"^preempted: '.*' is neither never nor RUN:AWAY, cycles from 1 to"):
        Config.make(overrides={"preempted": value})


@pytest.mark.parametrize("other", ["broadcast", "tlbi-range", "directory"])
def test_where_nobody_is_interrupted_there_is_nothing_to_spare(other):
    with pytest.raises(ConfigError, match=f"pv-flush contradicts {other}"):
        Config.make(overrides={"flush": f"ceiling:33+{other}+pv-flush"})
