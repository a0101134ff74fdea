"""x86-64 page tables against the SDM, vol. 3A chapter 4, bit by bit; against Unicorn: `test_unicorn.py`."""

import pytest

from emulator import Mmu
from emulator.base.bits import A, D, G, R, U, V, W, X
from emulator.base.errors import ConfigError
from emulator.paging import x86_64
from tests.paging.x86 import (
    ACCESSED,
    ALL,
    DIRTY,
    GLOBAL,
    LARGE,
    LEVELS,
    PA,
    PAGE,
    PAT_OF_LARGE,
    PS,
    RW,
    US,
    VA,
    XD,
    P,
    Path,
)

PATHS = [(paging, level) for paging, levels in LEVELS.items() for level in range(levels)]
every_level = pytest.mark.parametrize(("paging", "level"), PATHS)
ACCESSES = ("fetch", "load", "store", "amo", "lr")


# ---------------------------------------------------------------- entries
@pytest.mark.parametrize(
    ("bits", "rights"),
    [(P, V | R), (RW, W), (US, U), (ACCESSED, A), (DIRTY, D), (GLOBAL, G)],
)
def test_a_bit_of_an_entry_is_the_right_of_its_name(bits, rights):
    assert x86_64.rights_of(bits | -XD) == rights
    assert x86_64.rights_of(x86_64.make_leaf(5, rights)) & ~X == rights


def test_what_xd_does_not_deny_may_be_executed():
    assert x86_64.rights_of(P) == V | R | X


def test_entries_keep_rights_through_a_round_whatever_may_be_executed_or_written_may_be_read():
    for rights in range(256):
        found = x86_64.rights_of(x86_64.make_leaf(7, rights))
        readable = R if rights & V and rights & (R | W | X) else 0
        assert found == rights & ~R | readable


def test_a_page_that_grants_nothing_is_mapped_for_the_kernel_and_absent_for_hardware():
    entry = x86_64.make_leaf(7, V | U | A)
    assert x86_64.rights_of(entry) & (V | R | W | X) == V
    assert entry & P == 0


def test_rights_that_change_leave_page_pat_and_bits_for_software_as_they_are():
    other = 0x12345 << 12 | PS | 3 << 10 | 0x7FF << 52
    assert x86_64.with_rights(other | P | RW | US | ACCESSED, V | R | X) == other | P


@pytest.mark.parametrize("access", ["load", "store"])
@pytest.mark.parametrize("level", range(4))
def test_hardware_leaves_bits_for_software_as_they_are(level, access):
    path = Path()
    path.change(level, set_=7 << 9 | 0x7FF << 52)
    path.fault(access)
    assert path.entry(level) & (7 << 9 | 0x7FF << 52) == 7 << 9 | 0x7FF << 52


def test_no_entry_is_an_empty_one():
    assert x86_64.rights_of(0) & V == 0


# ---------------------------------------------------------------- walks
@pytest.mark.parametrize("paging", LEVELS)
def test_a_walk_reads_an_entry_a_level(paging):
    path = Path(paging)
    out = path.mmu.translate(VA + 0x678)
    assert out.pa == PA + 0x678
    assert out.references == tuple(path.place(level) for level in reversed(range(path.levels)))


@every_level
def test_F30_a_write_needs_rw_at_every_level(paging, level):
    path = Path(paging)
    path.change(level, clear=RW)
    assert [path.fault(access) for access in ACCESSES] == [None, None, "WRITE_PROTECTED", "WRITE_PROTECTED", None]


@every_level
def test_F30_the_user_needs_us_at_every_level(paging, level):
    path = Path(paging)
    path.change(level, clear=US)
    assert {path.fault(access) for access in ACCESSES} == {"PRIVILEGE"}


@every_level
def test_F30_xd_at_any_level_denies_fetches(paging, level):
    path = Path(paging)
    path.change(level, set_=XD)
    assert [path.fault(access) for access in ACCESSES] == ["NO_EXECUTE", None, None, None, None]


@every_level
def test_F30_rights_that_levels_grant_each_alone_are_granted_by_none(paging, level):
    """The AND of all levels, not their OR: U here, W everywhere else."""
    path = Path(paging)
    for other in range(path.levels):
        path.change(other, clear=RW if other == level else US)
    assert path.fault("load") == "PRIVILEGE"


@every_level
def test_F31_an_absent_entry_is_absent_whatever_else_it_says(paging, level):
    path = Path(paging)
    path.change(level, set_=1 << 51 | XD, clear=P)
    assert path.refusal("store") == ("NOT_PRESENT", 0b00110)


@pytest.mark.parametrize("bit", range(x86_64.PHYSICAL_BITS, 52))
@every_level
def test_F37_address_bits_beyond_physical_ones_are_reserved_at_every_level(paging, level, bit):
    path = Path(paging)
    path.change(level, set_=1 << bit, clear=US)
    assert path.refusal("store") == ("RESERVED", 0b01111)


