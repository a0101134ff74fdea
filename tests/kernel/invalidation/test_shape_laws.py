"""The shape of what each strategy costs, from its rule and the profile's prices."""

import pytest

from emulator.base.kernel_names import FlushCause
from tests.kernel.invalidation.laws import (
    LATE,
    MARK,
    PRICE,
    SLEEPER,
    WAKE,
    answer_time,
    delay,
    each_page,
    invalidating,
    mapped,
    marked,
    measured,
    paid,
    rows,
    unmapping,
)
from tests.running import PAGE, PROT_READ, READ_WRITE, call, fork, label, leave, mmap, run
from tests.threads import BSS, DATA, DONTNEED, threads

# reach


@pytest.mark.both_engines
@pytest.mark.parametrize("pages", [1, 2, 33])
def test_cost_is_linear_in_pages_up_to_the_ceiling(pages):
    result = run(mapped(pages) + marked(call("munmap", "s8", pages * PAGE)), flush="ceiling:33")
    assert invalidating(result) == pages * PRICE["flush_page"]


@pytest.mark.both_engines
@pytest.mark.parametrize("pages", [34, 64, 100])
def test_cost_is_flat_beyond_the_ceiling(pages):
    result = run(mapped(pages) + marked(call("munmap", "s8", pages * PAGE)), flush="ceiling:33")
    assert invalidating(result) == PRICE["flush_asid"]


# interrupts


@pytest.mark.parametrize("others", [1, 2, 5])
def test_a_shootdown_costs_an_interrupt_for_each_hart_and_waits_for_the_last(others):
    costs = paid(unmapping(4, "ceiling:33", others))
    assert costs["flush.local"] == 4 * PRICE["flush_page"]
    assert costs["shootdown.send"] == others * PRICE["ipi_send"]
    expected = answer_time(4 * PRICE["flush_page"])
    assert expected <= costs["shootdown.wait"] < expected + LATE


@pytest.mark.parametrize("others", [1, 3])
def test_a_shootdown_steals_service_and_flush_from_each_hart(others):
    (row,) = rows(unmapping(4, "ceiling:33", others))
    assert (row["told"], row["ipis"]) == (others, others)
    assert row["stolen"] == others * (PRICE["ipi_serve"] + 4 * PRICE["flush_page"])
    assert row["over"] == 1


def test_concurrent_saves_the_own_flush():
    """It lies in the time of the delivery, which is longer."""
    own = 4 * PRICE["flush_page"]
    one, other = unmapping(4, "ceiling:33"), unmapping(4, "ceiling:33+concurrent")
    assert own < answer_time(own)
    assert abs(invalidating(one) - invalidating(other) - own) < LATE


def test_early_acknowledgement_saves_the_wait_for_the_flush():
    own = 33 * PRICE["flush_page"]
    one, other = unmapping(33, "ceiling:33"), unmapping(33, "ceiling:33+early-ack")
    assert abs(paid(one)["shootdown.wait"] - paid(other)["shootdown.wait"] - own) < LATE
    assert rows(one)["stolen"] == rows(other)["stolen"]


# no interrupts


@pytest.mark.both_engines
def test_a_broadcast_sends_no_interrupt():
    result = unmapping(4, "ceiling:33+broadcast", 3)
    assert result.counters["shootdown.ipis"] == 0
    costs = paid(result)
    assert costs["flush.local"] == 0  # its own entries go by the same instructions
    assert costs["shootdown.send"] == 4 * PRICE["broadcast"]
    wait = PRICE["broadcast_sync"] + 3 * PRICE["broadcast_hart"]
    assert costs["shootdown.wait"] == wait
    assert (rows(result)["send"], rows(result)["wait"]) == (4 * PRICE["broadcast"], wait)
    assert rows(result)["stolen"] == 0


@pytest.mark.parametrize(("pages", "instructions"), [(1, 1), (2, 1), (3, 2), (33, 2), (64, 1), (66, 2), (512, 1)])
def test_a_range_takes_an_instruction_for_each_size_of_piece_and_one_for_an_odd_page(pages, instructions):
    """Arm: a TLBI RVAE1IS names 1 to 32 pieces of 2 << 5n pages; Linux, __flush_tlb_range_op."""
    costs = paid(unmapping(pages, "ceiling:2097152+tlbi-range"))
    assert costs["shootdown.send"] == instructions * PRICE["broadcast"]
    assert costs["shootdown.wait"] == PRICE["broadcast_sync"] + PRICE["broadcast_hart"]
    assert costs["flush.local"] == 0


