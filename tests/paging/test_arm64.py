"""arm64's tables, fact by fact; random accesses: test_arm_unicorn.py and test_arm_walker.py."""

import pytest

from emulator import Mmu
from emulator.base.bits import PX, A, D, R, U, V, W, X
from emulator.base.errors import ConfigError
from emulator.base.names import Fault
from emulator.paging import arm64
from tests.paging.arm_vectors import AF, CONTIGUOUS, DBM, EL0, LEVELS, PAGE, PXN, READ_ONLY, TABLE, UXN, VALID

VA, PA = 0x8012_4034_7000, 0x345000  # bit 47 of the address is set: TTBR0 has 48 bits
PAGE_FOR_ALL = PA | VALID | TABLE | EL0 | AF
EL0_DATA, EL1_DATA, EL0_CODE, EL1_CODE = 0x24, 0x25, 0x20, 0x21
WNR = 1 << 6


def mapped(leaf=PAGE_FOR_ALL, level=0, tables=0, **settings):
    """An Mmu with a table at each level, that of level n in frame n + 1, and `leaf` at `level` for `VA`."""
    mmu = Mmu(paging="arm64", memory="16MiB", engine="plain", **settings)
    mmu.root = LEVELS * PAGE
    for above in range(level + 1, LEVELS):
        mmu.memory.write(place_of(above), above * PAGE | VALID | TABLE | tables)
    mmu.memory.write(place_of(level), leaf)
    return mmu


def place_of(level):
    """Where the descriptor of `VA` at `level` stands."""
    return (level + 1) * PAGE + (VA >> 12 + 9 * level & 511) * 8


def as_el1(mmu, **switches):
    """The Mmu in EL1, with these switches."""
    mmu.privilege = "supervisor"
    for name, on in switches.items():
        setattr(mmu, name, on)
    return mmu


def outcome(mmu, access="load", va=VA):
    """Exception class and status, or the place."""
    out = mmu.translate(va, access)
    return out.pa if out.pa is not None else (out.cause, out.error)


def test_a_walk_reads_a_descriptor_of_each_level_from_the_root_on():
    out = mapped().translate(VA + 0x678)
    assert (out.pa, out.references) == (PA + 0x678, tuple(place_of(level) for level in (3, 2, 1, 0)))


@pytest.mark.parametrize("va", [1 << 48 | VA, 0xFFFF_8000_0000_0000, 1 << 63])
def test_F39_an_address_of_more_than_48_bits_is_a_translation_fault_at_level_0(va):
    assert outcome(mapped(), va=va) == (EL0_DATA, 0b000100)


@pytest.mark.parametrize("level", range(LEVELS))
def test_F39_a_clear_bit_0_is_a_translation_fault_of_its_level(level):
    mmu = mapped(leaf=PAGE_FOR_ALL & ~VALID, level=level)
    assert outcome(mmu, "store") == (EL0_DATA, 0b000100 | LEVELS - 1 - level | WNR)


@pytest.mark.parametrize(("level", "there"), [(0, False), (1, True), (2, True), (3, False)])
def test_F39_blocks_stand_at_the_two_levels_between(level, there):
    found = outcome(mapped(leaf=VALID | EL0 | AF, level=level))
    assert found == (VA % (PAGE << 9 * level) if there else (EL0_DATA, 0b000100 | LEVELS - 1 - level))


def test_a_permission_fault_tells_the_level_of_a_block_from_a_tlb_too():
    mmu = mapped(leaf=VALID | EL0 | AF | READ_ONLY, level=1)
    assert mmu.translate(VA).pa is not None
    before = mmu.counters["walk.count"]
    assert outcome(mmu, "store") == (EL0_DATA, 0b001110 | WNR)
    assert mmu.counters["walk.count"] == before  # F29: it was a TLB that refused


@pytest.mark.parametrize(
    ("bit", "access", "user"),
    [(61, "load", True), (62, "store", True), (62, "store", False), (60, "fetch", True), (59, "fetch", False)],
)
def test_F25_a_table_takes_a_right_from_all_below_it(bit, access, user):
    leaf = PAGE_FOR_ALL | (0 if user or access == "store" else READ_ONLY)
    for tables in (0, 1 << bit):
        mmu = mapped(leaf, tables=tables)
        if not user:
            as_el1(mmu, pan=False)
        assert (mmu.translate(VA, access).fault is not None) == bool(tables)