@every_level
def test_F37_bits_62_to_52_and_11_to_9_are_for_software(paging, level):
    path = Path(paging)
    path.change(level, set_=0x7FF << 52 | 7 << 9)
    assert path.fault("fetch") is None


@pytest.mark.parametrize(("paging", "level"), [(paging, level) for paging, level in PATHS if level >= 3])
def test_F37_a_page_at_level_3_or_4_is_none(paging, level):
    path = Path(paging, leaf=level, page=0)
    assert path.refusal() == ("RESERVED", 0b01101)


def test_ps_is_pat_at_the_lowest_level():
    path = Path()
    path.change(0, set_=PS)
    assert path.mmu.translate(VA).pa == PA


@pytest.mark.parametrize("pat", [0, PAT_OF_LARGE])
def test_a_page_of_2_MiB_begins_at_bits_51_to_21_whatever_pat_says(pat):
    path = Path(leaf=1, page=LARGE | pat)
    va = VA & -LARGE | 0x2123
    assert path.mmu.translate(va).pa == LARGE + 0x2123


@pytest.mark.parametrize("pat", [0, PAT_OF_LARGE])
def test_a_page_of_1_GiB_begins_at_bits_51_to_30_whatever_pat_says(pat):
    path = Path(leaf=2, page=pat)
    va = VA & -(1 << 30) | 0x56A89A
    assert path.mmu.translate(va).pa == 0x56A89A


@pytest.mark.parametrize(("level", "bit"), [(1, bit) for bit in range(13, 21)] + [(2, bit) for bit in range(13, 30)])
def test_F37_bits_between_pat_and_the_address_of_a_large_page_are_reserved(level, bit):
    path = Path(leaf=level, page=1 << bit)
    assert path.refusal("fetch") == ("RESERVED", 0b11101)


def test_a_global_page_outlasts_a_fence_of_its_address_space():
    path = Path()
    path.put(0, PA | ALL | GLOBAL)
    path.mmu.translate(VA)
    path.put(0, 0)
    path.mmu.fence(asid=0)
    assert path.mmu.translate(VA).pa == PA


@pytest.mark.parametrize(("paging", "levels"), LEVELS.items())
def test_F10_an_address_that_is_not_canonical_is_no_page_fault(paging, levels):
    path = Path(paging)
    out = path.mmu.translate(1 << 11 + 9 * levels)
    assert (out.fault.name, out.cause, out.error) == ("NON_CANONICAL", 13, 0)
    assert path.mmu.translate(-1 << 11 + 9 * levels).cause == 14


# ---------------------------------------------------------------- accessed and dirty
@pytest.mark.both_engines
@pytest.mark.parametrize("paging", LEVELS)
@pytest.mark.parametrize("access", ACCESSES)
def test_F36_a_is_set_at_every_level_and_d_in_the_page_of_a_write_alone(paging, access):
    path = Path(paging, engine=None)
    assert path.fault(access) is None
    dirty = DIRTY if access in ("store", "amo") else 0
    entries = [path.entry(level) & (ACCESSED | DIRTY) for level in range(path.levels)]
    assert entries == [ACCESSED | dirty] + [ACCESSED] * (path.levels - 1)


@pytest.mark.both_engines
def test_F33_a_refused_access_leaves_the_page_untouched_and_a_in_what_led_there():
    path = Path(engine=None)
    path.change(0, clear=RW)
    assert path.fault("store") == "WRITE_PROTECTED"
    assert [path.entry(level) & (ACCESSED | DIRTY) for level in range(4)] == [0, ACCESSED, ACCESSED, ACCESSED]


def test_F36_below_an_absent_entry_nothing_is_accessed():
    path = Path()
    path.change(2, clear=P)
    path.fault("load")
    assert [path.entry(level) & ACCESSED for level in range(4)] == [0, 0, 0, ACCESSED]


def test_F36_a_write_to_a_page_that_was_read_sets_d():
    path = Path()
    path.fault("load")
    path.fault("store")
    assert path.entry(0) & DIRTY


def test_setting_a_in_a_pointer_takes_the_time_of_an_update():
    path, other = Path(), Path()
    for level in (1, 2, 3):
        other.change(level, set_=ACCESSED)
    first, second = path.mmu.translate(VA), other.mmu.translate(VA)
    assert first.cycles > second.cycles


# ---------------------------------------------------------------- switches
def test_F32_with_wp_off_the_supervisor_writes_to_what_is_read_only():
    path = Path().supervisor(ac=True)
    path.change(0, clear=RW)
    assert path.fault("store") == "WRITE_PROTECTED"
    path.mmu.wp = False
    assert path.fault("store") is None


def test_F32_wp_is_nothing_to_the_user():
    path = Path()
    path.mmu.wp = False
    path.change(0, clear=RW)
    assert path.fault("store") == "WRITE_PROTECTED"


