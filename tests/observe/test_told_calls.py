"""The lines of system calls, forks, waits and switches, and what invalidations add to them (F100 to F103)."""

import errno
import io

import pytest
from rich.console import Console

from emulator.base.kernel_names import FlushCause
from emulator.base.names import Cost, Event
from emulator.observe.explain import explain
from tests.observe.made import COPY, MPROTECT, invalidations, result


def story(*rows, fold=True, **changes):
    """The lines of the story up to its tables."""
    out = io.StringIO()
    console = Console(file=out, width=400)
    for part in explain(result(*rows, **changes), fold=fold):
        console.print(part, soft_wrap=True)
    return out.getvalue().split("\n1,000 instructions")[0].rstrip("\n").splitlines()


def test_a_system_call_is_one_line_with_its_place_its_words_and_its_whole_cost():  # F100
    assert story(MPROTECT) == ["mprotect   pid 1   story.s:3   2 pages at 0x20000: r--   90 cycles: trap 60, work 30"]


@pytest.mark.parametrize(
    ("number", "arguments", "value", "words"),
    [
        (226, (0x20000, 4096, 3), 0, "mprotect   pid 1   story.s:3   1 page at 0x20000: rw-"),
        (226, (0x20001, 4096, 3), -errno.EINVAL, "1 page at 0x20001: rw-: refused, EINVAL"),
        (215, (0x20000, 4097), 0, "munmap   pid 1   story.s:3   2 pages at 0x20000: unmapped"),
        (222, (0, 8192, 3, 0x21, -1, 0), 0x40000, "2 pages of shared anonymous memory, rw-, at 0x40000"),
        (222, (0, 8192, 3, 0x22, -1, 0), -errno.ENOMEM, "2 pages of private anonymous memory, rw-: refused, ENOMEM"),
        (64, (1, 0x20000, 6), 6, "6 bytes to standard output"),
        (64, (2, 0x20000, 6), 4, "6 bytes to standard error: 4 written"),
        (220, (0x10100, 0x30000, 0, 0, 0), 4, "clone   pid 1   story.s:3   thread 4 begins"),
        (220, (0x4111, 0, 0, 0, 0), 4, "clone   pid 1   story.s:3   pid 4 begins, sharing the memory"),
        (98, (0x20000, 0x81, 1), 1, "WAKE at 0x20000: 1 woken"),
        (98, (0x20000, 0, 1), 0, "WAIT at 0x20000: goes on"),
        (57, (3, 7, 7), 0, "close   pid 1   story.s:3   (3) = 0"),
        (57, (3, 7, 7), -errno.EBADF, "(3) = EBADF"),
        (5000, (1, 2, 3), -errno.ENOSYS, "call 5000   pid 1   story.s:3   no such call: ENOSYS"),
    ],
)
def test_a_system_call_says_what_it_asked_for_and_got(number, arguments, value, words):  # F103
    row = {"pages": number, "value": value, "arguments": arguments + (0,) * (6 - len(arguments)), "cost": {}}
    assert story(MPROTECT | row)[0].endswith(words)


def test_a_call_that_waits_says_so_where_it_begins_to():
    row = {"kind": Event.WAIT, "pages": 98, "arguments": (0x20000, 0, 1, 0, 0, 0)}
    assert story(MPROTECT | row)[0].startswith("futex   pid 1   story.s:3   WAIT at 0x20000: has to wait   90 cycles")


def test_a_fork_has_the_cost_of_the_clone_that_asked_for_it():  # F100
    fork = {"kind": Event.FORK, "pid": 1, "pc": 0x10008, "value": 2, "pages": 3, "cost": {Cost.KERNEL_PTE: 500}}
    clone = MPROTECT | {"pages": 220, "value": 2, "arguments": (17, 0, 0, 0, 0, 0)}
    words = "pid 2 begins, 3 pages now read-only in both   590 cycles: trap 60, pte 500, work 30"
    assert story(fork, clone) == [f"fork   pid 1   story.s:3   {words}"]


def test_a_fork_that_failed_says_why():
    fork = {"kind": Event.FORK, "pid": 1, "pc": 0x10008, "value": 2}
    clone = MPROTECT | {"pages": 220, "value": -errno.ENOMEM, "arguments": (17, 0, 0, 0, 0, 0), "cost": {}}
    assert story(fork, clone)[0] == "fork   pid 1   story.s:3   a process: refused, ENOMEM"


