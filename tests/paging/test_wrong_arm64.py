"""Walkers of arm64 that are wrong in one thing each: the test of that thing's name finds it."""

import pytest

from emulator.base.bits import PAGE_SHIFT, PX, A, D, U, W, X
from emulator.base.names import Access, Fault, Privilege
from emulator.paging import arm64, indices
from tests.paging import test_arm64 as named
from tests.paging.arm_vectors import CONTIGUOUS, PXN, READ_ONLY
from tests.wrong import Wrong, assert_found

RIGHT = {name: getattr(arm64, name) for name in vars(arm64)}
SOFTWARE = 7 << 55
SIXTEEN = 16 << PAGE_SHIFT


def blind_to(bits, name):
    """The format's function `name` of an entry alone, were `bits` of it always clear."""
    return lambda pte: RIGHT[name](pte & ~bits)


def below_blind_to(bits):
    """What a table leaves of rights, were `bits` of its entry always clear."""
    return lambda rights, pte: RIGHT["rights_below"](rights, pte & ~bits)


def exchanged(rights, pte):
    """UXNTable is for EL1 and PXNTable for EL0."""
    uxn, pxn = pte & arm64.UXN_BELOW, pte & arm64.PXN_BELOW
    return RIGHT["rights_below"](rights, pte & ~(uxn | pxn) | uxn >> 1 | pxn << 1)


def permitted(hart, rights, access, **registers):
    """The Fault were these registers of the hart otherwise."""
    before = {name: getattr(hart, name) for name in registers}
    for name, value in registers.items():
        setattr(hart, name, value)
    fault = RIGHT["permission_fault"](hart, rights, access)
    for name, value in before.items():
        setattr(hart, name, value)
    return fault


def permissions_first(hart, rights, access):
    """A clear AF is looked at last."""
    fault = RIGHT["permission_fault"](hart, rights | A, access)
    return fault if fault != Fault.NONE else RIGHT["permission_fault"](hart, rights, access)


def written_by_software(hart, rights, access):
    """DBM is leave to write where hardware manages no dirty state."""
    return RIGHT["permission_fault"](hart, rights | (D if rights & W else 0), access)


def as_read(hart, rights, access):
    """EL0 executes what it may read."""
    if access == Access.FETCH and hart.privilege == Privilege.USER and rights & U == 0:
        return Fault.PRIVILEGE
    return RIGHT["permission_fault"](hart, rights, access)


def of_sixteen(pte, level, va):
    """A contiguous page is 64 KiB, of whichever entry."""
    if level == 0 and pte & CONTIGUOUS:
        return RIGHT["target_of"](pte, level) & -SIXTEEN | va & (SIXTEEN - 1)
    return RIGHT["pa_of"](pte, level, va)


def encoding_but(excused):
    """The Fault in an entry, were that none which `excused` tells."""
    return lambda pte, level: Fault.NONE if excused(pte, level) else RIGHT["encoding_fault"](pte, level)


