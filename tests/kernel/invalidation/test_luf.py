"""Lazy unmap flush: pages that nobody can write to are flushed for when their frames or addresses are wanted."""

import pytest

from emulator import Machine
from emulator.base.errors import ConfigError
from emulator.base.kernel_names import FlushCause
from emulator.config import Config
from isa import Program
from tests.kernel.invalidation.laws import PRICE, each_page, mapped, marked, measured, paid, rows
from tests.running import ANONYMOUS, CHECKED, FIXED, PAGE, PRIVATE, PROT_READ, READ_WRITE, SHARED, call, check, mmap

LUF = "ceiling:33+luf"
RECYCLE = Program.load("programs/lab/recycle.s")


def reading(pages):
    """Map pages that may only be read at s8, and read them."""
    return mmap(pages * PAGE, PROT_READ, SHARED | ANONYMOUS) + "mv s8, a0\n" + each_page(pages, "ld t3, 0(t0)")


def one_by_one(pages):
    """Unmap that many pages from s8 on, a call each."""
    return "".join(call("munmap", "s8", PAGE) + f"li t0, {PAGE}\nadd s8, s8, t0\n" for _ in range(pages))


def wanted(pages):
    """Map something else at the addresses of the last `pages` that were unmapped: they cannot wait."""
    back = f"li t0, {pages * PAGE}\nsub s8, s8, t0\n"
    return back + call("mmap", "s8", pages * PAGE, READ_WRITE, PRIVATE | ANONYMOUS | FIXED, -1, 0)


@pytest.mark.both_engines
def test_unmapping_what_can_only_be_read_tells_nobody():
    result = measured(reading(3) + marked(one_by_one(3)), LUF, 2)
    assert rows(result)["told"].tolist() == [0, 0, 0]
    assert paid(result)["shootdown.send"] == 3 * PRICE["enqueue"]


@pytest.mark.both_engines
def test_what_can_be_written_to_is_flushed_for_at_once():
    (row,) = rows(measured(mapped(1) + marked(call("munmap", "s8", PAGE)), LUF, 2))
    assert (row["cause"], row["told"], row["over"]) == (FlushCause.UNMAP, 2, 1)


def test_a_range_is_if_any_of_it_can():
    second = f"li t0, {PAGE}\nadd s9, s8, t0\n" + call("mprotect", "s9", PAGE, READ_WRITE)
    made = rows(measured(reading(3) + second + marked(call("munmap", "s8", 3 * PAGE)), LUF, 2))
    assert made["told"].tolist() == [2]


def test_one_flush_of_the_address_space_serves_all_that_was_unmapped_before():
    result = measured(reading(5) + one_by_one(5) + marked(wanted(1)), LUF, 2)
    (row,) = rows(result)
    assert (row["cause"], row["told"]) == (FlushCause.SWEEP, 2)
    assert row["stolen"] == 2 * (PRICE["ipi_serve"] + PRICE["flush_asid"])


def test_who_has_dropped_the_address_space_since_is_not_told():
    """34 pages are beyond the ceiling of 33: all harts drop the whole address space for them."""
    many = mmap(34 * PAGE) + "mv s9, a0\n" + each_page(34, "sd t1, 0(t0)").replace("s8", "s9")
    result = measured(many + reading(5) + one_by_one(5) + call("munmap", "s9", 34 * PAGE) + marked(wanted(1)), LUF, 2)
    assert rows(result)["ipis"].tolist() == []


def test_who_dropped_it_before_is():
    many = mmap(34 * PAGE) + "mv s9, a0\n" + each_page(34, "sd t1, 0(t0)").replace("s8", "s9")
    result = measured(many + reading(5) + call("munmap", "s9", 34 * PAGE) + one_by_one(5) + marked(wanted(1)), LUF, 2)
    assert rows(result)["ipis"].tolist() == [2]


def recycled(flush, memory, **machine):
    """The laboratory's program: 16 rounds of 16 pages on 4 harts."""
    here = Machine(harts=4, memory=memory, flush=flush, check_stale=CHECKED, **machine)
    here.spawn(RECYCLE, ["recycle", "16", "3", "16"])
    result = check(here.run())
    assert result.exit_status == 0
    return result


def test_frames_are_flushed_for_when_memory_is_used_up_and_not_before():
    much, little = (recycled(LUF, memory).counters["shootdown.ipis"] for memory in ("8MiB", "1MiB"))
    assert much == 0
    assert 0 < little < recycled("ceiling:33", "1MiB").counters["shootdown.ipis"] / 10


@pytest.mark.parametrize("schedule", ["time", "seed:1", "seed:2", "seed:3"])
@pytest.mark.parametrize("more", ["", "+lazy+gen+concurrent", "+abis"])
def test_no_stale_entry_is_used_once_its_frame_is_given_back(schedule, more):
    """`check` fails where one is (F45)."""
    recycled(LUF + more, "1MiB", schedule=schedule, tlb="adversarial")


@pytest.mark.parametrize(("other", "why"), [("latr", "contradicts latr"), ("batch", "only one of them can be")])
def test_munmap_is_postponed_in_one_way(other, why):
    with pytest.raises(ConfigError, match=why):
        Config.make(overrides={"flush": f"{LUF}+{other}"})
