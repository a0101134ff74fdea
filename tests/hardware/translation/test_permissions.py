"""Who may do what to a page: F15-F17."""

import pytest

from emulator.base.names import Fault
from tests.pages import PAGE_FAULT, Tables

pytestmark = pytest.mark.both_engines

VA, PA = 0x12345000, 0x200000
READS, WRITES = ("load", "lr"), ("store", "amo")


def outcome(letters, access, privilege="user", sum=False, mxr=False, ad="svadu"):
    """The Fault of `access` to a page with these flags, None if there is none; its cause is checked."""
    tables = Tables(ad=ad)
    tables.map(VA, PA, letters)
    tables.mmu.privilege, tables.mmu.sum, tables.mmu.mxr = privilege, sum, mxr
    out = tables.translate(VA, access)
    assert (out.pa is None) == (out.fault is not None)
    assert out.cause == (None if out.fault is None else PAGE_FAULT[access])
    return out.fault


@pytest.mark.parametrize("access", READS)
def test_F15_reading_needs_r(access):
    assert outcome("vruad", access) is None
    assert outcome("vxuad", access) == Fault.READ_PROTECTED


@pytest.mark.parametrize("access", WRITES)
def test_F15_writing_needs_w(access):
    assert outcome("vrwuad", access) is None
    assert outcome("vrxuad", access) == Fault.WRITE_PROTECTED


def test_F15_fetching_needs_x():
    assert outcome("vxua", "fetch") is None
    assert outcome("vrwuad", "fetch") == Fault.NO_EXECUTE


@pytest.mark.parametrize("access", ["fetch", *READS, *WRITES])
def test_F15_a_user_needs_u(access):
    assert outcome("vrwxad", access) == Fault.PRIVILEGE
    assert outcome("vrwxad", access, sum=True) == Fault.PRIVILEGE


@pytest.mark.parametrize("access", [*READS, *WRITES])
def test_F15_the_supervisor_reaches_a_user_page_only_with_sum(access):
    assert outcome("vrwxuad", access, "supervisor") == Fault.PRIVILEGE
    assert outcome("vrwxuad", access, "supervisor", sum=True) is None
    assert outcome("vrwxad", access, "supervisor") is None


def test_F16_the_supervisor_never_executes_a_user_page():
    assert outcome("vrwxuad", "fetch", "supervisor") == Fault.PRIVILEGE
    assert outcome("vrwxuad", "fetch", "supervisor", sum=True) == Fault.PRIVILEGE
    assert outcome("vrwxad", "fetch", "supervisor") is None


@pytest.mark.parametrize("access", READS)
def test_F16_mxr_makes_executable_pages_readable(access):
    assert outcome("vxuad", access, mxr=True) is None
    assert outcome("vxad", access, "supervisor", mxr=True) is None


@pytest.mark.parametrize("access", WRITES)
def test_F16_mxr_makes_nothing_writable(access):
    assert outcome("vxuad", access, mxr=True) == Fault.WRITE_PROTECTED


def test_F15_the_privilege_check_comes_before_the_rights():
    assert outcome("vr", "store", ad="svade") == Fault.PRIVILEGE


def test_F15_the_rights_come_before_a_and_d():
    assert outcome("vru", "store", ad="svade") == Fault.WRITE_PROTECTED
    assert outcome("vrwu", "fetch", ad="svade") == Fault.NO_EXECUTE
    assert outcome("vrwu", "store", ad="svade") == Fault.NOT_ACCESSED


@pytest.mark.parametrize("letters", ["v", "", "vxuad", "vrwxad", "vwuad"])
def test_F17_store_and_amo_raise_only_store_faults(letters):
    for access in WRITES:
        tables = Tables()
        tables.map(VA, PA, letters)
        assert tables.translate(VA, access).cause == 15


@pytest.mark.parametrize("letters", ["v", "", "vxuad", "vrwxad", "vwuad"])
def test_F17_lr_raises_load_faults(letters):
    tables = Tables()
    tables.map(VA, PA, letters)
    assert tables.translate(VA, "lr").cause == 13


def test_F17_a_misaligned_atomic_is_refused_by_its_own_cause():
    tables = Tables()
    tables.map(VA, PA)
    assert (tables.translate(VA + 4, "amo").fault, tables.translate(VA + 4, "amo").cause) == (Fault.MISALIGNED, 6)
    assert (tables.translate(VA + 4, "lr").fault, tables.translate(VA + 4, "lr").cause) == (Fault.MISALIGNED, 4)
    assert tables.translate(VA + 4, "amo", size=4).pa == PA + 4


def test_F16_changing_sum_takes_effect_with_no_fence():
    tables = Tables()
    mmu = tables.mmu
    tables.map(VA, PA, "vrwuad")
    mmu.privilege, mmu.sum = "supervisor", True
    assert tables.translate(VA, "store").pa == PA
    mmu.sum = False
    assert tables.translate(VA, "store").fault == Fault.PRIVILEGE
    assert tables.translate(VA).fault == Fault.PRIVILEGE
    mmu.sum = True
    again = tables.translate(VA, "store")
    assert (again.pa, again.references) == (PA, ())


def test_F16_changing_mxr_takes_effect_with_no_fence():
    tables = Tables()
    tables.map(VA, PA, "vxuad")
    assert tables.translate(VA).fault == Fault.READ_PROTECTED
    tables.mmu.mxr = True
    assert tables.translate(VA).pa == PA
    tables.mmu.mxr = False
    assert tables.translate(VA).fault == Fault.READ_PROTECTED


def test_F16_changing_the_privilege_takes_effect_with_no_fence():
    tables = Tables()
    tables.map(VA, PA, "vrwuad")
    tables.map(VA + 4096, PA, "vrwad")
    assert tables.translate(VA).pa == PA
    tables.mmu.privilege = "supervisor"
    assert tables.translate(VA).fault == Fault.PRIVILEGE
    assert tables.translate(VA + 4096).pa == PA
    tables.mmu.privilege = "user"
    assert tables.translate(VA + 4096).fault == Fault.PRIVILEGE
