"""Fork and what stores do afterwards: F1-F5, F7, F60, F61, F64, F66."""

import pytest

from emulator.base.names import Event, Fault
from tests.running import (
    ANONYMOUS,
    PAGE,
    PROT_READ,
    READ_WRITE,
    SHARED,
    call,
    faults,
    fork,
    kinds,
    leave,
    mmap,
    run,
    show,
    the,
    words,
)

pytestmark = pytest.mark.both_engines

PAGE_OF_ONE = "d: .dword 1"
D = "la s0, d\n"
FLIP = "li t0, 2\nsd t0, 0(s0)\n"


def test_F1_a_load_after_fork_faults_in_neither_process():
    result = run(D + fork("ld t0, 0(s0)", "ld t0, 0(s0)"), PAGE_OF_ONE)
    assert faults(result) == []


def test_F1_the_child_that_stores_first_takes_the_fault():
    result = run(D + fork(FLIP), PAGE_OF_ONE)
    event = the(result, Event.COPY)
    assert (event["pid"], event["fault"], event["owners"]) == (2, Fault.WRITE_PROTECTED, 2)
    assert set(event["sharers"][:2]) == {1, 2}


def test_F1_the_parent_that_stores_first_takes_the_fault():
    result = run(D + fork("ld s1, 0(s0)\n" + leave("s1"), meanwhile=FLIP), PAGE_OF_ONE)
    assert the(result, Event.COPY)["pid"] == 1


@pytest.mark.parametrize("writer", ["child", "parent"])
def test_F3_each_process_sees_its_own_store_and_the_other_the_old_bytes(writer):
    child = FLIP if writer == "child" else ""
    parent = FLIP if writer == "parent" else ""
    tell = "ld s1, 0(s0)\n" + show("s1")
    result = run(D + fork(child + tell, parent + tell), PAGE_OF_ONE)
    assert words(result) == ([2, 1] if writer == "child" else [1, 2])


def test_F3_a_copy_is_a_new_frame_with_the_old_bytes_and_the_store_in_it():
    data = "d: " + "\n".join(f".dword {n * 1000003}" for n in range(512))
    result = run(D + fork("li t0, -1\nsd t0, 2000(s0)\n" + call("write", 1, "s0", PAGE)), data)
    assert words(result) == [n * 1000003 if n != 250 else -1 for n in range(512)]


def test_F3_the_event_of_a_copy_tells_both_frames():
    event = the(run(D + fork(FLIP), PAGE_OF_ONE), Event.COPY)
    assert 0 < event["frame_before"] != event["frame_after"] > 0
    assert event["pte_before"] & 4 == 0
    assert event["pte_after"] & 4 == 4
    assert event["pte_after"] >> 10 == event["frame_after"]


def test_F3_the_store_that_faulted_counts_once():
    stays = run(D + FLIP, PAGE_OF_ONE)
    faulted = run(D + fork(FLIP), PAGE_OF_ONE)
    without = run(D + fork(""), PAGE_OF_ONE)
    assert faulted.counters["stores"] - without.counters["stores"] == stays.counters["stores"] == 1
    assert faulted.counters["instructions"] - without.counters["instructions"] == 2


def test_F3_only_the_first_store_to_a_page_faults():
    result = run(D + fork(FLIP * 3 + "sd t0, 8(s0)\nsb t0, 2000(s0)"), PAGE_OF_ONE)
    assert faults(result) == ["COPY"]


def test_F3_every_page_faults_for_itself():
    result = run(
        D + fork("li t1, 4096\nadd t2, s0, t1\n" + FLIP + "sd t0, 0(t2)"), "d: .dword 1\n.balign 4096\n.dword 3"
    )
    assert faults(result) == ["COPY", "COPY"]
    assert result.counters["fork.write_protected"] == 3  # both, and the page of the stack


def test_F4_the_survivor_of_an_exit_re_uses_its_page():
    result = run(D + fork("", FLIP), PAGE_OF_ONE)
    event = the(result, Event.REUSE)
    assert (event["pid"], event["owners"], event["frame_before"]) == (1, 1, event["frame_after"])
    assert result.counters["cow.copies"] == 0


def test_F4_after_the_childs_copy_the_parent_is_sole_owner_and_re_uses():
    result = run(D + fork(FLIP, FLIP), PAGE_OF_ONE)
    assert faults(result) == ["COPY", "REUSE"]


def test_F4_three_owners_copy_twice_and_the_last_re_uses():
    grandchild = fork(FLIP, FLIP)
    result = run(D + fork(grandchild, FLIP), PAGE_OF_ONE)
    assert faults(result) == ["COPY", "COPY", "REUSE"]
    assert [int(owners) for owners in result.events["owners"][result.events["kind"] <= Event.REUSE]] == [3, 2, 1]


def test_F4_a_page_of_only_one_owner_left_flips_again_at_the_next_fork():
    result = run(D + fork("", FLIP) + fork(FLIP), PAGE_OF_ONE)
    assert faults(result) == ["REUSE", "COPY"]


def test_F5_fork_and_exec_copy_only_the_page_of_the_stack():
    push = "addi sp, sp, -16\nsd ra, 0(sp)\n"
    result = run(fork(push), PAGE_OF_ONE)
    assert faults(result) == ["COPY"]
    event = the(result, Event.COPY)
    assert event["va"] >= (1 << 38) - 2 * PAGE


