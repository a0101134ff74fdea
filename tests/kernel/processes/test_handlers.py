"""Handlers of signals: how they begin, what they find, how the program goes on after them (F3, F50, F66)."""

import pytest

from emulator.base.names import Event
from tests.kernel.processes.handlers import (
    BLOCK,
    CONT,
    ILL,
    NODEFER,
    ONSTACK,
    PC,
    RESETHAND,
    SEGV,
    SIGALTSTACK,
    SIGRETURN,
    TERM,
    TRAP,
    UNBLOCK,
    USR1,
    USR2,
    handle,
    handlers,
    mask,
    send,
    tell,
)
from tests.running import PROT_READ, READ_WRITE, call, fork, kinds, run, show, words

pytestmark = pytest.mark.both_engines

PAGE = "page: .dword 5\n.balign 4096\nafter: .dword 6\n.balign 4096\n"
BSS = "other: .space 8192\nother_end:\n"
PROTECT = call("mprotect", "=page", 4096, PROT_READ)
UNPROTECT = call("mprotect", "=page", 4096, READ_WRITE)
SHOW_INFO = "lw s0, 0(s10)\nlw s1, 8(s10)\nld s2, 16(s10)\n" + show("s0", "s1", "s2")
PASS_OVER = f"ld t0, {PC}(s10)\naddi t0, t0, 4\nsd t0, {PC}(s10)\n"


def ran(text, *bodies, data=PAGE, **machine):
    return run(text + handlers(*bodies), data, BSS, **machine)


def test_a_handler_runs_and_the_program_goes_on_behind_the_call():
    result = ran(handle(USR1, "h0") + send(USR1) + tell(2), tell(1))
    assert words(result) == [1, 2]
    assert result.counters["signal.delivered"] == 1
    assert result.exit_status == 0


def test_F3_F50_a_store_whose_page_the_handler_unprotects_runs_again_and_takes_effect_once():
    text = handle(SEGV, "h0") + PROTECT + "la s3, page\nli s4, 9\nsd s4, 0(s3)\nld s5, 0(s3)\n" + show("s5")
    result = ran(text, UNPROTECT)
    assert words(result) == [9]
    assert result.counters["signal.delivered"] == 1
    assert result.counters["fault.fatal"] == 1


@pytest.mark.parametrize(
    ("before", "address", "code"),
    [("", "64", 1), (PROTECT, "page + 8", 2), ("", "_start", 2)],
    ids=["nothing is mapped", "the region is read-only", "it is text"],
)
def test_a_handler_is_told_where_the_access_went_and_why_it_was_refused(before, address, code):
    text = handle(SEGV, "h0") + before + f"la s3, {address}\nmv s4, s3\nsd zero, 0(s3)\n"
    found = words(ran(text, SHOW_INFO + show("s4") + call("exit", 0)))
    assert found[:2] == [SEGV, code]
    assert found[2] == found[3]


def test_an_illegal_instruction_and_a_breakpoint_are_told_by_their_own_addresses():
    text = handle(ILL, "h0") + handle(TRAP, "h0") + "la s4, 1f\n1: .word -1\nla s4, 1f\n1: ebreak\n" + tell(7)
    found = words(ran(text, SHOW_INFO + show("s4") + PASS_OVER))
    assert found[0::4][:2] == [ILL, TRAP]
    assert found[1::4][:2] == [1, 1]
    assert (found[2], found[6], found[8]) == (found[3], found[7], 7)


def test_a_misaligned_atomic_is_a_bus_error():
    found = words(ran(handle(7, "h0") + "la s3, page + 2\nmv s4, s3\nlr.w t0, (s3)\n", SHOW_INFO + call("exit", 0)))
    assert found[:2] == [7, 1]


def test_who_sent_a_signal_is_told():
    body = "lw s0, 8(s10)\nlw s1, 16(s10)\nlw s2, 20(s10)\n" + show("s0", "s1", "s2")
    assert words(ran(handle(USR1, "h0") + send(USR1), body)) == [0, 1, 0]


def test_a_signal_to_a_thread_says_so():
    found = words(ran(handle(USR1, "h0") + call(131, 1, 1, USR1), "lw s0, 8(s10)\n" + show("s0")))
    assert found == [-6]


def test_a_handler_finds_the_registers_and_may_change_them():
    """The frame has x1 to x31 behind the program counter; what is there is what the program goes on with."""
    text = handle(USR1, "h0") + call("getpid") + "li a1, 10\nli a7, 129\nli s5, 77\necall\n" + show("s5")
    body = f"ld s5, {PC + 8 * 21}(s10)\n{show('s5')} li s5, 78\nsd s5, {PC + 8 * 21}(s10)\n"
    assert words(ran(text, body)) == [77, 78]


def test_a_handler_has_its_signal_put_off_and_those_of_its_mask():
    body = call(135, 0, 0, "=page", 8) + "ld s0, page\n" + show("s0")
    found = words(ran(handle(USR1, "h0", mask=1 << TERM - 1 | 1 << 8) + send(USR1), body))
    assert found == [1 << USR1 - 1 | 1 << TERM - 1]


