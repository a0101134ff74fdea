"""What system calls do with the locks of an address space: whose work overlaps whose, over whole runs."""

from itertools import pairwise

import pytest

from emulator import Machine
from emulator.base.kernel_names import FlushCause
from emulator.base.names import COSTS
from emulator.base.shipped import PROGRAMS
from isa import Program

PROGRAM = {
    "unmap": ("pthread_mmap", "2", "3", "3"),
    "discard": ("tlb_flush", "0", "2", "3", "2"),
}
SOONER = ("mmap", "vma")
# One of them in plain Python, too, which takes a hundred times as long.
CASES = (
    *(pytest.param(words, locks, id=f"{name}-{locks}") for name, words in PROGRAM.items() for locks in SOONER),
    pytest.param((*PROGRAM["unmap"][:3], "1"), "vma", id="either engine", marks=pytest.mark.both_engines),
)


def machine(words, locks, **choices):
    name, *_ = words
    made = Machine(harts=4, memory="16MiB", check_stale=True, overrides={"locks": locks}, **choices)
    made.spawn(Program.load(PROGRAMS / "lab" / f"{name}.s"), argv=words)
    return made


def ran(words, locks, **choices):
    result = machine(words, locks, **choices).run()
    assert (result.exit_status, len(result.stale), result.counters["frames.leaked"]) == (0, 0, 0)
    return result


def works(result, cause):
    """Return from when to when each invalidation of that cause took its hart, by when they began."""
    rows = result.invalidations
    rows = rows[(rows["cause"] == cause) & (rows["ipis"] > 0)]
    return sorted((int(row["cycle"]), int(row["cycle"] + row["own"] + row["send"] + row["wait"])) for row in rows)


def overlap(spans):
    """Return whether any of these, sorted by their beginnings, begins before the one before it ends."""
    return any(begins < ends for (_, ends), (begins, _) in pairwise(spans))


@pytest.mark.parametrize("locks", ["space", *SOONER])
def test_one_hart_unmaps_at_a_time(locks):
    spans = works(ran(PROGRAM["unmap"], locks), FlushCause.UNMAP)
    assert len(spans) > 8
    assert not overlap(spans)


@pytest.mark.parametrize(("locks", "together"), [("space", False), ("mmap", True), ("vma", True)])
def test_harts_discard_together_where_that_changes_no_regions(locks, together):
    assert overlap(works(ran(PROGRAM["discard"], locks), FlushCause.DISCARD)) == together


@pytest.mark.parametrize(("words", "locks"), CASES)
def test_every_hart_s_cycles_are_the_sum_of_its_costs(words, locks):
    for counters, costs in ran(words, locks).per_hart:
        assert counters["cycles"] == sum(costs.values())
        assert min(costs[row.name] for row in COSTS) >= 0


@pytest.mark.parametrize("locks", SOONER)
@pytest.mark.parametrize("words", PROGRAM.values(), ids=PROGRAM)
def test_what_answering_took_from_harts_is_in_the_account_of_invalidations(words, locks):
    result = ran(words, locks)
    assert int(result.invalidations["stolen"].sum()) == result.costs["shootdown.serve"]


@pytest.mark.parametrize("words", PROGRAM.values(), ids=PROGRAM)
def test_where_a_run_is_cut_makes_no_difference_to_who_has_a_lock(words):
    whole, cut = ran(words, "vma"), machine(words, "vma")
    result = cut.run(997)
    while result.ended == "limit":
        result = cut.run(997)
    assert (result.costs, result.counters) == (whole.costs, whole.counters)


@pytest.mark.parametrize("locks", SOONER)
@pytest.mark.parametrize("schedule", ["seed:1", "seed:2"])
@pytest.mark.parametrize("words", PROGRAM.values(), ids=PROGRAM)
def test_by_any_schedule_no_stale_entry_is_used_and_no_frame_leaks(words, schedule, locks):
    ran(words, locks, schedule=schedule, tlb="adversarial")
