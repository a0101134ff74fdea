"""Programs on page tables of x86-64 and arm64: the same outcome as on RISC-V's, other walks and cycles."""

from pathlib import Path

import pytest

from emulator import Machine
from isa import Program

OTHERS = ("x86-64", "x86-64-la57", "arm64")
PROGRAMS = ("parent_writes_first", "mprotect_split", "shared_anonymous", "fork_exec", "zero_page", "dontneed")


def run(name, **machine):
    """The result of a program: the checker sees each use of a TLB entry."""
    machine = Machine(check_stale=True, **machine)
    machine.spawn(Program.load(Path("programs") / f"{name}.s"))
    return machine.run()


@pytest.mark.parametrize("paging", OTHERS)
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_does_what_it_does_on_sv39_in_other_cycles(name, paging):
    ours, other = run(name, paging=paging), run(name, paging="sv39")
    for counter in ("instructions", "loads", "stores", "fault.total", "cow.copies", "cow.reuses", "frames.leaked"):
        assert ours.counters[counter] == other.counters[counter], counter
    assert (ours.exit_status, ours.counters["stale.uses"]) == (other.exit_status, 0)
    assert ours.counters["walk.references"] > other.counters["walk.references"]
    assert ours.cycles != other.cycles


@pytest.mark.parametrize("paging", OTHERS)
def test_what_the_architecture_allows_a_tlb_changes_no_outcome(paging):
    for seed in (1, 2, 3):
        for name in PROGRAMS:
            ended = run(name, paging=paging, harts=2, tlb="adversarial", schedule=f"seed:{seed}")
            found = (ended.exit_status, ended.counters["stale.uses"], ended.counters["frames.leaked"])
            assert found == (0, 0, 0), name


@pytest.mark.parametrize("ad", ["svadu", "svade"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_on_arm64_too_hardware_or_the_kernel_sets_a_and_d(name, ad):
    ended, other = (run(name, paging=paging, ad=ad) for paging in ("arm64", "sv48"))
    assert (ended.exit_status, ended.counters["stale.uses"]) == (other.exit_status, 0)
    assert ended.counters["fault.total"] == other.counters["fault.total"]


def test_F23_no_tlb_remembers_an_entry_that_was_absent():
    """On RISC-V an adversarial one does, which costs this program faults."""
    adversarial = {"tlb": "adversarial", "schedule": "seed:1"}
    faults = {
        paging: [run("dontneed", paging=paging, **more).counters["fault.total"] for more in ({}, adversarial)]
        for paging in ("x86-64", "arm64", "sv48")
    }
    assert faults["x86-64"][0] == faults["x86-64"][1]
    assert faults["arm64"][0] == faults["arm64"][1]
    assert faults["sv48"][0] < faults["sv48"][1]