def test_a_handler_with_nodefer_is_interrupted_by_its_own_signal():
    text = handle(USR1, "h0", NODEFER) + "li s6, 0\n" + send(USR1) + show("s6")
    body = f"addi s6, s6, 1\nli t0, 3\nbgeu s6, t0, 1f\n{send(USR1)}1:"
    result = ran(text, body)
    assert result.counters["signal.delivered"] == 3


def test_a_handler_with_resethand_is_called_once():
    result = ran(handle(USR1, "h0", RESETHAND) + send(USR1) + tell(2) + send(USR1) + tell(3), tell(1))
    assert words(result) == [1, 2]
    assert result.exit_status == 128 + USR1


def test_signals_that_are_let_in_together_come_lowest_number_first_so_the_last_one_runs_first():
    text = handle(USR1, "h0") + handle(USR2, "h1") + mask(BLOCK, USR1, USR2) + send(USR2) + send(USR1)
    assert words(ran(text + mask(UNBLOCK, USR1, USR2) + tell(3), tell(1), tell(2))) == [2, 1, 3]


def test_of_a_signal_that_is_put_off_one_is_kept_and_of_a_real_time_one_all():
    text = handle(USR1, "h0") + handle(40, "h1") + mask(BLOCK, USR1, 40)
    result = ran(text + (send(USR1) + send(40)) * 3 + mask(UNBLOCK, USR1, 40), tell(1), tell(2))
    assert sorted(words(result)) == [1, 2, 2, 2]


def test_F54_a_fault_in_the_handler_of_faults_ends_the_process():
    result = ran(handle(SEGV, "h0") + "sd zero, 64(zero)\n", tell(1) + "sd zero, 64(zero)\n" + tell(2))
    assert words(result) == [1]
    assert result.exit_status == 128 + SEGV


def test_F54_a_fault_whose_signal_is_put_off_ends_the_process_that_has_a_handler():
    result = ran(handle(SEGV, "h0") + mask(BLOCK, SEGV) + "sd zero, 64(zero)\n", tell(1))
    assert (words(result), result.exit_status) == ([], 128 + SEGV)


def test_F54_a_frame_that_cannot_be_written_ends_the_process():
    result = ran(handle(SEGV, "h0") + "li sp, 64\nsd zero, 0(sp)\n", tell(1))
    assert (words(result), result.exit_status) == ([], 128 + SEGV)


def test_a_frame_that_cannot_be_written_is_a_fault_for_which_there_may_be_a_handler():
    stack = ".pushsection .data\nss: .dword other, 0, 8192\n.popsection\n" + call(SIGALTSTACK, "=ss", 0)
    text = stack + handle(USR1, "h0") + handle(SEGV, "h1", ONSTACK) + call("getpid") + "li sp, 64\n"
    result = ran(text + call("kill", "a0", USR1), tell(1), tell(2) + "lw s0, 8(s10)\n" + show("s0") + call("exit", 3))
    assert (words(result), result.exit_status) == ([2, 0x80], 3)


def test_F66_a_frame_breaks_sharing_as_a_store_does():
    """The child's frame goes to the top of a stack that it shares with its parent."""
    result = ran(handle(USR1, "h0") + "sd zero, -8(sp)\n" + fork(send(USR1)), "")
    events = result.events
    copied = events[(events["kind"] == Event.COPY) & (events["usercopy"] == 1)]
    assert len(copied) >= 1
    assert set(copied["pid"]) == {2}


def test_handlers_are_inherited_by_fork_with_the_page_that_they_return_to():
    assert words(ran(handle(USR1, "h0") + fork(send(USR1) + tell(2)), tell(1))) == [1, 2]


def test_a_handler_returns_through_a_page_of_the_kernels_own():
    result = ran(handle(USR1, "h0") + send(USR1), "mv s0, s8\n" + show("s0"))
    assert words(result) == [(1 << 38) - 4096]


@pytest.mark.parametrize("sp", ["li sp, 64", "li sp, -16", "la sp, other_end - 512", "la sp, page + 1"])
def test_a_return_without_a_frame_is_a_fault_and_never_more(sp):
    assert ran(f"{sp}\n" + call(SIGRETURN)).exit_status == 128 + SEGV


def test_a_frame_that_names_extensions_is_none():
    text = handle(USR1, "h0") + send(USR1)
    assert ran(text, "li t0, 1\nsw t0, 1084(s10)\n").exit_status == 128 + SEGV


@pytest.mark.parametrize("pc", [0, 0x7FFF_FFFF_FFFF_FFF0, -1, 0x11])
def test_a_frame_may_send_the_program_anywhere(pc):
    text = handle(USR1, "h0") + send(USR1)
    assert ran(text, f"li t0, {pc}\nsd t0, {PC}(s10)\n").exit_status == 128 + SEGV


def test_a_handler_at_no_address_is_a_fault():
    result = run(handle(USR1, "8") + send(USR1))
    assert result.exit_status == 128 + SEGV


def test_a_signal_that_lets_go_on_may_have_a_handler():
    assert words(ran(handle(CONT, "h0") + send(CONT) + tell(2), tell(1))) == [1, 2]


def test_what_delivery_takes_is_told_as_one_event_and_one_cost():
    result = ran(handle(USR1, "h0") + send(USR1), "")
    assert kinds(result, "HANDLER") == ["HANDLER"]
    assert result.costs["kernel.signal"] == 600 + 290  # what the profile says
