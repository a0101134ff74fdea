"""A row's window begins at the write of its first PTE, and ends when the last hart has dropped what it names."""

import pytest

from emulator.base.kernel_names import FlushCause
from tests.kernel.invalidation.laws import PRICE, delay, each_page, mapped, marked, measured, rows
from tests.running import PAGE, PROT_READ, call, fork, mmap, run

ALONE = {"harts": 1, "flush": "ceiling:64"}


def only(result, *causes):
    (row,) = rows(result, *causes)
    return row


@pytest.mark.both_engines
@pytest.mark.parametrize("pages", [1, 5, 33])
def test_munmap_s_window_begins_before_the_work_on_its_ptes_is_booked(pages):
    row = only(run(mapped(pages) + marked(call("munmap", "s8", pages * PAGE)), **ALONE))
    assert row["window"] == pages * (PRICE["pte_drop"] + PRICE["flush_page"])


def test_mprotect_s_window_begins_at_the_first_pte():
    row = only(run(mapped(5) + marked(call("mprotect", "s8", 5 * PAGE, PROT_READ)), **ALONE))
    assert row["window"] == 5 * (PRICE["pte"] + PRICE["flush_page"])


def test_a_copy_s_window_is_the_pte_s_write_and_the_flush():
    child = fork(delay(3000), meanwhile="sd t1, 0(s8)\n")
    row = only(run(mapped(1) + child, **ALONE), FlushCause.COPY)
    assert row["window"] == PRICE["pte"] + PRICE["flush_page"]


def forked(read_only):
    """Fork's row, where so many read-only pages come before the first that it write-protects."""
    first = mmap(PAGE) + "sd a0, 0(a0)\n"
    before = mmap(read_only * PAGE, PROT_READ) + "mv s8, a0\n" + each_page(read_only, "ld t3, 0(t0)")
    return only(run(first + before + fork("", ""), **ALONE), FlushCause.FORK)


def test_fork_s_window_begins_at_the_first_page_that_it_write_protects():
    few, many = forked(1), forked(64)
    assert few["window"] > PRICE["flush_asid"]
    assert abs(many["window"] - few["window"]) < 63 * PRICE["pte_fork"]


@pytest.mark.parametrize("strategy", ["broadcast", "directory", "concurrent", "early-ack", "latr", "batch"])
def test_every_strategy_s_window_is_at_least_the_own_flush_and_is_over_in_the_end(strategy):
    change = mapped(4) + marked(call("munmap", "s8", 4 * PAGE)) + delay(6000)
    row = only(measured(change, f"ceiling:33+{strategy}", 3, overrides={"tick": "5000"}))
    assert row["window"] >= 4 * PRICE["pte_drop"]
    assert row["over"] == 1


def test_giving_frames_back_does_not_lengthen_a_window():
    """All harts have swept by the next tick; 33 frames more or less are given back after that."""
    few, many = (
        only(
            measured(
                mapped(pages) + marked(call("munmap", "s8", pages * PAGE)) + delay(9000),
                "ceiling:0+latr",
                overrides={"tick": "20000", "price.free": "100000"},
            )
        )
        for pages in (1, 33)
    )
    assert max(few["window"], many["window"]) < 100_000
