"""A second format is a module and a row: MMU, kernel, settings and observers take it as they take RISC-V's."""

import pytest

from tests.paging.beside import said_beside

# An Mmu and a table at each level, in the first four frames of its memory, down to a page for everything.
MMU = """
from emulator import Mmu
from tests.paging.reversed import PRESENT, make_leaf, make_pointer
mmu = Mmu(paging="reversed", engine="plain")
VA, ALL = 0x12345000, 0xFF
def put(table, level, entry):
    mmu.memory.write(table * 4096 + (VA >> 12 + 8 * level & 255) * 8, entry)
for level in (3, 2, 1):
    put(3 - level, level, make_pointer(4 - level))
put(3, 0, make_leaf(0x200, ALL))
def outcome(access, va=VA):
    out = mmu.translate(va, access)
    return out.fault.name if out.fault else hex(out.pa)
"""


def test_the_walker_reads_an_entry_a_level_with_indices_of_another_width():
    said = said_beside(MMU + "out = mmu.translate(VA + 0x678); print(hex(out.pa), *map(hex, out.references))")
    assert said == [f"0x200678 {0:#x} {4096 + 1 * 8:#x} {8192 + 0x23 * 8:#x} {12288 + 0x45 * 8:#x}"]


@pytest.mark.parametrize(
    ("right", "access", "fault"),
    [("R", "load", "READ_PROTECTED"), ("W", "store", "WRITE_PROTECTED"), ("X", "fetch", "NO_EXECUTE")],
)
def test_a_right_that_lies_elsewhere_in_an_entry_is_the_same_right(right, access, fault):
    said = said_beside(
        f"{MMU}from emulator.base.bits import {right}\n"
        f"put(3, 0, make_leaf(0x200, ALL & ~{right}))\n"
        f"print(*[outcome(access) for access in ('load', 'store', 'fetch')])"
    )
    outcomes = dict(zip(("load", "store", "fetch"), said[0].split(), strict=True))
    assert outcomes.pop(access) == fault
    assert set(outcomes.values()) == {"0x200000"}


def test_what_a_table_denies_is_denied_below_it():
    said = said_beside(
        f"{MMU}from emulator.base.bits import W\n"
        "put(1, 2, make_pointer(2) | 1 << 5)  # no W\n"
        "print(outcome('load'), outcome('store'))"
    )
    assert said == ["0x200000 WRITE_PROTECTED"]


def test_a_page_of_a_size_that_no_tlb_has_is_held_as_smaller_ones():
    said = said_beside(
        f"{MMU}put(2, 1, make_leaf(0x300, ALL))  # 1 MiB\n"
        "print(outcome('load'), outcome('load', VA + 0x1000), outcome('load', VA), mmu.counters['walk.count'])"
    )
    assert said == ["0x345000 0x346000 0x345000 2"]


@pytest.mark.parametrize("entry", ["0", "make_leaf(0x301, ALL)"])
def test_its_own_faults_are_found(entry):
    fault = {"0": "NOT_PRESENT"}.get(entry, "MISALIGNED_SUPERPAGE")
    assert said_beside(f"{MMU}put(2, 1, {entry}); print(outcome('load'))") == [fault]


def test_programs_keep_their_promises_on_page_tables_of_the_second_format():
    """Copies on write, unmapping, protection and shared memory; `check` also looks for uses of stale entries."""
    programs = [f"programs/{name}.s" for name in ("parent_writes_first", "mprotect_split", "shared_anonymous")]
    arguments = ["pagewalk", "check", *programs, "--paging", "reversed", "--engine", "plain"]
    said = said_beside(f"import sys; sys.argv = {arguments}\nfrom emulator.cli import main; sys.exit(main())")
    assert all(any(program in line for line in said) for program in programs), said


def test_a_copy_is_told_by_its_rights_whatever_the_format():
    """V R U A D: fork has taken W alone from a page that was written; then the copy, which has it."""
    said = said_beside(
        "from emulator import Machine; from emulator.base.names import Event; from isa import Program\n"
        "machine = Machine(paging='reversed', engine='plain')\n"
        "machine.spawn(Program.load('programs/parent_writes_first.s'))\n"
        "result = machine.run()\n"
        "copy = result.events[result.events['kind'] == Event.COPY][0]\n"
        "print(*(hex(result.rights_of(copy[name])) for name in ('pte_before', 'pte_after')))"
    )
    assert said == ["0xd3 0xd7"]


def test_the_second_format_is_a_word_of_its_setting():
    said = said_beside("from emulator.config.settings import BY_NAME; print(BY_NAME['paging'].option)")
    assert said == ["sv39, sv48, sv57, x86-64, x86-64-la57, arm64 or reversed."]
