"""What an invalidation puts off is in its row: whoever does it later, giving frames back included."""

import pytest

from emulator.base.kernel_names import FlushCause
from tests.kernel.invalidation.laws import PRICE, delay, mapped, marked, measured, paid, rows, unmapping
from tests.running import PAGE, call, run

SWEPT = {"overrides": {"tick": "5000"}}
AWAIT_TICKS = delay(6000)


def swept(pages, flush, others=3):
    """munmap of pages, after which all harts have a tick."""
    change = mapped(pages) + marked(call("munmap", "s8", pages * PAGE)) + AWAIT_TICKS
    return measured(change, flush, others, **SWEPT)


@pytest.mark.both_engines
@pytest.mark.parametrize("pages", [1, 4])
def test_latr_defers_giving_the_frames_back_and_each_look_that_finds_nothing(pages):
    result = swept(pages, "ceiling:33+latr")
    (row,) = rows(result)
    looks, rest = divmod(row["deferred"] - pages * PRICE["free"], PRICE["sweep"])
    assert (looks >= 0, rest) == (True, 0)
    assert result.counters["shootdown.deferred_cycles"] == row["deferred"]


def test_what_is_not_postponed_defers_nothing():
    (row,) = rows(swept(4, "ceiling:33"))
    assert row["deferred"] == 0


def test_to_queue_a_range_costs_the_initiator_a_price():
    result = swept(4, "ceiling:33+latr")
    assert paid(result)["shootdown.send"] == rows(result)["send"] == PRICE["enqueue"]


def test_nothing_is_queued_or_paid_where_nobody_else_has_entries():
    result = run(mapped(4) + marked(call("munmap", "s8", 4 * PAGE)), harts=2, flush="ceiling:33+latr")
    assert (paid(result)["shootdown.send"], rows(result)["deferred"]) == (0, 0)


def test_what_a_batch_holds_when_the_space_ends_is_given_back_and_charged():
    (row,) = rows(unmapping(4, "ceiling:33+batch"))
    assert (row["deferred"], row["over"]) == (4 * PRICE["free"], 1)


def test_a_batch_s_frames_are_charged_to_the_rows_that_held_them():
    made = measured(
        mapped(32) + "li s9, 32\n1:" + call("munmap", "s8", PAGE) + "li t0, 4096\nadd s8, s8, t0\n"
        "addi s9, s9, -1\nbnez s9, 1b\n",
        "ceiling:33+batch",
    )
    held = rows(made, FlushCause.UNMAP)
    assert (held["deferred"] == PRICE["free"]).all()
    assert len(rows(made, FlushCause.SWEEP)) == 1
