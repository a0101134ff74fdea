"""Negative entries (F23): a TLB that remembers that a PTE was not valid, as RISC-V allows and x86 does not."""

import msgspec
import pytest

from emulator import Machine
from emulator.base.errors import ConfigError
from emulator.config import Config, load_profile
from emulator.config.schema import SettingRow
from isa import Program
from tests.machine.few_entries import PROGRAMS
from tests.pages import PAGE, Tables
from tests.running import check

VA, PA = 0x40000000, 0x200000


@pytest.fixture
def tables():
    """Tables on a machine whose profile remembers PTEs that were not valid."""
    setting = {"negative": SettingRow(1, "for this test")}
    return Tables(profile=msgspec.structs.replace(load_profile("skylake"), setting=setting))


@pytest.mark.both_engines
def test_F23_a_pte_made_valid_is_refused_with_no_walk_until_a_fence(tables):
    place = tables.place(VA)
    assert tables.translate(VA).references != ()
    tables.map(VA, PA)
    refused = tables.translate(VA)
    assert (refused.pa, refused.fault.name, refused.references) == (None, "NOT_PRESENT", ())
    tables.mmu.fence(va=VA)
    assert tables.translate(VA).references[-1] == place
    assert tables.translate(VA).pa == PA


@pytest.mark.both_engines
def test_a_negative_entry_is_of_one_page_and_of_one_address_space(tables):
    tables.translate(VA)
    tables.map(VA, PA)
    tables.map(VA + PAGE, PA)
    assert tables.translate(VA + PAGE).pa == PA
    tables.mmu.asid = 3
    assert tables.translate(VA).pa == PA


@pytest.mark.both_engines
def test_fetches_find_in_the_second_level_what_a_load_left_there(tables):
    tables.translate(VA)
    tables.map(VA, PA, "vrxua")
    assert tables.translate(VA, "fetch", 4).fault.name == "NOT_PRESENT"


@pytest.mark.both_engines
def test_only_ptes_that_are_not_valid_are_remembered(tables):
    place = tables.map(VA, PA, "vwuad")  # W without R is reserved
    tables.translate(VA)
    tables.memory.write(place, tables.memory.read(place) | 2)
    assert tables.translate(VA).pa == PA


@pytest.mark.both_engines
def test_F23_a_profile_that_says_nothing_remembers_nothing():
    tables = Tables()
    tables.translate(VA)
    tables.map(VA, PA)
    assert tables.translate(VA).pa == PA


@pytest.mark.parametrize("paging", ["x86-64", "x86-64-la57", "arm64"])
def test_F23_what_only_risc_v_allows_is_refused_by_name(paging):
    with pytest.raises(ConfigError, match=rf"^negative: {paging} lets no TLB keep .* \(F23\); 0 is right$"):
        Config.make(paging=paging, overrides={"negative": "1"})


@pytest.mark.parametrize("name", ["shootdown", "zero_page", "cow_with_threads"])
def test_a_kernel_survives_negative_entries_at_the_cost_of_a_spurious_fault_for_each_page_it_makes_present(name):
    """It fences nothing when it makes a PTE valid (F40): the page faults once more, and the handler fences it (F41)."""
    program = Program.load(PROGRAMS / f"{name}.s")
    results = []
    for setting in ("0", "1"):
        machine = Machine(harts=2, overrides={"negative": setting}, check_stale=True)
        machine.spawn(program)
        results.append(check(machine.run()))
    plain, negative = results
    assert (negative.exit_status, negative.stdout) == (plain.exit_status, plain.stdout)
    for counter in ("cow.copies", "zero.fills", "frames.leaked", "stale.uses"):
        assert negative.counters[counter] == plain.counters[counter]
    assert negative.counters["fault.spurious"] == plain.counters["fault.not_present"] > 0
