"""What other instruction sets offer, priced by its rule: RISC-V's Svinval and Svvptc, Intel's remote action request."""

import pytest

from emulator.base.kernel_names import FlushCause
from tests.kernel.invalidation.laws import (
    LATE,
    PRICE,
    each_page,
    mapped,
    marked,
    measured,
    paid,
    rows,
    unmapping,
)
from tests.running import PAGE, call, mmap, run

MEMBARRIER = 283

# Svinval: SFENCE.W.INVAL, SINVAL.VMA for each page, SFENCE.INVAL.IR


def batch(pages):
    return 2 * PRICE["sinval_order"] + pages * PRICE["sinval_page"]


@pytest.mark.parametrize("pages", [2, 5, 33])
def test_svinval_orders_a_batch_once_at_each_end(pages):
    (row,) = rows(unmapping(pages, "ceiling:33+svinval", 2))
    assert row["own"] == batch(pages)
    assert row["stolen"] == 2 * (PRICE["ipi_serve"] + batch(pages))
    assert row["dropped"] >= pages


@pytest.mark.parametrize(
    ("pages", "flush", "own"),
    [
        (1, "ceiling:33", "flush_page"),
        (34, "ceiling:33", "flush_asid"),
        (2, "asid", "flush_asid"),
        (2, "full", "flush_all"),
    ],
)
def test_svinval_leaves_a_page_alone_and_what_goes_whole_to_other_fences(pages, flush, own):
    (row,) = rows(unmapping(pages, f"{flush}+svinval"))
    assert row["own"] == PRICE[own]


def test_svinval_drops_what_page_by_page_drops():
    one, other = (rows(unmapping(5, f"ceiling:33{add}", 2))[0] for add in ("", "+svinval"))
    assert one["dropped"] == other["dropped"]


# Svvptc, and doing without it

TOUCHED = mmap(8 * PAGE) + "mv s8, a0\n" + marked(each_page(8, "sd t1, 0(t0)"))


@pytest.mark.both_engines
def test_without_svvptc_each_page_that_is_touched_first_costs_a_fence_on_this_hart_alone():
    one, other = run(TOUCHED), run(TOUCHED, flush="ceiling:33+valid-fence")
    assert (paid(one)["flush.local"], paid(other)["flush.local"]) == (0, 8 * PRICE["flush_page"])
    assert len(rows(other)) == 8
    assert (rows(other)["told"] == 0).all()


@pytest.mark.parametrize("seed", range(3))
def test_a_hart_that_remembers_invalid_ptes_faults_once_more_for_lack_of_the_fence(seed):
    """The adversarial TLB keeps refusals (F23); one it has fenced for is gone."""
    machine = {"schedule": f"seed:{seed}", "overrides": {"tlb": "adversarial"}}
    text = mmap(64 * PAGE) + "mv s8, a0\n" + each_page(64, "sd t1, 0(t0)")
    with_svvptc, fenced = (run(text, flush=f"ceiling:33{add}", **machine) for add in ("", "+valid-fence"))
    assert with_svvptc.counters["fault.spurious"] > 0
    assert fenced.counters["fault.spurious"] == 0


# RAR


@pytest.mark.both_engines
@pytest.mark.parametrize("others", [1, 3])
def test_a_remote_action_needs_no_interrupt_and_no_handler(others):
    result = unmapping(4, "ceiling:33+rar", others)
    (row,) = rows(result)
    assert (row["told"], row["ipis"], result.counters["shootdown.ipis"]) == (others, 0, 0)
    assert row["send"] == others * PRICE["rar_send"]
    assert row["stolen"] == others * (PRICE["rar_serve"] + 4 * PRICE["flush_page"])


def test_the_sender_of_a_remote_action_waits_for_the_last_acknowledgement():
    expected = PRICE["rar_deliver"] + PRICE["rar_serve"] + 4 * PRICE["flush_page"] + PRICE["ipi_ack"]
    assert expected <= paid(unmapping(4, "ceiling:33+rar", 3))["shootdown.wait"] < expected + LATE


@pytest.mark.parametrize(("pages", "each"), [(62, 62 * PRICE["flush_page"]), (63, PRICE["flush_asid"])])
def test_a_remote_action_of_63_pages_is_of_the_whole_address_space(pages, each):
    """RAR_INVLPG_MAX_PAGES. The sender's own flush is not bound by it."""
    (row,) = rows(unmapping(pages, "ceiling:64+rar"))
    assert row["own"] == pages * PRICE["flush_page"]
    assert row["stolen"] == PRICE["rar_serve"] + each


def test_what_a_batch_held_is_still_interrupted_for():
    """Its flush is the kernel's work on each hart."""
    made = measured(mapped(32) + marked(call("munmap", "s8", 32 * PAGE)), "ceiling:33+rar+batch")
    assert list(rows(made, FlushCause.SWEEP)["ipis"]) == [1]


def test_membarrier_still_interrupts():
    result = measured(call(MEMBARRIER, 16, 0, 0) + marked(call(MEMBARRIER, 8, 0, 0)), "ceiling:33+rar")
    assert list(rows(result, FlushCause.BARRIER)["ipis"]) == [1]