def test_a_new_program_has_the_cost_of_its_execve():
    begun = {"kind": Event.EXEC, "pid": 1, "cost": {Cost.KERNEL_CLEAR: 10}}
    call = MPROTECT | {"pages": 221, "arguments": (0,) * 6, "cost": {Cost.TRAP_RETURN: 5}}
    assert story(begun, call)[0] == "exec   pid 1   runs story.s from its entry   15 cycles: return 5, clear 10"


def test_the_thread_is_named_where_a_process_has_several_and_the_hart_where_the_machine_has():
    hart = ({"cycles": 0}, {"idle": 0})
    assert story(MPROTECT, MPROTECT | {"tid": 7})[1].startswith("mprotect   pid 1   thread 7   story.s:3")
    assert story(MPROTECT, per_hart=(hart, hart))[0].startswith("mprotect   pid 1   hart 0   story.s:3")


ROW = {"cause": FlushCause.PROTECT, "pages": 2, "told": 2, "ipis": 2, "wait": 1900, "stolen": 2400}
HARTS = {"harts": (0b110,) + (0,) * 7}


def test_a_call_tells_what_it_invalidated_whom_it_told_and_what_that_took():  # F101
    line = story(MPROTECT | {"invalidations": 1}, invalidation_parts=invalidations(ROW | HARTS))[0]
    words = "2 pages invalidated, harts 1, 2 interrupted, waited 1,900 cycles, took 2,400 cycles from them"
    assert f"2 pages at 0x20000: r--, {words}   90 cycles" in line


def test_a_fault_has_a_row_for_the_harts_that_it_told():  # F101
    lines = story(COPY | {"invalidations": 1}, invalidation_parts=invalidations(ROW | HARTS))
    assert "  harts    harts 1, 2 interrupted, waited 1,900 cycles, took 2,400 cycles from them" in lines


def test_hardware_that_reaches_other_harts_interrupts_nobody():
    row = {"cause": FlushCause.PROTECT, "told": 3, "harts": (0b1110,) + (0,) * 7}
    line = story(MPROTECT | {"invalidations": 1}, invalidation_parts=invalidations(row))[0]
    assert "the whole address space invalidated, harts 1-3 reached by hardware" in line


def test_an_invalidation_is_told_by_the_innermost_event():  # F101
    ledger = invalidations({"pages": 1, "cause": FlushCause.COPY}, {"pages": 2, "cause": FlushCause.UNMAP})
    inner = COPY | {"pid": 1, "pc": 0x10008, "usercopy": 1, "invalidation": 0, "invalidations": 1}
    lines = story(inner, MPROTECT | {"invalidations": 2}, invalidation_parts=ledger)
    assert "2 pages invalidated" in lines[-1]


def test_equal_faults_in_a_row_are_one_paragraph_and_a_count():  # F102
    second, third = COPY | {"va": 0x3FB7B000}, COPY | {"va": 0x3FB7C000, "cost": {Cost.KERNEL_COPY: 90}}
    lines = story(COPY, second, third)
    assert lines[-1] == "  again    2 more like it, va 0x3fb7b000 to 0x3fb7c000, 1,700 cycles"
    assert sum(line.startswith("fault") for line in lines) == 1


def test_faults_are_numbered_as_if_none_were_folded():  # F102
    assert story(COPY, COPY, COPY | {"pc": 0x10004})[-8].startswith("fault 3 ")


def test_all_tells_each_repetition_in_full():  # F102
    lines = story(COPY, COPY, fold=False)
    assert sum(line.startswith("fault") for line in lines) == 2


def test_calls_that_differ_in_more_than_their_address_are_not_equal():  # F102
    elsewhere = MPROTECT | {"arguments": (0x40000, 8192, 1, 0, 0, 0)}
    assert story(MPROTECT, elsewhere)[1] == "  again    1 more like it, at 0x40000, 90 cycles"
    assert "again" not in "".join(story(MPROTECT, MPROTECT | {"arguments": (0x20000, 8192, 3, 0, 0, 0)}))


def test_calls_that_come_again_in_the_same_order_are_told_once():  # F102
    both = (MPROTECT, MPROTECT | {"pages": 215})
    assert story(*both * 4)[2:] == ["  again    mprotect, munmap, 3 more times in this order, 540 cycles"]


def test_repetitions_are_found_on_each_hart_for_itself():  # F102
    hart = ({"cycles": 0}, {"idle": 0})
    rows = (MPROTECT, MPROTECT | {"hart": 1, "pages": 215}) * 3
    lines = story(*rows, per_hart=(hart, hart))
    assert [line for line in lines if "again" in line] == ["  again    2 more like it, 180 cycles"] * 2
