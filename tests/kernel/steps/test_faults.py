"""What the kernel makes of a fault: each outcome, its event, its counter. F2, F6, F41, F42, F54, F60, F67."""

import numpy as np
import pytest

from emulator import Machine
from emulator.base.names import Access, Event, Fault
from isa import assemble
from tests.running import (
    ANONYMOUS,
    PAGE,
    PROT_EXEC,
    PROT_NONE,
    PROT_READ,
    READ_WRITE,
    SHARED,
    call,
    check,
    faults,
    fork,
    leave,
    mmap,
    run,
    show,
    source,
    the,
    words,
)

pytestmark = pytest.mark.both_engines

SEGV, BUS, KILL, ILL, TRAP = 139, 135, 137, 132, 133
MAPPED = mmap(2 * PAGE) + "mv s0, a0\n"


def last_fault(result):
    """The event of the last fault."""
    return [event for event in result.events if event["fault"] or event["kind"] <= Event.OUT_OF_MEMORY][-1]


# anonymous memory


def test_F6_a_read_of_an_untouched_page_maps_the_page_of_zeros():
    result = run(MAPPED + "ld s1, 0(s0)\n" + leave("s1"))
    assert faults(result) == ["ZERO_MAP"]
    assert (result.counters["zero.maps"], result.counters["zero.fills"]) == (1, 0)


def test_F6_a_write_to_an_untouched_page_gets_a_frame_of_zeros():
    result = run(MAPPED + "li t0, 7\nsb t0, 9(s0)\nld s1, 8(s0)\nld s2, 0(s0)\n" + show("s1", "s2"))
    assert faults(result)[:1] == ["ZERO_FILL"]
    assert words(result) == [7 << 8, 0]


def test_F6_a_write_after_a_read_replaces_the_page_of_zeros_and_copies_nothing():
    result = run(
        MAPPED + "ld t0, 0(s0)\nli t1, 5\nsd t1, 0(s0)\nld s1, 0(s0)\nld s2, 8(s0)\nadd s1, s1, s2\n" + leave("s1")
    )
    assert result.exit_status == 5
    assert faults(result) == ["ZERO_MAP", "ZERO_FILL"]
    assert (result.counters["cow.copies"], result.counters["cow.reuses"]) == (0, 0)


def test_F6_the_page_of_zeros_is_never_written():
    """One page read and then written leaves another one that reads as zeros."""
    result = run(
        MAPPED + "li t2, 4096\nadd t2, s0, t2\nld t0, 0(s0)\nli t1, 5\nsd t1, 0(s0)\nld s1, 0(t2)\n" + leave("s1")
    )
    assert result.exit_status == 0
    assert faults(result) == ["ZERO_MAP", "ZERO_FILL", "ZERO_MAP"]


def test_F6_a_zero_mapped_page_is_filled_for_each_process_that_writes_it():
    store = "li t1, 5\nsd t1, 0(s0)\n"
    result = run(MAPPED + "ld t0, 0(s0)\n" + fork(store, "ld s1, 0(s0)\n" + store + leave("s1")))
    assert result.exit_status == 0
    assert faults(result) == ["ZERO_MAP", "ZERO_FILL", "ZERO_FILL"]


def test_F6_zero_mapped_pages_share_their_lines_in_l1d_and_need_an_entry_each():
    pages = 64
    text = (
        mmap(pages * PAGE)
        + "mv s0, a0\nli s1, 64\nli s2, 4096\n1: ld t0, 0(s0)\nadd s0, s0, s2\naddi s1, s1, -1\nbnez s1, 1b\n"
    )
    result = run(text)
    assert result.counters["zero.maps"] == pages
    data = [event["frame_after"] for event in result.events if event["kind"] == Event.ZERO_MAP]
    assert len(set(data)) == 1


def test_reading_bss_costs_no_frame():
    before = run("").counters["frames.allocated"]
    after = run("la t0, b\nld t1, 0(t0)\n", bss="b: .space 4096").counters["frames.allocated"]
    assert after == before


