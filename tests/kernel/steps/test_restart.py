"""An access that faults runs again from the start, as if nothing had happened: F50-F54."""

import pytest

from emulator import Machine
from emulator.base.names import Access, Event, Fault, Found
from isa import assemble
from tests.running import PAGE, PROT_READ, call, faults, fork, leave, mmap, run, show, source, the, words

pytestmark = pytest.mark.both_engines

TWO = mmap(2 * PAGE) + "mv s0, a0\nli t0, 4096\nadd s1, s0, t0\n"  # s1: the second of two pages


def test_F50_the_event_of_a_fault_names_the_instruction_that_took_it():
    program = assemble(source("la s0, d\nnop\nthere: ld t0, 0(s0)\n" + leave(0), bss="d: .space 8"))
    event = the(run(program), Event.ZERO_MAP)
    assert event["pc"] == program.symbols["there"]
    assert event["va"] == program.symbols["d"]


@pytest.mark.parametrize(
    "instruction", ["ld s2, 0(s0)", "lr.d s2, (s0)", "amoadd.d s2, s3, (s0)", "ld.pi s2, 8(s0)", "lb s2, 0(s0)"]
)
def test_F50_a_fatal_fault_leaves_every_register_as_it_was(instruction):
    machine = Machine(memory="8MiB")
    machine.spawn(assemble(source(f"li s0, 0x1000\nli s2, 77\nli s3, 5\n{instruction}\n")))
    machine.run()
    registers = machine.world.harts["regs"][0]
    assert (int(registers[8]), int(registers[18]), int(registers[19])) == (0x1000, 77, 5)


def test_F50_a_trap_retires_nothing():
    result = run("li s0, 0x1000\nld s2, 0(s0)\nnop\nnop\n")
    assert result.instructions == 1
    assert result.counters["loads"] == 0


# The assembler refuses jumps to misaligned addresses, so two are given as words: `jal ra, . + 6`, `beq x0, x0, . + 6`.
@pytest.mark.parametrize("jump", ["jalr ra, 2(s0)", ".word 0x006000ef", ".word 0x00000363"])
def test_F50_a_jump_to_a_misaligned_address_traps_at_the_jump_and_links_nothing(jump):
    program = assemble(source(f"la s0, 1f\nli ra, 77\nhere: {jump}\n1: nop\n"))
    machine = Machine(memory="8MiB")
    machine.spawn(program)
    result = machine.run()
    assert result.exit_status == 128 + 7
    assert int(machine.world.harts["regs"][0, 1]) == 77
    assert int(machine.world.harts["pc"][0]) == program.symbols["here"]


def test_a_branch_not_taken_may_have_a_misaligned_target():
    assert run(".word 0x00001363  # bne x0, x0, . + 6\n").exit_status == 0


def test_F51_a_store_across_two_copy_on_write_pages_faults_on_each_and_stores_once():
    text = TWO + "sd zero, 0(s0)\nsd zero, 0(s1)\n"
    result = run(text + fork("li t0, -1\nsd t0, -4(s1)\nld s2, -8(s1)\nld s3, 0(s1)\n" + show("s2", "s3")))
    assert faults(result)[:4] == ["ZERO_FILL", "ZERO_FILL", "COPY", "COPY"]
    copies = result.events[result.events["kind"] == Event.COPY]
    assert copies["pc"][0] == copies["pc"][1]
    assert [int(va) % PAGE for va in copies["va"]] == [PAGE - 4, 0]
    assert words(result) == [-1 << 32, (1 << 32) - 1]


@pytest.mark.parametrize("bad", ["first", "second"])
def test_F51_a_store_across_pages_of_which_one_is_bad_changes_no_byte_of_the_other(bad):
    """In shared memory, so that the parent sees what the dead child left."""
    shared = TWO.replace("li a3, 34", "li a3, 33") + "li t0, 1\nsd t0, -8(s1)\nsd t0, 0(s1)\n"
    protect = call("mprotect", "s0" if bad == "first" else "s1", PAGE, PROT_READ)
    parent = "ld s2, -8(s1)\nld s3, 0(s1)\n" + show("s2", "s3")
    result = run(shared + fork(protect + "li t0, -1\nsd t0, -4(s1)\n", parent))
    event = the(result, Event.REFUSED)
    assert event["va"] % PAGE == (PAGE - 4 if bad == "first" else 0)
    assert words(result) == [1, 1]


