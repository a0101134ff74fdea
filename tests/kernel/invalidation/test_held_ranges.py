"""Ranges that are unmapped while other harts have still to drop them: nobody gets their addresses or frames."""

import errno

import pytest

from emulator.base.kernel_names import FlushCause
from isa import Program
from tests.kernel.invalidation.laws import SLEEPER, WAKE, delay, each_page, mapped, marked, measured, rows
from tests.running import ANONYMOUS, FIXED, PAGE, PRIVATE, READ_WRITE, call, fork, label, mmap, run, show, source, words
from tests.threads import BSS, DATA, threads

POSTPONING = ["ceiling:33+latr", "ceiling:33+batch"]
UNMAP = call("munmap", "s8", PAGE)
SHOW_A0 = "mv s11, a0\n" + show("s11")


@pytest.mark.both_engines
@pytest.mark.parametrize("flush", POSTPONING)
def test_a_held_range_cannot_be_used(flush):
    result = run(threads(mapped(1) + UNMAP + "ld t0, 0(s8)\n", ""), DATA, BSS, harts=2, flush=flush)
    assert result.processes[0].signal == 11
    assert result.counters["frames.leaked"] == 0


@pytest.mark.parametrize("flush", POSTPONING)
def test_a_held_range_cannot_be_protected(flush):
    result = measured(mapped(1) + UNMAP + call("mprotect", "s8", PAGE, READ_WRITE) + SHOW_A0, flush)
    assert words(result) == [-errno.ENOMEM]


@pytest.mark.both_engines
@pytest.mark.parametrize("flush", POSTPONING)
def test_a_held_range_is_unmapped_already(flush):
    """The middle of three pages is held when all three are unmapped; two pieces are left to unmap."""
    middle = f"li t0, {PAGE}\nadd s9, s8, t0\n" + call("munmap", "s9", PAGE)
    result = measured(mapped(3) + middle + marked(call("munmap", "s8", 3 * PAGE)) + SHOW_A0, flush)
    assert words(result) == [0]
    assert [int(pages) for pages in rows(result)["pages"]] == [1, 1]


@pytest.mark.parametrize("flush", POSTPONING)
def test_the_addresses_of_a_held_range_are_not_chosen(flush):
    result = measured(mapped(1) + UNMAP + mmap(PAGE) + "sub s11, a0, s8\n" + show("s11"), flush)
    assert words(result) == [-PAGE]


@pytest.mark.both_engines
@pytest.mark.parametrize("flush", POSTPONING)
def test_a_mapping_that_insists_on_held_addresses_gets_them_swept_first(flush):
    there = call("mmap", "s8", PAGE, READ_WRITE, PRIVATE | ANONYMOUS | FIXED, -1, 0)
    result = measured(mapped(1) + UNMAP + marked(there) + "ld s11, 0(s8)\n" + show("s11"), flush)
    assert words(result) == [0]
    (row,) = rows(result)
    assert (row["cause"], row["ipis"]) == (FlushCause.SWEEP, 1)
    assert row["wait"] > 0


@pytest.mark.parametrize("flush", POSTPONING)
def test_a_mapping_elsewhere_disturbs_nobody(flush):
    assert len(rows(measured(mapped(1) + UNMAP + marked(mmap(PAGE)), flush))) == 0


@pytest.mark.parametrize("flush", POSTPONING)
def test_a_heap_that_shrinks_and_grows_is_flushed_at_once(flush):
    grow = call("brk", 0) + f"mv s8, a0\nli t0, {PAGE}\nadd s9, s8, t0\n" + call("brk", "s9") + "sd s8, 0(s8)\n"
    shrink = call("brk", "s8") + call("brk", "s9") + "ld s11, 0(s8)\n" + show("s11")
    result = measured(grow + marked(shrink), flush)
    assert words(result) == [0]
    assert rows(result)[0]["ipis"] == 1


@pytest.mark.both_engines
@pytest.mark.parametrize("flush", POSTPONING)
def test_fork_does_not_copy_what_is_held(flush):
    child = "ld t0, 0(s8)\n"
    result = measured(mapped(1) + UNMAP + fork(child, "lw s11, shared\n" + show("s11"), status="=shared"), flush)
    assert words(result) == [11]  # wait4's status: SIGSEGV