def test_F5_cow_stack_saves_that_fault_and_not_the_flush():
    push = "addi sp, sp, -16\nsd ra, 0(sp)\n"
    cow, stack = run(fork(push), PAGE_OF_ONE), run(fork(push), PAGE_OF_ONE, fork="cow-stack")
    assert faults(stack) == []
    assert stack.counters["fork.eager_copies"] == 1
    assert stack.counters["flush.asid"] == cow.counters["flush.asid"]


def test_F8_eager_fork_copies_every_private_writable_page_and_nothing_faults_later():
    result = run(D + fork(FLIP, FLIP), PAGE_OF_ONE, fork="eager")
    assert faults(result) == []
    assert result.counters["fork.eager_copies"] == 2  # the data, the stack
    assert result.counters["fork.write_protected"] == 0


@pytest.mark.parametrize("mode", ["cow", "eager", "cow-stack", "shared-tables"])
def test_F8_what_programs_see_does_not_depend_on_how_fork_copies(mode):
    tell = "ld s1, 0(s0)\n" + show("s1")
    result = run(D + fork(FLIP + tell + fork("sd zero, 0(s0)\n" + tell, tell), tell), PAGE_OF_ONE, fork=mode)
    assert words(result) == [2, 0, 2, 1]


def test_F7_text_is_mapped_by_both_and_copied_by_nobody():
    result = run(fork("", ""), PAGE_OF_ONE, fork="eager")
    text = "la t0, _start\nsd zero, 0(t0)"
    dies = run(fork(text), PAGE_OF_ONE)
    assert result.counters["fork.eager_copies"] == 2
    assert faults(dies) == ["REFUSED"]


def test_F7_read_only_data_is_not_write_protected_again():
    """Only the data page and the stack's are private and writable."""
    assert run(fork(""), PAGE_OF_ONE).counters["fork.write_protected"] == 2


def test_F64_fork_flushes_the_parents_address_space_once():
    result = run(fork(""), PAGE_OF_ONE)
    nothing = run("", PAGE_OF_ONE)
    # one at fork, one when the child's address space ends, one when the parent's does
    assert (result.counters["flush.asid"], nothing.counters["flush.asid"]) == (3, 1)


def test_F64_the_parents_cached_right_to_write_does_not_survive_the_fork():
    """The TLB said writable before; without the flush this store would reach the child's page."""
    result = run(D + FLIP + fork("ld s1, 0(s0)\n" + show("s1"), meanwhile="li t0, 3\nsd t0, 0(s0)\n"), PAGE_OF_ONE)
    assert words(result) == [2]


def test_F60_a_shared_page_is_written_by_both_and_copied_by_nobody():
    tell = "ld s1, 0(s0)\n" + show("s1")
    result = run(mmap(PAGE, flags=SHARED | ANONYMOUS) + "mv s0, a0\nsd zero, 0(s0)\n" + fork(FLIP, tell))
    assert words(result) == [2]
    assert "COPY" not in faults(result)
    assert result.counters["fork.write_protected"] == 1  # the page of the stack


def test_F60_a_shared_page_first_touched_after_the_fork_is_still_one_page():
    tell = "ld s1, 0(s0)\n" + show("s1")
    result = run(mmap(PAGE, flags=SHARED | ANONYMOUS) + "mv s0, a0\n" + fork(FLIP, tell))
    assert words(result) == [2]
    assert faults(result)[:2] == ["SHARE", "SHARE"]


def test_F61_a_page_that_was_made_read_only_and_writable_again_is_not_written_through():
    """mprotect back to writable while the child shares the frame must not give W to the PTE."""
    protect = "la t2, d\n" + call("mprotect", "=d", PAGE, PROT_READ) + call("mprotect", "=d", PAGE, READ_WRITE)
    tell = "ld s1, 0(s0)\n" + show("s1")
    result = run(D + fork(protect + FLIP, tell), PAGE_OF_ONE)
    assert words(result) == [1]
    assert faults(result).count("COPY") == 1


def test_F66_a_read_into_a_shared_page_breaks_the_sharing():
    tell = "ld s1, 0(s0)\n" + show("s1")
    result = run(D + fork(call("read", 0, "s0", 8), tell), PAGE_OF_ONE, stdin=b"\x07" + bytes(7))
    assert words(result) == [1]
    event = the(result, Event.COPY)
    assert (event["usercopy"], event["pid"]) == (1, 2)


def test_F66_the_status_that_wait4_writes_breaks_the_sharing_too():
    inner = fork(leave(5), status="=d")
    tell = "ld s1, 0(s0)\n" + show("s1")
    result = run(D + fork(inner + tell, tell), PAGE_OF_ONE)
    assert words(result) == [5 << 8, 1]


def test_F66_a_read_into_read_only_memory_is_an_error_not_a_signal():
    result = run(call("read", 0, "=_start", 8) + "neg s1, a0\n" + leave("s1"), stdin=b"12345678")
    assert result.exit_status == 14  # EFAULT


def test_the_events_of_a_fork_tell_the_child_and_the_flipped_pages():
    event = the(run(fork(""), PAGE_OF_ONE), Event.FORK)
    assert (event["pid"], event["value"], event["pages"]) == (1, 2, 2)


def test_a_process_that_never_stores_never_copies():
    result = run(fork(fork("", ""), ""), PAGE_OF_ONE)
    assert kinds(result, "COPY", "REUSE") == []