def test_F51_a_load_across_pages_reports_the_page_that_is_bad():
    result = run(TWO + call("munmap", "s1", PAGE) + "ld t0, -4(s1)\n")
    event = the(result, Event.REFUSED)
    assert (event["access"], event["fault"], event["va"] % PAGE) == (Access.LOAD, Fault.NOT_PRESENT, 0)


def test_F51_code_runs_across_a_page_boundary():
    """The two instructions on either side of it, on pages that lie apart in memory."""
    code = "la t0, 9f\nld t1, 0(t0)\nsw t1, -4(s1)\nsrli t1, t1, 32\nsw t1, 0(s1)\nlw t1, 8(t0)\nsw t1, 4(s1)\n"
    go = call("mprotect", "s0", 2 * PAGE, 5) + "addi t0, s1, -4\njalr t0\n" + leave("s2")
    go += ".balign 8\n9: li s2, 3\naddi s2, s2, 4\nret\n"
    assert run(TWO + code + go).exit_status == 7


def test_F51_a_fetch_beyond_the_last_page_of_code_faults_there():
    go = call("munmap", "s1", PAGE) + "la t0, 9f\nlw t1, 0(t0)\nsw t1, -4(s1)\n"
    go += call("mprotect", "s0", PAGE, 5) + "addi t0, s1, -4\njr t0\n9: nop\n"
    result = run(TWO + go)
    event = the(result, Event.REFUSED)
    assert (event["access"], event["va"] % PAGE, event["pc"]) == (Access.FETCH, 0, event["va"])


def test_F52_a_block_copy_goes_on_where_it_stopped():
    """Each page of the target faults once, with its first byte; the copy is one instruction throughout."""
    text = mmap(4 * PAGE) + "mv s0, a0\nmv a0, s0\nla a1, d\nli a2, 3 * 4096 + 5\nmv s1, a2\nbcopy a0, a1, a2\n"
    data = "d:\n" + ".dword 0x0102030405060708\n" * 1600
    result = run(text + call("write", 1, "s0", 3 * PAGE + 5), data)
    assert result.out == (bytes(range(8, 0, -1)) * 1600)[: 3 * PAGE + 5]
    fills = result.events[result.events["kind"] == Event.ZERO_FILL]
    assert [int(va) % PAGE for va in fills["va"]] == [0, 0, 0, 0]
    assert len(set(fills["pc"])) == 1


def test_F52_a_block_copy_that_dies_has_copied_all_before():
    shared = mmap(PAGE, flags=0x21) + "mv s0, a0\n"
    child = "li t0, 4096 - 24\nadd a0, s0, t0\nla a1, d\nli a2, 64\nbcopy a0, a1, a2\n"
    parent = "li t0, 4096 - 24\nadd s1, s0, t0\nld s2, 0(s1)\nld s3, 16(s1)\n" + show("s2", "s3")
    result = run(shared + fork(child, parent), "d: .dword 1, 2, 3, 4, 5, 6, 7, 8")
    assert words(result) == [1, 3]
    event = the(result, Event.REFUSED)
    assert event["va"] % PAGE == 0


def test_F53_a_post_increment_that_faults_moves_its_base_once():
    text = TWO + "sd zero, 0(s0)\n"
    child = "mv t0, s0\nli t1, 7\nsd.pi t1, 8(t0)\nsub s2, t0, s0\nld s3, 0(s0)\n" + show("s2", "s3")
    result = run(text + fork(child))
    assert faults(result)[:2] == ["ZERO_FILL", "COPY"]
    assert words(result) == [8, 7]


def test_F53_a_post_increment_load_of_an_untouched_page_moves_its_base_once():
    assert words(run(TWO + "mv t0, s0\nld.pi s3, 16(t0)\nsub s2, t0, s0\n" + show("s2", "s3"))) == [16, 0]


def test_F54_an_amo_on_a_shared_page_takes_effect_once():
    text = TWO + "li t0, 5\nsd t0, 0(s0)\n"
    result = run(text + fork("li t0, 1\namoadd.d s2, t0, (s0)\nld s3, 0(s0)\n" + show("s2", "s3")))
    assert words(result) == [5, 6]
    event = the(result, Event.COPY)
    assert event["access"] == Access.AMO


def test_the_restart_is_told_where_its_translation_was_found():
    """After the copy the page was flushed, and no pointer to its table (F21): the store's walk reads the leaf."""
    event = the(run("la s0, d\n" + fork("sd zero, 0(s0)"), "d: .dword 1"), Event.COPY)
    assert (event["restart_found"], event["restart_reads"]) == (Found.WALK, 1)
