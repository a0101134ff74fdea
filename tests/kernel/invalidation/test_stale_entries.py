"""The stale-entry checker: each mistake that a kernel can make is found, with the PTE write that lacked its flush."""

import pytest

from emulator import Machine
from emulator.base.kernel_names import FlushCause
from emulator.base.names import Access
from isa import assemble
from tests.running import PAGE, PROT_READ, READ_WRITE, call, run, source
from tests.threads import BSS, DATA, DONTNEED, threads

pytestmark = pytest.mark.both_engines

DISCARD = call(233, "s0", PAGE, DONTNEED).replace("ecall", "change: ecall")
UNMAP = call("munmap", "s0", PAGE).replace("ecall", "change: ecall")
PROTECT = call("mprotect", "s0", PAGE, PROT_READ).replace("ecall", "change: ecall")
READ, WRITE = "use: ld t1, 0(s0)", "use: sd t1, 0(s0)"


def broken(bug, text, **machine):
    """Run a program on a kernel that makes a mistake; return the result and its program."""
    program = assemble(source(text, DATA, BSS))
    machine = {"harts": 2, "memory": "8MiB", "check_stale": True, **machine}
    here = Machine(overrides={"bug": bug, **machine.pop("settings", {})}, **machine)
    here.spawn(program)
    return here.run(1_000_000), program


def the_use(result, program, bug):
    """The one row that tells of stale uses, its writer being `change` on hart 0 and its user `use` on hart 1."""
    assert result.settings["bug"] == bug
    assert result.counters["stale.uses"] == result.stale["uses"].sum() > 0
    (row,) = result.stale
    assert (row["hart"], row["writer_hart"]) == (1, 0)
    assert (row["pc"], row["writer_pc"]) == (program.symbols["use"], program.symbols["change"])
    assert row["va"] == program.symbols["shared"]
    assert result.invalidations[row["number"]]["cause"] == row["cause"]
    return row


@pytest.mark.parametrize(
    ("change", "cause"), [(DISCARD, FlushCause.DISCARD), (UNMAP, FlushCause.UNMAP), (PROTECT, FlushCause.PROTECT)]
)
def test_a_missing_remote_flush_is_found(change, cause):
    """F45: the other hart goes on using what `change` took away."""
    use, access = (WRITE, Access.STORE) if cause == FlushCause.PROTECT else (READ, Access.LOAD)
    row = the_use(*broken("missing-remote", threads(change, use)), "missing-remote")
    assert (row["cause"], row["access"], row["late"]) == (cause, access, 0)
    assert row["freed"] == (cause != FlushCause.PROTECT)


@pytest.mark.parametrize("bug", ["early-ack", "no-wait"])
def test_an_answer_that_comes_before_the_flush_is_found(bug):
    """The sender has gone on and has given the frame back; the receiver still has its entry."""
    row = the_use(*broken(bug, threads(DISCARD, READ)), bug)
    assert (row["cause"], row["late"], row["freed"]) == (FlushCause.DISCARD, 1, 1)


def test_frames_given_back_before_the_flush_are_found():
    """The use comes while the sender waits: allowed, were the frame still held."""
    result, program = broken("free-first", threads(DISCARD, READ))
    row = the_use(result, program, "free-first")
    assert (row["cause"], row["late"], row["freed"]) == (FlushCause.DISCARD, 1, 1)
    assert result.counters["stale.window_uses"] == 0


def test_a_copy_that_leaves_the_own_entry_is_found():
    """The store's time slice ends with its fault; the next thread on the hart reads the old frame."""
    child = call("clone", 17, 0, 0, 0, 0) + "bnez a0, 2f\n1: j 1b\n2: mv s8, a0\n"
    change = f"{child}li t2, 9\n{call('sched_yield') * 3}change: sd t2, 0(s0)\n"
    text = threads(change, READ, after=call("kill", "s8", 9))
    result, program = broken("cow-no-local", text, harts=1, settings={"quantum": "1500"})
    row = result.stale[0]
    assert (row["hart"], row["writer_hart"], row["cause"]) == (0, 0, FlushCause.COPY)
    assert (row["pc"], row["writer_pc"]) == (program.symbols["use"], program.symbols["change"])
    assert (row["late"], row["freed"]) == (0, 0)  # the child still holds the frame


def test_a_use_while_the_sender_waits_is_allowed():
    """F45: the page is not given away before all have answered."""
    counters = run(threads(DISCARD, READ), DATA, BSS, harts=2).counters
    assert counters["stale.window_uses"] > 0
    assert counters["stale.uses"] == 0


def test_a_load_from_a_page_that_lost_the_right_to_store_is_no_stale_use():
    """F45: its PTE grants the load."""
    counters = run(threads(PROTECT, READ), DATA, BSS, harts=2).counters
    assert counters["stale.window_uses"] == 0
    result, _ = broken("missing-remote", threads(PROTECT, READ))
    assert result.counters["stale.uses"] == 0


def test_a_walk_that_outlasts_a_fence_is_found():
    """F21: it began before the PTE was cleared, and fills the TLB after the flush."""
    found = []
    for seed in range(12):
        result, program = broken("late-fill", threads(DISCARD, READ), tlb="adversarial", schedule=f"seed:{seed}")
        found += [(row["cause"], row["writer_hart"], row["writer_pc"]) for row in result.stale if row["hart"] == 1]
    assert found
    assert set(found) == {(FlushCause.DISCARD, 0, program.symbols["change"])}


def test_a_tlb_that_remembers_invalid_ptes_faults_once_more_and_is_fenced():
    """F23, F42: the page is there by then, and the second fault is spurious."""
    touch = "".join(f"li t1, {PAGE}\nadd s0, s0, t1\nsd t1, 0(s0)\n" for _ in range(16))
    text = call("mmap", 0, 17 * PAGE, READ_WRITE, 0x22, -1, 0) + "mv s0, a0\n" + touch
    counters = run(text, tlb="adversarial").counters
    assert counters["zero.fills"] >= 16
    assert counters["fault.total"] == counters["zero.fills"] + counters["zero.maps"] + counters["fault.spurious"]
    assert counters["fault.spurious"] > 0
    assert run(text).counters["fault.spurious"] == 0


def test_nothing_is_marked_unless_asked():
    result, _ = broken("missing-remote", threads(DISCARD, READ), check_stale=False)
    assert result.counters["stale.uses"] == 0
    assert len(result.stale) == 0


def test_the_checker_changes_no_cycle():
    text = threads(DISCARD + PROTECT.replace("change:", ""), READ)
    machine = {"harts": 2, "overrides": {"skew": "100"}}
    on = run(text, DATA, BSS, check_stale=True, **machine)
    off = run(text, DATA, BSS, check_stale=False, **machine)
    assert on.counters["stale.window_uses"] > 0
    assert {**on.counters, "stale.window_uses": 0} == off.counters
    assert on.costs == off.costs