@pytest.mark.parametrize("more", [0, READ_ONLY])
def test_F26_a_clear_af_goes_before_permissions_where_software_sets_it(more):
    assert outcome(mapped(PAGE_FOR_ALL & ~AF | more, ad="svade"), "store") == (EL0_DATA, 0b001011 | WNR)


def test_F26_hardware_sets_af_and_leaves_the_rest():
    mmu = mapped(PAGE_FOR_ALL & ~AF | 0x7 << 55 | 0x1C)
    assert outcome(mmu) == PA
    assert mmu.memory.read(place_of(0)) == PAGE_FOR_ALL | 0x7 << 55 | 0x1C


def test_F27_the_first_write_clears_ap_2_of_what_has_dbm():
    mmu = mapped(PAGE_FOR_ALL | READ_ONLY | DBM)
    assert outcome(mmu) == PA
    assert mmu.memory.read(place_of(0)) == PAGE_FOR_ALL | READ_ONLY | DBM
    assert outcome(mmu, "store") == PA
    assert mmu.memory.read(place_of(0)) == PAGE_FOR_ALL | DBM


def test_F27_a_read_that_sets_af_leaves_ap_2():
    mmu = mapped(PAGE_FOR_ALL & ~AF | READ_ONLY | DBM)
    assert outcome(mmu) == PA
    assert mmu.memory.read(place_of(0)) == PAGE_FOR_ALL | READ_ONLY | DBM


def test_F27_without_hardware_dbm_is_no_leave_to_write():
    assert outcome(mapped(PAGE_FOR_ALL | READ_ONLY | DBM, ad="svade"), "store") == (EL0_DATA, 0b001111 | WNR)


def test_F28_el0_executes_what_it_may_not_read():
    mmu = mapped(PAGE_FOR_ALL & ~EL0)
    assert (outcome(mmu, "fetch"), outcome(mmu)) == (PA, (EL0_DATA, 0b001111))


@pytest.mark.parametrize(("leaf", "allowed"), [(READ_ONLY, True), (READ_ONLY | PXN, False), (0, False)])
def test_F28_el1_executes_nothing_with_pxn_nor_what_el0_may_write(leaf, allowed):
    assert outcome(as_el1(mapped(PAGE_FOR_ALL | leaf)), "fetch") == (PA if allowed else (EL1_CODE, 0b001111))


@pytest.mark.parametrize("pan", [True, False])
def test_F28_pan_keeps_el1_from_data_of_el0(pan):
    assert outcome(as_el1(mapped(), pan=pan)) == ((EL1_DATA, 0b001111) if pan else PA)


@pytest.mark.parametrize("wxn", [True, False])
def test_F28_with_wxn_nothing_that_may_be_written_is_executed(wxn):
    mmu = mapped()
    mmu.wxn = wxn
    assert outcome(mmu, "fetch") == ((EL0_CODE, 0b001111) if wxn else PA)


def test_the_contiguous_bit_changes_nothing():
    assert outcome(mapped(PAGE_FOR_ALL | CONTIGUOUS)) == PA


def test_a_page_outside_memory_is_an_external_abort():
    assert outcome(mapped(PAGE_FOR_ALL | 1 << 40)) == (EL0_DATA, 0b010000)


@pytest.mark.parametrize(
    "rights", [V, V | R, V | R | U | A, V | R | W | U | A, V | R | W | X | U | A | D, V | R | D | PX]
)
def test_a_leaf_grants_the_rights_that_it_was_made_with(rights):
    made = arm64.make_leaf(5, rights)
    assert arm64.rights_of(made) == rights
    assert arm64.target_of(made, 0) == 5 * PAGE


def test_what_has_no_rights_is_there_for_the_kernel_and_absent_for_hardware():
    made = arm64.make_leaf(5, V | U)
    assert arm64.rights_of(made) & V
    assert arm64.encoding_fault(made, 0) == Fault.NOT_PRESENT


def test_uxn_and_pxn_are_rights_of_their_own():
    assert arm64.rights_of(PAGE_FOR_ALL | UXN) & (X | PX) == PX
    assert arm64.rights_of(PAGE_FOR_ALL | PXN) & (X | PX) == X


def test_switches_of_other_architectures_are_refused():
    with pytest.raises(ConfigError, match="smep: arm64 has no such switch; pan, wxn are right"):
        mapped().smep = True
