"""The mistakes that a kernel can be told to make: each does what it says, and the checker names it as what it is."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from emulator.base.kernel_names import Bug, FlushCause
from emulator.kernel.invalidation.mistakes import meanwhile
from emulator.lab.bugs import kernel as stages
from emulator.lab.bugs.kernel import ADVERSARIAL, BY_BUG, KERNELS, LRU, NONE
from emulator.lab.bugs.measure import BOUND, Trial, begun, is_wrong, measure, runs
from tests.running import PAGE, call, mmap, run
from tests.threads import DONTNEED

pytestmark = pytest.mark.unbalanced  # a stale entry may write to a page table

WRONG = [(kernel, tlb) for kernel in KERNELS[1:] for tlb in kernel.tlbs]
NAMES = [f"{kernel.bug}-{tlb}" for kernel, tlb in WRONG]
PLAIN = stages.DISCARDED.flush
FLUSHES = (
    *("asid", "full", "ceiling:1", "ceiling:33+concurrent", "ceiling:33+broadcast", "ceiling:33+directory"),
    *("ceiling:33+lazy+gen:1", "ceiling:33+early-ack+cow-local+upgrade", "ceiling:33+abis+fork-regions"),
    *("ceiling:33+latr", "ceiling:1+batch+lazy", "ceiling:33+gather:1", "asid+latr+gen:2+lazy"),
)
HARMLESS = ("free-first",)  # nobody else is given a frame while this kernel waits


@pytest.mark.parametrize("tlb", [LRU, ADVERSARIAL])
def test_a_right_kernel_runs_these_programs_right_under_every_schedule(tlb):
    """F45: and the checker reports nothing."""
    tally = measure(Trial(BY_BUG[NONE], tlb, 3))
    assert (tally.runs, tally.flagged, tally.wrong) == (3 * len(stages.STAGES), 0, 0)


@pytest.mark.parametrize(("kernel", "tlb"), WRONG, ids=NAMES)
def test_the_checker_finds_the_mistake_and_names_the_write(kernel, tlb):
    """F45: whatever it reports is of the right kind and by the right instruction; no wrong data go unreported."""
    tally = measure(Trial(kernel, tlb, 5))
    assert tally.flagged == tally.named > 0
    assert tally.silent == 0
    assert (tally.wrong > 0) == (kernel.bug not in HARMLESS)


@pytest.mark.parametrize(("kernel", "tlb"), WRONG, ids=NAMES)
def test_both_checkers_report_the_same(kernel, tlb):
    """Each hit compared with memory: that a hit and a suspicion differ would raise CheckerError."""
    (stage,) = kernel.stages
    fast, slow = (next(iter(runs(Trial(kernel, tlb, 1, check=check), stage))) for check in (True, "every"))
    assert fast.counters == slow.counters
    assert np.array_equal(fast.stale, slow.stale)


@pytest.mark.parametrize("flush", FLUSHES)
def test_no_strategy_hides_wrong_data(flush):
    """F45: whatever the strategy makes of a mistake, and of none."""
    for kernel in KERNELS:
        for stage in (replace(stage, flush=flush) for stage in kernel.stages if stage.flush == PLAIN):
            for tlb in (LRU, ADVERSARIAL):
                (result,) = runs(Trial(kernel, tlb, 1), stage)
                flagged = result.counters["stale.uses"] > 0
                assert flagged or not is_wrong(result), (kernel.bug, stage, tlb)
                assert kernel.bug != NONE or not flagged, (stage, tlb)


def test_what_is_written_over_a_pte_is_the_doing_of_the_hart_that_walked():
    """F18, F19: the second thread's, which touches none of the pages."""
    (result,) = runs(Trial(BY_BUG["late-accessed-bit"], ADVERSARIAL, 1), stages.WALKED)
    assert set(result.stale["writer_hart"]) == {1}


def flushes(bug, stage, cause):
    """The invalidations of one cause in a run on a kernel that makes a mistake."""
    (result,) = runs(Trial(BY_BUG[bug], LRU, 1), stage)
    return result.invalidations[result.invalidations["cause"] == cause]


@pytest.mark.parametrize(
    ("bug", "stage", "cause"),
    [
        ("unmarked-discard", stages.DISCARDED, FlushCause.DISCARD),
        ("unmarked-fixed", stages.REPLACED, FlushCause.REPLACE),
        ("rollover-no-flush", stages.ONE_HART, FlushCause.ROLLOVER),
        ("lazy-return-no-flush", stages.IDLE, FlushCause.SWITCH),
        ("gen-return-no-flush", stages.AWAY_UNTOLD, FlushCause.SWITCH),
    ],
)
def test_the_flush_is_left_out(bug, stage, cause):
    assert len(flushes(NONE, stage, cause)) > 0
    assert len(flushes(bug, stage, cause)) == 0


@pytest.mark.parametrize(
    ("bug", "stage", "cause"),
    [
        ("missing-remote", stages.DISCARDED, FlushCause.DISCARD),
        ("fork-local-flush", stages.FORKED, FlushCause.FORK),
        ("lost-holder", stages.AWAY, FlushCause.DISCARD),
    ],
)
def test_the_other_hart_is_not_told(bug, stage, cause):
    """The last time is the one that the program notices. (The first discard may come before the other hart.)"""
    right, wrong = (flushes(kernel, stage, cause)["told"] for kernel in (NONE, bug))
    last = len(wrong) - 1
    assert (right[last], wrong[last]) == (1, 0)


def test_the_last_answer_is_not_waited_for():
    right, wrong = (flushes(bug, stages.DISCARDED, FlushCause.DISCARD) for bug in (NONE, "early-frames"))
    assert (right["wait"][right["told"] == 1] > 0).all()
    assert (wrong["told"] == 1).any()
    assert (wrong["wait"] == 0).all()


def test_only_the_first_page_is_dropped():
    pages = 4
    text = mmap(pages * PAGE) + "mv s0, a0\n" + call("madvise", "s0", pages * PAGE, DONTNEED)
    touched = text.replace("mv s0, a0\n", "mv s0, a0\n" + touch(pages))
    right, wrong = (run(touched, overrides={"bug": bug}).counters["flush.page"] for bug in (NONE, "first-page-only"))
    assert (right, wrong) == (pages, 1)


def touch(pages):
    """Store to each of the pages at s0."""
    return "".join(f"li t0, {page * PAGE}\nadd t0, t0, s0\nsd t0, 0(t0)\n" for page in range(pages))


@pytest.mark.parametrize(
    ("bug", "standing"), [(Bug.NONE, 0), (Bug.INSTALL_BEFORE_FLUSH, "new"), (Bug.FLUSH_FIRST, "old")]
)
def test_what_stands_in_the_page_table_while_a_fault_flushes(bug, standing):
    """F43, F62: nothing, where it is right."""
    assert meanwhile(SimpleNamespace(policy=SimpleNamespace(bug=bug)), "old", "new") == standing


@pytest.mark.parametrize(("bug", "shared"), [(NONE, False), ("kept-asid-reused", True)])
def test_two_address_spaces_have_one_asid(bug, shared):
    """F22: never, where it is right."""
    machine = begun(Trial(BY_BUG[bug], LRU, 1), stages.TWO_HARTS, 1)
    found = False
    while machine.run(10).ended == "limit" and machine.core.retired < BOUND:
        spaces, now = machine.world.space, machine.world.asids.generation
        live = [space for space in spaces[:16] if space["users"] > 0 and space["asid_generation"] == now]
        found |= len({int(space["asid"]) for space in live}) < len(live)
    assert found == shared