WRONG = {
    "addresses with a sign": Wrong(
        arm64,
        "canonical",
        indices.canonical,
        named.test_F39_an_address_of_more_than_48_bits_is_a_translation_fault_at_level_0,
        (0xFFFF_8000_0000_0000,),
    ),
    "addresses that wrap": Wrong(
        arm64,
        "canonical",
        lambda hart, va: True,
        named.test_F39_an_address_of_more_than_48_bits_is_a_translation_fault_at_level_0,
        (1 << 48 | named.VA,),
    ),
    "bit 0 of a page ignored": Wrong(
        arm64,
        "encoding_fault",
        encoding_but(lambda pte, level: level == 0 and pte & arm64.TABLE),
        named.test_F39_a_clear_bit_0_is_a_translation_fault_of_its_level,
        (0,),
    ),
    "bit 0 of a table ignored": Wrong(
        arm64,
        "is_pointer",
        lambda pte, level: RIGHT["is_pointer"](pte | arm64.VALID, level),
        named.test_F39_a_clear_bit_0_is_a_translation_fault_of_its_level,
        (2,),
    ),
    "bit 1 of a table ignored": Wrong(
        arm64,
        "is_pointer",
        lambda pte, level: RIGHT["is_pointer"](pte | arm64.TABLE, level),
        named.test_F39_blocks_stand_at_the_two_levels_between,
        (1, True),
    ),
    "bit 1 of a page ignored": Wrong(
        arm64,
        "encoding_fault",
        encoding_but(lambda pte, level: level == 0 and pte & arm64.VALID),
        named.test_F39_blocks_stand_at_the_two_levels_between,
        (0, False),
    ),
    "a block of 512 GiB": Wrong(
        arm64,
        "encoding_fault",
        encoding_but(lambda pte, level: level == 3 and pte & arm64.VALID),
        named.test_F39_blocks_stand_at_the_two_levels_between,
        (3, False),
    ),
    "no block of 1 GiB": Wrong(
        arm64,
        "encoding_fault",
        lambda pte, level: Fault.RESERVED if level == 2 else RIGHT["encoding_fault"](pte, level),
        named.test_F39_blocks_stand_at_the_two_levels_between,
        (2, True),
    ),
    "no APTable for EL0": Wrong(
        arm64,
        "rights_below",
        below_blind_to(arm64.EL0_DENIED),
        named.test_F25_a_table_takes_a_right_from_all_below_it,
        (61, "load", True),
    ),
    "no APTable for writes": Wrong(
        arm64,
        "rights_below",
        below_blind_to(arm64.WRITES_DENIED),
        named.test_F25_a_table_takes_a_right_from_all_below_it,
        (62, "store", False),
    ),
    "no UXNTable": Wrong(
        arm64,
        "rights_below",
        below_blind_to(arm64.UXN_BELOW),
        named.test_F25_a_table_takes_a_right_from_all_below_it,
        (60, "fetch", True),
    ),
    "no PXNTable": Wrong(
        arm64,
        "rights_below",
        below_blind_to(arm64.PXN_BELOW),
        named.test_F25_a_table_takes_a_right_from_all_below_it,
        (59, "fetch", False),
    ),
    "UXNTable for EL1": Wrong(
        arm64,
        "rights_below",
        exchanged,
        named.test_F25_a_table_takes_a_right_from_all_below_it,
        (60, "fetch", True),
    ),
    "AF looked at by nobody": Wrong(
        arm64,
        "permission_fault",
        lambda hart, rights, access: RIGHT["permission_fault"](hart, rights | A, access),
        named.test_F26_a_clear_af_goes_before_permissions_where_software_sets_it,
        (0,),
    ),
    "permissions before AF": Wrong(
        arm64,
        "permission_fault",
        permissions_first,
        named.test_F26_a_clear_af_goes_before_permissions_where_software_sets_it,
        (READ_ONLY,),
    ),
    "AF set in no page": Wrong(
        arm64,
        "with_rights",
        lambda pte, rights: RIGHT["with_rights"](pte, rights) & ~arm64.AF,
        named.test_F26_hardware_sets_af_and_leaves_the_rest,
    ),
    "bits for software cleared": Wrong(
        arm64,
        "with_rights",
        lambda pte, rights: RIGHT["with_rights"](pte, rights) & ~SOFTWARE,
        named.test_F26_hardware_sets_af_and_leaves_the_rest,
    ),
    "no DBM": Wrong(
        arm64,
        "rights_of",
        blind_to(arm64.DBM, "rights_of"),
        named.test_F27_the_first_write_clears_ap_2_of_what_has_dbm,
    ),
    "dirty by a read": Wrong(
        arm64,
        "with_rights",
        lambda pte, rights: RIGHT["with_rights"](pte, rights | D),
        named.test_F27_a_read_that_sets_af_leaves_ap_2,
    ),
    "DBM cleared with AP[2]": Wrong(
        arm64,
        "with_rights",
        lambda pte, rights: RIGHT["with_rights"](pte, rights) & ~arm64.DBM,
        named.test_F27_the_first_write_clears_ap_2_of_what_has_dbm,
    ),
    "DBM without hardware": Wrong(
        arm64,
        "permission_fault",
        written_by_software,
        named.test_F27_without_hardware_dbm_is_no_leave_to_write,
    ),
    "EL0 executes what it may read": Wrong(
        arm64,
        "permission_fault",
        as_read,
        named.test_F28_el0_executes_what_it_may_not_read,
    ),
    "PXN ignored": Wrong(
        arm64,
        "rights_of",
        blind_to(arm64.PXN, "rights_of"),
        named.test_F28_el1_executes_nothing_with_pxn_nor_what_el0_may_write,
        (READ_ONLY | PXN, False),
    ),
    "PXN for what EL0 may not write": Wrong(
        arm64,
        "may_execute",
        lambda hart, rights: rights & (PX if hart.privilege == Privilege.SUPERVISOR else X) != 0,
        named.test_F28_el1_executes_nothing_with_pxn_nor_what_el0_may_write,
        (0, False),
    ),
    "no PAN": Wrong(
        arm64,
        "permission_fault",
        lambda hart, rights, access: permitted(hart, rights, access, user_access=1),
        named.test_F28_pan_keeps_el1_from_data_of_el0,
        (True,),
    ),
    "PAN at all times": Wrong(
        arm64,
        "permission_fault",
        lambda hart, rights, access: permitted(hart, rights, access, user_access=0),
        named.test_F28_pan_keeps_el1_from_data_of_el0,
        (False,),
    ),
    "no WXN": Wrong(
        arm64,
        "permission_fault",
        lambda hart, rights, access: permitted(hart, rights, access, lifted=arm64.WXN),
        named.test_F28_with_wxn_nothing_that_may_be_written_is_executed,
        (True,),
    ),
    "WXN at all times": Wrong(
        arm64,
        "permission_fault",
        lambda hart, rights, access: permitted(hart, rights, access, lifted=0),
        named.test_F28_with_wxn_nothing_that_may_be_written_is_executed,
        (False,),
    ),
    "64 KiB of a contiguous entry": Wrong(arm64, "pa_of", of_sixteen, named.test_the_contiguous_bit_changes_nothing),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_wrong_walker_is_found_by_the_test_of_what_is_wrong(monkeypatch, wrong):
    assert_found(monkeypatch, wrong)