def again(times):
    """Store to the page at s0 and discard it, so many times."""
    return marked(("sd zero, 0(s0)\n" + call(233, "s0", PAGE, DONTNEED)) * times)


def ipis(*arguments, **machine):
    """Interrupts of each discard, in order."""
    return rows(measured(*arguments, **machine), FlushCause.DISCARD)["ipis"].tolist()


USE = "ld t1, 0(s0)"


def test_invlpgb_takes_the_place_of_interrupts_where_enough_harts_are_active():
    """Linux gives such a process a global ASID."""
    assert ipis(again(2), "ceiling:33+invlpgb:3", 2, USE) == [0, 0]
    assert ipis(again(2), "ceiling:33+invlpgb:4", 2, USE) == [2, 2]


def test_invlpgb_goes_on_with_interrupts_where_global_asids_are_exhausted():
    few = {"overrides": {"global_asids": "0"}}
    assert ipis(again(2), "ceiling:33+invlpgb:3", 2, USE, **few) == [2, 2]


@pytest.mark.parametrize(("pages", "instructions"), [(1, 1), (8, 1), (9, 2), (33, 5), (34, 1)])
def test_invlpgb_names_several_pages_at_a_time_and_beyond_the_ceiling_the_space(pages, instructions):
    """Linux, broadcast_tlb_flush: invlpgb_count_max pages; 34 are beyond the ceiling."""
    costs = paid(unmapping(pages, "ceiling:33+invlpgb:2"))
    assert costs["shootdown.send"] == instructions * PRICE["broadcast"]
    assert costs["flush.local"] == 0


def test_a_broadcast_of_many_pages_to_many_harts_costs_less_than_interrupts_sent_first():
    """The order that is published (van Riel 2025): 33 pages, 16 harts."""
    warm = call(233, "s0", PAGE, DONTNEED)
    unmap = mapped(33) + warm + marked(call("munmap", "s8", 33 * PAGE))
    by = {
        flush: invalidating(measured(unmap, flush, 15, USE))
        for flush in ("ceiling:33+invlpgb", "ceiling:33+concurrent")
    }
    assert by["ceiling:33+invlpgb"] < by["ceiling:33+concurrent"] / 2


def test_a_directory_costs_something_only_where_an_entry_is_held():
    """All have the page at s0; none but the first has the mapping at s8."""
    result = unmapping(4, "ceiling:33+directory", 3)
    assert result.counters["shootdown.ipis"] == 0
    assert (paid(result)["shootdown.send"], paid(result)["shootdown.wait"]) == (0, 0)
    used = measured(marked(call("munmap", "s0", PAGE)), "ceiling:33+directory", 3)
    assert paid(used)["shootdown.send"] == 3 * PRICE["directory"]
    assert paid(used)["shootdown.wait"] == rows(used)["wait"] == PRICE["directory_sync"]


# batching


def test_a_flush_for_each_page_interrupts_for_each_page():
    assert rows(unmapping(6, "ceiling:33", 2))["ipis"].sum() == 2
    assert rows(unmapping(6, "ceiling:33+gather:1", 2))["ipis"].sum() == 6 * 2
    assert rows(unmapping(6, "ceiling:33+gather:4", 2))["ipis"].sum() == 2 * 2


def one_by_one(pages):
    """Unmap pages one by one, from the first."""
    again = label()
    step = call("munmap", "s8", PAGE) + "li t0, 4096\nadd s8, s8, t0\naddi s9, s9, -1\n"
    return mapped(pages) + marked(f"li s9, {pages}\n{again}: {step}bnez s9, {again}\n")


def test_batched_unmapping_flushes_once_for_32_pages():
    """Linux, SWAP_CLUSTER_MAX."""
    single, batched = measured(one_by_one(64), "ceiling:33", 2), measured(one_by_one(64), "ceiling:33+batch", 2)
    assert rows(single)["ipis"].sum() == 64 * 2
    made = rows(batched)
    assert made["ipis"].sum() == 2 * 2
    flushes = made[made["cause"] == FlushCause.SWEEP]
    assert len(flushes) == 2
    assert (flushes["stolen"] == 2 * (PRICE["ipi_serve"] + PRICE["flush_asid"])).all()
    assert (made[made["cause"] == FlushCause.UNMAP]["over"] == 1).all()