@pytest.mark.parametrize(("smap", "ac", "fault"), [(1, 0, "PRIVILEGE"), (1, 1, None), (0, 0, None), (0, 1, None)])
def test_F32_smap_keeps_the_supervisor_off_user_pages_unless_ac_is_set(smap, ac, fault):
    path = Path().supervisor(smap=bool(smap), ac=bool(ac))
    assert path.fault("load") == path.fault("store") == fault


@pytest.mark.parametrize("ac", [False, True])
@pytest.mark.parametrize("smap", [False, True])
@pytest.mark.parametrize(("smep", "fault"), [(True, "PRIVILEGE"), (False, None)])
def test_F32_smep_alone_decides_on_fetches_from_user_pages(smep, fault, smap, ac):
    assert Path().supervisor(smep=smep, smap=smap, ac=ac).fault("fetch") == fault


@pytest.mark.parametrize("level", range(4))
def test_F32_a_page_is_the_users_only_if_all_levels_say_so(level):
    path = Path().supervisor()
    path.change(level, clear=US)
    assert {path.fault(access) for access in ACCESSES} == {None}


@pytest.mark.parametrize("level", range(4))
def test_F37_with_nxe_off_xd_is_reserved_at_every_level(level):
    path = Path()
    path.mmu.nxe = False
    path.change(level, set_=XD)
    assert path.refusal() == ("RESERVED", 0b01101)


@pytest.mark.parametrize(("nxe", "smep", "fetch"), [(1, 1, 16), (1, 0, 16), (0, 1, 16), (0, 0, 0)])
def test_F31_a_fetch_is_told_with_nxe_or_smep_only(nxe, smep, fetch):
    path = Path()
    path.mmu.nxe, path.mmu.smep = bool(nxe), bool(smep)
    path.change(0, clear=P)
    assert path.mmu.translate(VA, "fetch").error == 4 | fetch


def test_F31_the_error_code_tells_access_and_privilege_and_that_an_entry_was_present():
    path = Path()
    path.change(0, clear=RW)
    assert path.mmu.translate(VA, "store").error == 0b00111
    path.change(0, clear=P)
    assert path.mmu.translate(VA, "load").error == 0b00100
    path.mmu.privilege = "supervisor"
    assert path.mmu.translate(VA, "amo").error == 0b00010


def test_what_is_not_refused_has_no_error_code():
    assert Path().mmu.translate(VA).error is None


def test_on_risc_v_there_is_no_error_code():
    assert Mmu(engine="plain").translate(0).error is None


@pytest.mark.parametrize(("paging", "name"), [("x86-64", "sum"), ("x86-64", "mxr"), ("sv39", "wp"), ("sv48", "ac")])
def test_a_switch_of_another_architecture_is_refused(paging, name):
    mmu = Mmu(paging=paging, engine="plain")
    with pytest.raises(ConfigError, match=rf"^{name}: {paging} has no such switch; .* are right"):
        setattr(mmu, name, True)
    with pytest.raises(ConfigError, match=rf"^{name}: {paging} has no such switch"):
        getattr(mmu, name)


def test_hardware_sets_a_and_d_there_is_no_svade():
    with pytest.raises(ConfigError, match=r"^ad: 'svade' is none of x86-64, .*; svadu is right"):
        Mmu(paging="x86-64", ad="svade")


# ---------------------------------------------------------------- TLBs
@pytest.mark.both_engines
def test_F40_a_fault_drops_the_entry_that_refused():
    """Granted since: the first store finds the old entry, and takes it away; the second walks."""
    path = Path(engine=None)
    path.change(0, clear=RW)
    path.fault("load")
    path.put(0, path.entry(0) | RW)
    assert path.fault("store") == "WRITE_PROTECTED"
    assert path.fault("store") is None


@pytest.mark.both_engines
def test_F40_a_fault_that_a_walk_finds_drops_the_entry_that_led_to_it():
    """A store needs D, which the entry has not, so it walks, and is refused: what the entry granted it grants no more.

    SDM 4.10.4.1: a page fault invalidates any TLB entry for its address.
    """
    path = Path(engine=None)
    assert path.fault("load") is None
    path.put(0, path.entry(0) & ~US)
    assert path.fault("store") == "PRIVILEGE"
    assert path.fault("load") == "PRIVILEGE"


@pytest.mark.parametrize("level", [1, 2])
def test_F40_a_fault_drops_entries_of_large_pages(level):
    va = VA & -(1 << 30) | PAGE  # in memory under the first page of either size
    path = Path(leaf=level, page=0, va=va)
    path.change(level, clear=RW)
    path.fault("load", va)
    path.put(level, path.entry(level) | RW)
    assert [path.fault("store", va), path.fault("store", va)] == ["WRITE_PROTECTED", None]


def test_a_page_of_memory_is_as_large_as_the_level_of_its_entry():
    path = Path(leaf=1, page=LARGE)
    path.fault("load")
    before = path.mmu.counters["walk.count"]
    path.fault("load", VA ^ PAGE)
    assert path.mmu.counters["walk.count"] == before
