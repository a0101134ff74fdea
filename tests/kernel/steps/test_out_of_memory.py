"""Running out of frames, everywhere it can happen: a defined outcome, and every frame comes back. F63, F68."""

import pytest

from emulator import Machine
from emulator.base.errors import ProgramError
from isa import assemble
from tests.running import (
    ANONYMOUS,
    CLONE_VFORK,
    CLONE_VM,
    PAGE,
    PRIVATE,
    SHARED,
    SIGCHLD,
    call,
    check,
    faults,
    fork,
    label,
    leave,
    mmap,
    run,
    show,
    source,
    spawn,
    words,
)

ENOMEM = 12
LEAST = 256  # pages: the smallest machine has 1 MiB


def eat(pages):
    """Store to so many pages of a new mapping, one frame each; the address is left in s11."""
    loop = label()
    store = f"{loop}: sd t1, 0(t0)\nadd t0, t0, t2\naddi t1, t1, -1\nbnez t1, {loop}\n"
    return f"{mmap(pages * PAGE)}mv s11, a0\nmv t0, a0\nli t1, {pages}\nli t2, 4096\n{store}"


def clone(child):
    """fork; s1 is the result; the child runs `child` and ends with 0, the parent goes on whether it worked or not."""
    there = label()
    return f"{call('clone', SIGCHLD, 0, 0, 0, 0)}mv s1, a0\nbnez a0, {there}\n{child}\n{leave(0)}{there}:\n"


def free_pages(text, data="", **machine):
    """How many frames are left free on the smallest machine at the worst moment of this program."""
    result = run(text, data, memory=LEAST * PAGE, **machine)
    assert result.exit_status == 0
    return LEAST - result.counters["frames.peak"]


@pytest.mark.parametrize("mode", ["cow", "eager", "cow-stack", "shared-tables"])
def test_F63_fork_fails_with_enomem_at_every_allocation_it_makes(mode):
    """Where fork succeeds the child may still run out at its store; the parent never sees the child's bytes."""
    outcomes = set()
    for pages in range(12):
        text = clone("sd zero, 0(s11)") + "bltz s1, 1f\n"
        text += (
            call("wait4", -1, 0, 0, 0)
            + "ld s2, 0(s11)\nbeqz s2, 2f\n"
            + leave(0)
            + f"1: neg s1, s1\n{leave('s1')}2: {leave(99)}"
        )
        free = free_pages(eat(1))
        result = run(eat(1 + free - pages) + text, memory=LEAST * PAGE, fork=mode)
        assert result.exit_status in (0, ENOMEM)
        if result.exit_status == ENOMEM:
            assert len(result.processes) == 1
            assert result.counters["fork.count"] == 0
        outcomes.add((result.exit_status, result.processes[-1].signal))
    assert (ENOMEM, None) in outcomes


def test_F63_after_a_failed_fork_the_parent_still_has_its_pages():
    """Pages that fork had flipped to read-only are re-used, not lost; the flush came on the error path too (F64)."""
    text = "li s5, 77\nsd s5, 0(s11)\n" + clone("")
    text += (
        "ld s2, 0(s11)\nsd s1, 0(s11)\nld s3, 0(s11)\nbne s2, s5, 1f\nbne s3, s1, 1f\nbgez s1, 1f\n"
        + leave(0)
        + "1: "
        + leave(99)
    )
    free = free_pages(eat(1))
    statuses = [run(eat(1 + free - pages) + text, memory=LEAST * PAGE).exit_status for pages in range(8)]
    assert statuses == sorted(statuses, key=[0, 128 + 9, 99].index)  # in between fork succeeds, but not the copy
    assert {0, 99} <= set(statuses)


def test_F63_a_store_with_no_frame_left_ends_in_sigkill_and_changes_nothing():
    result = run(eat(LEAST), memory=LEAST * PAGE)
    event = result.events[result.events["fault"] > 0][-1]
    assert result.exit_status == 128 + 9
    assert faults(result)[-1] == "OUT_OF_MEMORY"
    assert event["pte_before"] == event["pte_after"] == 0


def test_F63_a_copy_with_no_frame_left_ends_the_writer_and_spares_the_other():
    """The child cannot copy; the parent, sole owner then, re-uses the page with its own bytes in it."""
    free = free_pages(eat(1))
    seen = set()
    for pages in range(3, 9):
        text = (
            eat(1 + free - pages)
            + "li t0, 5\nsd t0, 0(s11)\n"
            + fork("sd zero, 0(s11)\nsd zero, 0(s11)", "ld s1, 0(s11)\nsd s1, 0(s11)\n" + leave("s1"))
        )
        result = run(text, memory=LEAST * PAGE)
        if "OUT_OF_MEMORY" in faults(result) and result.counters["fork.count"]:
            seen.add("killed")
            assert result.processes[1].signal == 9
            assert result.exit_status == 5
            assert faults(result)[-1] == "REUSE"
    assert seen == {"killed"}


def test_F63_a_page_table_with_no_frame_left_ends_in_sigkill():
    """Stores 1 GiB apart need two tables each besides their page."""
    text = "li s0, 0x40000000\nli s1, 0x40000000\n1:\n" + call("mmap", "s0", PAGE, 3, PRIVATE | ANONYMOUS, -1, 0)
    text += "sd s0, 0(s0)\nadd s0, s0, s1\nj 1b\n"
    for pages in range(LEAST, LEAST + 4):
        result = run(text, memory=pages * PAGE)
        assert result.exit_status == 128 + 9