@pytest.mark.parametrize(("transport", "sent"), [("broadcast", PRICE["broadcast"]), ("directory", 0)])
def test_batched_unmapping_flushes_by_whatever_tells_other_harts(transport, sent):
    result = measured(one_by_one(32), f"ceiling:33+batch+{transport}", 2)
    assert result.counters["shootdown.ipis"] == 0
    flushes = rows(result)[rows(result)["cause"] == FlushCause.SWEEP]
    assert len(flushes) == 1
    if sent:
        assert flushes["send"] == sent


def test_a_fork_does_not_leave_pages_to_a_batch():
    change = mapped(2) + call("munmap", "s8", PAGE) + call(MARK, 1) + fork("", "") + call(MARK, 2)
    made = rows(measured(change, "ceiling:33+batch"))
    assert [int(cause) for cause in made["cause"]][:2] == [FlushCause.SWEEP, FlushCause.FORK]


# LATR

SWEPT = {"overrides": {"tick": "5000"}}
AWAIT_TICKS = delay(6000)


def test_latr_sends_nothing_and_waits_for_nobody():
    result = unmapping(4, "ceiling:33+latr", 3)
    assert result.counters["shootdown.ipis"] == 0
    assert invalidating(result) == 4 * PRICE["flush_page"] + PRICE["enqueue"]
    assert paid(result)["shootdown.wait"] == 0


def test_latr_lengthens_the_window():
    now, later = rows(unmapping(4, "ceiling:33", 3))[0], rows(unmapping(4, "ceiling:33+latr", 3))[0]
    assert later["window"] > now["window"]


@pytest.mark.both_engines
def test_latr_lets_each_hart_sweep_at_its_next_tick():
    change = mapped(4) + marked(call("munmap", "s8", 4 * PAGE)) + AWAIT_TICKS
    (row,) = rows(measured(change, "ceiling:33+latr", 3, **SWEPT))
    sweep = PRICE["sweep"] + 4 * PRICE["flush_page"]
    assert row["stolen"] == 3 * sweep
    assert row["over"] == 1
    assert row["window"] < 5000 + 1000 + sweep  # a tick, and how far harts may run apart


@pytest.mark.both_engines
def test_latr_steals_nothing_when_nobody_else_has_entries():
    text = mapped(4) + marked(call("munmap", "s8", 4 * PAGE)) + AWAIT_TICKS
    result = run(text, harts=2, flush="ceiling:33+latr", **SWEPT)
    (row,) = rows(result)
    assert (row["stolen"], row["over"], row["window"]) == (0, 1, 4 * (PRICE["pte_drop"] + PRICE["flush_page"]))


def test_latr_steals_no_interrupt_from_a_hart():
    change = mapped(4) + marked(call("munmap", "s8", 4 * PAGE)) + AWAIT_TICKS
    now, later = (rows(measured(change, flush, 3, **SWEPT))[0] for flush in ("ceiling:33", "ceiling:33+latr"))
    assert now["stolen"] - later["stolen"] == 3 * (PRICE["ipi_serve"] - PRICE["sweep"])


@pytest.mark.parametrize("step", [call("mprotect", "s8", PAGE, PROT_READ), call(233, "s8", PAGE, DONTNEED)])
def test_latr_postpones_nothing_but_munmap(step):
    result = measured(mapped(1) + marked(step), "ceiling:33+latr", 2)
    assert rows(result)["ipis"] == 2
    assert paid(result)["shootdown.wait"] > 0


# who need not be told


@pytest.mark.both_engines
@pytest.mark.parametrize(("flush", "ipis"), [("ceiling:33", 1), ("ceiling:33+lazy", 0)])
def test_lazy_skips_a_hart_that_has_gone_idle(flush, ipis):
    text = SLEEPER + mapped(1) + marked(call("munmap", "s8", PAGE)) + WAKE
    result = run(text, DATA, BSS, harts=2, flush=flush)
    assert rows(result)["ipis"] == ipis
    assert len(rows(result, FlushCause.SWITCH)) == 1 - ipis  # it flushes when it is back
    assert [mark.number for mark in result.marks] == [1, 2, 3]


@pytest.mark.both_engines
@pytest.mark.parametrize(("flush", "ipis"), [("ceiling:33", 1), ("ceiling:33+gen", 0)])
def test_generations_skip_a_hart_that_runs_something_else(flush, ipis):
    """Once the thread on hart 1 sleeps, a child runs there."""
    there = label()
    child = f"{call('clone', 17, 0, 0, 0, 0)}bnez a0, {there}\n{delay(8000)}{leave(0)}{there}: {delay(3000)}"
    text = SLEEPER + mapped(1) + child + marked(call("munmap", "s8", PAGE)) + call("wait4", -1, 0, 0, 0) + WAKE
    result = run(text, DATA, BSS, harts=2, flush=flush)
    assert rows(result)["ipis"] == ipis
    assert len(rows(result, FlushCause.SWITCH)) == 1 - ipis