def test_F60_a_shared_page_is_writable_at_once_after_a_read():
    result = run(mmap(PAGE, flags=SHARED | ANONYMOUS) + "mv s0, a0\nld t0, 0(s0)\nsd t0, 0(s0)\n")
    assert faults(result) == ["SHARE"]


def test_F60_a_shared_page_mapped_read_only_refuses_the_store():
    result = run(mmap(PAGE, PROT_READ, SHARED | ANONYMOUS) + "mv s0, a0\nld t0, 0(s0)\nsd t0, 0(s0)\n")
    assert faults(result) == ["SHARE", "REFUSED"]
    assert result.exit_status == SEGV


# refused


@pytest.mark.parametrize(
    ("access", "instruction", "fault"),
    [
        (Access.LOAD, "ld t0, 0(s0)", Fault.NOT_PRESENT),
        (Access.STORE, "sd t0, 0(s0)", Fault.NOT_PRESENT),
        (Access.FETCH, "jr s0", Fault.NOT_PRESENT),
        (Access.LR, "lr.d t0, (s0)", Fault.NOT_PRESENT),
        (Access.AMO, "amoadd.d t0, t0, (s0)", Fault.NOT_PRESENT),
        (Access.STORE, "sc.d t0, t0, (s0)", Fault.NOT_PRESENT),
    ],
)
def test_F67_an_unmapped_address_ends_in_sigsegv(access, instruction, fault):
    result = run(f"li s0, 0x70000000\n{instruction}\n")
    event = last_fault(result)
    assert result.exit_status == SEGV
    assert (event["kind"], event["access"], event["fault"]) == (Event.REFUSED, access, fault)
    assert event["va"] == 0x70000000
    assert result.counters["fault.fatal"] == 1
    assert result.processes[0].signal == 11


@pytest.mark.parametrize("address", [0, 1 << 38, 1 << 62, -8, -(1 << 63)])
def test_F10_an_address_outside_the_lower_half_ends_in_sigsegv(address):
    result = run(f"li s0, {address}\nld t0, 0(s0)\n")
    assert (result.exit_status, int(last_fault(result)["va"])) == (SEGV, address)


def test_F2_a_store_to_text_changes_nothing():
    result = run("la s0, _start\n" + fork("sd zero, 0(s0)", "ld s1, 0(s0)\n" + show("s1")))
    assert words(result)[0] != 0
    event = the(result, Event.REFUSED)
    assert event["fault"] == Fault.WRITE_PROTECTED
    assert event["pte_before"] == event["pte_after"]


def test_F2_a_fetch_from_data_is_refused():
    result = run("la s0, d\njr s0\n", "d: .word 0x13")
    event = last_fault(result)
    assert (result.exit_status, event["fault"]) == (SEGV, Fault.NO_EXECUTE)
    assert result.counters["fault.no_execute"] == 1


@pytest.mark.parametrize("instruction", ["ld t0, 0(s0)", "sd t0, 0(s0)", "jr s0"])
def test_F67_prot_none_refuses_everything(instruction):
    result = run(MAPPED + "sd zero, 0(s0)\n" + call("mprotect", "s0", PAGE, PROT_NONE) + instruction)
    assert result.exit_status == SEGV


def test_F67_prot_none_keeps_what_the_page_held():
    text = MAPPED + "li t0, 9\nsd t0, 0(s0)\n" + call("mprotect", "s0", PAGE, PROT_NONE)
    result = run(text + call("mprotect", "s0", PAGE, READ_WRITE) + "ld s1, 0(s0)\n" + leave("s1"))
    assert result.exit_status == 9


def test_a_load_from_an_execute_only_page_is_refused():
    result = run(mmap(PAGE, PROT_EXEC) + "ld t0, 0(a0)\n")
    assert result.exit_status == SEGV