@pytest.mark.parametrize("left", range(6))
def test_F63_shared_memory_with_no_frame_left_is_enomem_or_sigkill(left):
    """mmap itself needs a frame for the object; the first touch needs tables and a page."""
    text = (
        mmap(PAGE, flags=SHARED | ANONYMOUS)
        + "mv s0, a0\nbltz a0, 1f\nsd zero, 0(s0)\n"
        + leave(0)
        + "1: neg s1, s0\n"
        + leave("s1")
    )
    free = free_pages(eat(1))
    result = run(eat(1 + free - left) + text, memory=LEAST * PAGE)
    assert result.exit_status in ({ENOMEM} if left == 0 else {128 + 9} if left < 4 else {128 + 9, 0})


@pytest.mark.parametrize("pages", range(LEAST, LEAST + 3))
def test_F63_F97_a_copy_out_ends_where_no_frame_is_left_and_says_how_much_was_read(pages):
    size = 2 * LEAST * PAGE
    text = mmap(size) + "mv s0, a0\n" + call("read", 0, "s0", size)
    text += f"li t0, {size}\nslt t1, a0, t0\nslt t2, zero, a0\nand s1, t1, t2\nli t0, 4095\nand t0, t0, a0\n"
    result = run(text + "bnez t0, 1f\n" + leave("s1") + "1:\n", memory=pages * PAGE, stdin=bytes(size))
    assert result.exit_status == 1


def test_F63_execve_with_too_little_memory_is_enomem_and_the_caller_goes_on(tmp_path):
    (tmp_path / "big.s").write_text(source(leave(0), data="x: .space 40 * 4096, 1"))
    data = 'path: .asciz "big"'
    free = free_pages(eat(1), data)
    tried = call("execve", "=path", 0, 0) + "neg s1, a0\n" + leave("s1")
    statuses = [
        run(eat(1 + free - left) + tried, data, memory=LEAST * PAGE, root=tmp_path).exit_status for left in range(64)
    ]
    assert statuses[0] == ENOMEM
    assert set(statuses) == {ENOMEM, 0}
    assert statuses == sorted(statuses, reverse=True)


def test_F63_a_fork_that_ran_out_can_be_tried_again_when_memory_is_back():
    free = free_pages(eat(1))
    there = label()
    text = (
        eat(1 + free)
        + call("clone", SIGCHLD, 0, 0, 0, 0)
        + f"bgez a0, 1f\n{call('munmap', 's11', (1 + free) * PAGE)}"
        + fork(leave(0))
        + f"j {there}\n1: {leave(99)}{there}:\n"
    )
    result = run(text, memory=LEAST * PAGE)
    assert (result.exit_status, len(result.processes)) == (0, 2)


def test_F63_a_vfork_needs_no_frame():
    there = label()
    vfork = f"{call('clone', CLONE_VM | CLONE_VFORK | SIGCHLD, 0, 0, 0, 0)}bnez a0, {there}\n{leave(0)}{there}:\n"
    free = free_pages(eat(1))
    result = run(eat(1 + free) + vfork + "slti s1, a0, 1\n" + leave("s1"), memory=LEAST * PAGE)
    assert (result.exit_status, len(result.processes)) == (0, 2)


@pytest.mark.parametrize("extra", range(12))
def test_F63_a_program_that_does_not_fit_is_refused_and_holds_nothing(extra):
    """Data of nearly all of memory: with each page more another allocation of spawn is the one that fails."""
    size = LEAST - 12 + extra
    machine = Machine(memory=LEAST * PAGE)
    big = assemble(source("ld t0, x\n", data=f"x: .space {size} * 4096, 1"))
    if size + 9 <= LEAST:  # boot 2, root 1, tables of two levels for program and stack 4, text 1, stack 1
        machine.spawn(big)
        assert check(machine.run()).exit_status == 0
    else:
        with pytest.raises(ProgramError, match="does not fit"):
            machine.spawn(big)
        machine.spawn(assemble(source(leave(3))))
        assert check(machine.run()).exit_status == 3


def test_F68_children_until_memory_is_gone_give_everything_back():
    """Each child holds a page of its own and waits; the last fork or store fails; then all are killed."""
    loop = label()
    child = "sd zero, 0(s0)\n" + f"1: {call('sched_yield')}j 1b\n"
    text = f"la s0, d\nli s4, 0\n{loop}:\n{spawn(child)}bltz a0, 2f\naddi s4, s4, 1\n{call('sched_yield')}"
    text += f"li t0, 100\nblt s4, t0, {loop}\n2:\nli s5, 2\n"
    text += f"3: {call('kill', 's5', 9)}addi s5, s5, 1\naddi t0, s4, 2\nble s5, t0, 3b\n"
    text += f"4: {call('wait4', -1, 0, 0, 0)}bgtz a0, 4b\n"
    result = run(text + show("s4"), "d: .dword 1", memory=LEAST * PAGE, max_instructions=200_000)
    assert result.ended == "exit"
    assert result.exit_status in (0, 128 + 9)
    assert words(result)[0] > 10


def test_a_process_more_than_there_are_address_spaces_for_is_not_forked():
    """1024 of them; fork then says that memory is short, and all of it comes back when the others are killed."""
    wait_for_ever = f"6: {call('sched_yield')}j 6b\n"
    text = f"li s4, 0\n5:\n{spawn(wait_for_ever)}bltz a0, 7f\naddi s4, s4, 1\nj 5b\n7: mv s6, a0\n{show('s4', 's6')}"
    text += f"li s5, 2\n8: {call('kill', 's5', 9)}addi s5, s5, 1\nbeqz a0, 8b\n"
    result = run(text, memory="64MiB")
    assert words(result) == [1023, -12]
    assert result.ended == "exit"