def test_generations_drop_the_space_that_has_no_slot_left():
    there = label()
    child = f"{call('clone', 17, 0, 0, 0, 0)}bnez a0, {there}\n{call('sched_yield')}{leave(0)}{there}:"
    text = child + call("sched_yield") + call("wait4", -1, 0, 0, 0)
    one, two = run(text, flush="ceiling:33+gen:1"), run(text, flush="ceiling:33+gen:2")
    assert len(rows(one, FlushCause.SWITCH)) >= 2  # there and back
    assert len(rows(two, FlushCause.SWITCH)) == 0


# what need not be flushed


@pytest.mark.parametrize("others", [1, 3])
def test_an_upgrade_sends_nothing_and_costs_each_hart_a_spurious_fault(others):
    """All have the page read-only when it becomes writable; then all write to it."""
    change = (
        call("mprotect", "s0", PAGE, PROT_READ)
        + delay(3000)
        + "ld t1, 0(s0)\n"
        + marked(call("mprotect", "s0", PAGE, READ_WRITE))
        + "sd t1, 0(s0)\n"
    )
    text = threads(change, "ld t1, 0(s0)", others, finish="sd t1, 0(s0)")
    told, spared = (run(text, DATA, BSS, harts=others + 1, flush=f"ceiling:33{add}") for add in ("", "+upgrade"))
    assert rows(told)["ipis"] == others
    assert len(rows(spared)) == 0
    assert (told.counters["fault.spurious"], spared.counters["fault.spurious"]) == (0, others + 1)


@pytest.mark.both_engines
@pytest.mark.parametrize("extra", [0, 1, 3])
def test_fork_flushes_once_or_once_for_each_region(extra):
    """Regions that have pages to write-protect: .data, the stack, and those that are mapped here."""
    apart = "".join(mmap(PAGE) + "sd a0, 0(a0)\n" + mmap(PAGE, PROT_READ) for _ in range(extra))
    text = "la s0, d\nsd s0, 0(s0)\n" + apart + fork("", "")
    once, each = run(text, "d: .dword 1"), run(text, "d: .dword 1", flush="ceiling:33+fork-regions")
    assert len(rows(once, FlushCause.FORK)) == 1
    assert len(rows(each, FlushCause.FORK)) == 2 + extra


# access bits


@pytest.mark.both_engines
def test_access_bits_spare_the_harts_that_have_not_used_a_page():
    assert rows(unmapping(4, "ceiling:33", 3))["ipis"] == 3
    spared = unmapping(4, "ceiling:33+abis", 3)
    assert rows(spared)["ipis"] == 0
    assert paid(spared)["shootdown.wait"] == 0
    looked = paid(spared)["kernel.pte"] - paid(unmapping(4, "ceiling:33", 3))["kernel.pte"]
    assert looked == 4 * PRICE["pte"]


def test_access_bits_say_that_another_hart_has_used_a_page():
    """One page in the range that another hart has read: everybody is told."""
    result = measured(marked(call("munmap", "s0", PAGE)), "ceiling:33+abis", 3)
    assert rows(result)["ipis"] == 3


@pytest.mark.both_engines
def test_access_bits_tell_the_owner_of_a_page():
    """The second thread writes the page first; the first one, which unmaps it, has never used it."""
    change = "la s8, own\n" + marked(call("munmap", "s8", PAGE))
    text = threads(change, "", 2, warm="bnez s3, 2f\nla t1, own\nsd t1, 0(t1)\n2:")
    result = run(text, DATA, BSS + "\nown: .space 4096\n", harts=3, flush="ceiling:33+abis")
    row = rows(result)[0]
    assert (row["ipis"], row["dropped"]) == (1, 2)  # first and second level


def test_access_bits_protect_a_copied_page():
    """After a fork the parent's copies are its own again."""
    step = call("mprotect", "s8", 2 * PAGE, PROT_READ)
    change = mapped(2) + fork("", "") + fork(delay(3000), meanwhile=each_page(2, "sd t1, 0(t0)") + marked(step))
    assert rows(measured(change, "ceiling:33+abis", 2))["ipis"] == 0
    assert rows(measured(change, "ceiling:33", 2))["ipis"] == 2