def test_an_executable_page_runs_and_a_writable_one_does_not():
    code = MAPPED + "la t0, snippet\nld t1, 0(t0)\nsd t1, 0(s0)\n"
    jump = "fence.i\njalr s0\n" + leave("a0")
    snippet = "snippet: li a0, 42\nret\n"
    runs = run(code + call("mprotect", "s0", PAGE, PROT_READ | PROT_EXEC) + jump + snippet)
    assert runs.exit_status == 42
    assert run(code + jump + snippet).exit_status == SEGV


@pytest.mark.parametrize(
    ("instruction", "status"),
    [
        (".word 0", ILL),
        (".word -1", ILL),
        ("sfence.vma", ILL),
        ("ebreak", TRAP),
        ("la t0, _start\naddi t0, t0, 2\njr t0", BUS),
    ],
)
def test_F54_what_the_hart_cannot_do_ends_in_its_signal(instruction, status):
    result = run(instruction)
    assert result.exit_status == status
    assert result.processes[0].signal == status - 128


@pytest.mark.parametrize("instruction", ["lr.d t0, (s0)", "sc.d t0, t0, (s0)", "amoadd.d t0, t0, (s0)"])
def test_F54_a_misaligned_atomic_ends_in_sigbus(instruction):
    result = run(f"la s0, d\naddi s0, s0, 4\n{instruction}", "d: .dword 1, 2")
    assert (result.exit_status, last_fault(result)["fault"]) == (BUS, Fault.MISALIGNED)


def test_F54_a_zeroed_page_of_code_is_an_illegal_instruction():
    assert run(mmap(PAGE, PROT_READ | PROT_EXEC) + "jr a0\n").exit_status == ILL


def test_F54_a_fatal_fault_ends_only_the_process_that_took_it():
    result = run(fork("sd zero, 0(zero)", leave(3)))
    assert result.exit_status == 3
    assert [process.signal for process in result.processes] == [None, 11]


# a PTE that allows more than the TLB says


def test_F42_a_fault_on_a_pte_that_grants_the_access_already_is_spurious():
    """On one hart only a hand can do this: the PTE in memory becomes writable behind the back of a read-only entry."""
    machine = Machine(memory="8MiB")
    text = (
        MAPPED + "ld t0, 0(s0)\nsd zero, 0(s0)\n" + call("mprotect", "s0", PAGE, PROT_READ) + "ld t0, 0(s0)\n1: j 1b\n"
    )
    machine.spawn(assemble(source(text + "nop")))
    machine.run(max_instructions=1000)
    harts, memory = machine.world.harts, machine.world.memory
    va = int(harts["regs"][0, 8])
    world = machine.world
    table = int(harts["root"][0])
    for level in (2, 1):
        table = (int(memory[table // 8 + (va >> 12 + 9 * level & 511)]) >> 10) * PAGE
    place = table // 8 + (va >> 12 & 511)
    assert int(memory[place]) & 4 == 0
    space = world.space[int(world.tasks["space"][0])]
    first = int(space["first_region"])
    for region in world.pool.region[first : first + int(space["regions"])]:
        if region["start"] <= va < region["end"]:
            region["prot"] = 6
    memory[place] |= 4
    code = int(harts["pc"][0])
    assert code  # the loop: let it go on at a store
    store = assemble("sd zero, 0(s0)\nli a0, 0\nli a7, 93\necall").segments[0].data
    poke(machine, code, store)
    result = check(machine.run(max_instructions=100))
    assert faults(result)[-1] == "SPURIOUS"
    assert result.counters["fault.spurious"] == 1
    assert result.exit_status == 0
    assert np.count_nonzero(result.events["kind"] == Event.SPURIOUS) == 1


def poke(machine, va, data):
    """Overwrite instructions at `va` of the running process, and let the hart fetch them anew."""
    harts, memory = machine.world.harts, machine.world.memory
    table = int(harts["root"][0])
    for level in (2, 1, 0):
        table = (int(memory[table // 8 + (va >> 12 + 9 * level & 511)]) >> 10) * PAGE
    memory.view(np.uint8)[table + va % PAGE : table + va % PAGE + len(data)] = np.frombuffer(data, np.uint8)
    machine.world.chip.decoded[:] = 0
    harts["fetch_line"] = -1