@pytest.mark.parametrize("flush", POSTPONING)
def test_want_of_memory_gets_held_frames_back(flush):
    """More memory is mapped, written and unmapped than there is: 256 frames."""
    again = label()
    step = mapped(25) + call("munmap", "s8", 25 * PAGE)
    change = f"li s9, 12\n{again}: {step}addi s9, s9, -1\nbnez s9, {again}\n"
    result = measured(change, flush, memory="1MiB")
    assert result.counters["frames.allocated"] > 256
    swept = rows(result, FlushCause.SWEEP)
    assert len(swept) > 0
    assert (swept["over"] == 1).all()


def test_a_hart_queues_no_more_than_64_ranges():
    """LATR, section 4: then interrupts are sent."""
    again = label()
    one = mmap(PAGE) + "sd a0, 0(a0)\n" + call("munmap", "a0", PAGE)
    change = f"li s9, 64\n{again}: {one}addi s9, s9, -1\nbnez s9, {again}\n"
    result = measured(marked(change), "ceiling:33+latr")
    made = rows(result)
    assert list(made["cause"]).count(FlushCause.UNMAP) == 64
    assert [int(row["ipis"]) for row in made if row["cause"] == FlushCause.SWEEP] == [1]
    assert (made["over"] == 1).all()


def test_a_hart_that_switches_sweeps_first():
    """LATR: at ticks and switches; the tick is far away."""
    change = mapped(1) + marked(UNMAP) + delay(4000)
    use = call("sched_yield") + "ld t1, 0(s0)"
    result = measured(change, "ceiling:33+latr", 1, use, overrides={"quantum": "3000", "tick": "100000000"})
    assert rows(result)["stolen"] == 0  # yielding to nobody is no switch
    text = threads(change, use, 3)
    switching = run(text, DATA, BSS, harts=2, flush="ceiling:33+latr", overrides={"tick": "100000000"})
    assert rows(switching)["stolen"] > 0


@pytest.mark.both_engines
def test_an_idle_hart_does_not_hold_memory_for_ever():
    """Without `lazy` it has its tick when the first busy hart has."""
    text = SLEEPER + mapped(1) + marked(UNMAP) + delay(8000) + call(20567, 4) + WAKE
    result = run(text, DATA, BSS, harts=2, flush="ceiling:33+latr", overrides={"tick": "5000"})
    (row,) = rows(result)
    assert (row["ipis"], row["over"]) == (0, 1)
    assert row["window"] < 5000 + 1000
    assert row["stolen"] > 0


def test_an_idle_hart_is_not_waited_for_where_idle_harts_are_lazy():
    text = SLEEPER + mapped(1) + marked(UNMAP) + WAKE
    result = run(text, DATA, BSS, harts=2, flush="ceiling:33+latr+lazy")
    (row,) = rows(result)
    assert (row["over"], row["stolen"]) == (1, 0)
    assert len(rows(result, FlushCause.SWITCH)) == 1


@pytest.mark.parametrize("flush", POSTPONING)
def test_what_is_held_at_the_end_ends_with_the_address_space(flush):
    result = measured(mapped(3) + UNMAP, flush, overrides={"tick": "100000000"})
    assert (rows(result, FlushCause.UNMAP)["over"] == 1).all()
    assert result.counters["frames.leaked"] == 0


@pytest.mark.parametrize("flush", POSTPONING)
def test_a_program_that_is_replaced_leaves_nothing_held(flush, tmp_path):
    (tmp_path / "next.s").write_text(source("nop"))
    path = tmp_path / "first.s"
    text = threads(mapped(3) + UNMAP + call("execve", "=path", 0, 0), "")
    path.write_text(source(text, DATA + '\n.balign 64\npath: .asciz "next.s"', BSS))
    result = run(Program.load(str(path)), harts=2, flush=flush)
    assert (result.exit_status, result.counters["frames.leaked"]) == (0, 0)


@pytest.mark.parametrize("bits", [0, 2, 3])
@pytest.mark.parametrize("flush", ["ceiling:33+latr", "ceiling:33+batch+lazy", "ceiling:33+latr+gen:1"])
def test_postponing_works_with_any_number_of_asids(flush, bits):
    """Children come and go, so that ASIDs run out, while ranges are held."""
    loop = label()
    step = mapped(2) + UNMAP + fork(each_page(1, "nop") + call("sched_yield"))
    change = f"li s9, 6\n{loop}: {step}addi s9, s9, -1\nbnez s9, {loop}\n"
    result = measured(change, flush, overrides={"asid_bits": str(bits), "tick": "20000"})
    assert result.counters["fork.count"] == 6
    assert result.counters["stale.uses"] == 0
