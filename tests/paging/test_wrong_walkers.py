"""Walkers of x86-64 that are wrong in one thing each: the test of that thing's name finds it."""

import pytest

from emulator.base.bits import A, D, G, R, U, V, W, X
from emulator.base.names import Access, Fault
from emulator.paging import x86_64
from tests.paging import test_x86_64 as named
from tests.paging.x86 import PS, P
from tests.wrong import Wrong, assert_found

RIGHT = {name: getattr(x86_64, name) for name in vars(x86_64)}


def keeping(rights_kept):
    """What a table leaves of rights, were `rights_kept` the page's matter alone."""
    return lambda rights, pte: rights & (RIGHT["rights_of"](pte) | V | R | G | A | D | rights_kept)


def reserved_but(excused):
    """Whether an entry has reserved bits, were those that `excused` tells none."""
    return lambda hart, pte, level: not excused(hart, pte, level) and RIGHT["is_reserved"](hart, pte, level)


def reserved_first(hart, pte, level):
    """Reserved bits are looked at before P."""
    return Fault.RESERVED if RIGHT["is_reserved"](hart, pte, level) else RIGHT["encoding_fault"](hart, pte, level)


def permitted(hart, rights, access, lifted=0, more=0):
    """The Fault with more protections lifted, or more rights, than there are."""
    before = hart.lifted
    hart.lifted = before | lifted
    fault = RIGHT["permission_fault"](hart, rights | more, access)
    hart.lifted = before
    return fault


def fetch_as_load(hart, rights, access):
    """SMAP and AC decide on fetches, too, and SMEP on nothing."""
    if access == Access.FETCH and rights & U and hart.privilege:
        return Fault.NONE if hart.user_access else Fault.PRIVILEGE
    return permitted(hart, rights, access)


def wp_for_all(hart, rights, access):
    """With WP off the user, too, writes to what is read-only."""
    return permitted(hart, rights, access, more=W if hart.lifted & x86_64.WP else 0)


WRONG = {
    "XD of the page alone": Wrong(
        x86_64, "rights_below", keeping(X), named.test_F30_xd_at_any_level_denies_fetches, ("x86-64", 2)
    ),
    "U/S of the page alone": Wrong(
        x86_64, "rights_below", keeping(U), named.test_F30_the_user_needs_us_at_every_level, ("x86-64", 3)
    ),
    "R/W of the page alone": Wrong(
        x86_64, "rights_below", keeping(W), named.test_F30_a_write_needs_rw_at_every_level, ("x86-64-la57", 4)
    ),
    "rights of tables or of the page": Wrong(
        x86_64,
        "rights_below",
        keeping(U | W),
        named.test_F30_rights_that_levels_grant_each_alone_are_granted_by_none,
        ("x86-64", 0),
    ),
    "D set by a read": Wrong(
        x86_64,
        "with_rights",
        lambda pte, rights: RIGHT["with_rights"](pte, rights | (D if rights & A else 0)),
        named.test_F36_a_is_set_at_every_level_and_d_in_the_page_of_a_write_alone,
        ("x86-64", "load"),
    ),
    "no A in tables' entries": Wrong(
        x86_64,
        "visited",
        lambda pte: pte,
        named.test_F36_a_is_set_at_every_level_and_d_in_the_page_of_a_write_alone,
        ("x86-64", "load"),
    ),
    "D in tables' entries": Wrong(
        x86_64,
        "visited",
        lambda pte: RIGHT["visited"](pte) | x86_64.DIRTY,
        named.test_F36_a_is_set_at_every_level_and_d_in_the_page_of_a_write_alone,
        ("x86-64", "store"),
    ),
    "bits for software cleared": Wrong(
        x86_64,
        "with_rights",
        lambda pte, rights: RIGHT["with_rights"](pte, rights) & ~x86_64.NO_ACCESS,
        named.test_hardware_leaves_bits_for_software_as_they_are,
        (0, "load"),
    ),
    "nothing reserved": Wrong(
        x86_64,
        "is_reserved",
        lambda hart, pte, level: False,
        named.test_F37_address_bits_beyond_physical_ones_are_reserved_at_every_level,
        ("x86-64", 0, 46),
    ),
    "51 physical bits": Wrong(
        x86_64,
        "is_reserved",
        lambda hart, pte, level: RIGHT["is_reserved"](hart, pte & ~(31 << 46), level),
        named.test_F37_address_bits_beyond_physical_ones_are_reserved_at_every_level,
        ("x86-64", 0, 46),
    ),
    "a page of 512 GiB": Wrong(
        x86_64,
        "is_reserved",
        reserved_but(lambda hart, pte, level: level == 3 and pte & PS),
        named.test_F37_a_page_at_level_3_or_4_is_none,
        ("x86-64", 3),
    ),
    "large pages at any frame": Wrong(
        x86_64,
        "is_reserved",
        reserved_but(lambda hart, pte, level: 0 < level < 3 and pte & PS),
        named.test_F37_bits_between_pat_and_the_address_of_a_large_page_are_reserved,
        (1, 13),
    ),
    "XD ignored without NXE": Wrong(
        x86_64,
        "is_reserved",
        reserved_but(lambda hart, pte, level: pte & x86_64.XD),
        named.test_F37_with_nxe_off_xd_is_reserved_at_every_level,
        (0,),
    ),
    "a large page at every other place only": Wrong(
        x86_64,
        "pa_of",
        lambda pte, level, va: RIGHT["pa_of"](pte & ~(1 << 21) if level else pte, level, va),
        named.test_a_page_of_2_MiB_begins_at_bits_51_to_21_whatever_pat_says,
        (named.PAT_OF_LARGE,),
    ),
    "PS read at the lowest level": Wrong(
        x86_64,
        "is_reserved",
        lambda hart, pte, level: RIGHT["is_reserved"](hart, pte, level) or (level == 0 and pte & PS != 0),
        named.test_ps_is_pat_at_the_lowest_level,
        (),
    ),
    "reserved bits before P": Wrong(
        x86_64,
        "encoding_fault",
        reserved_first,
        named.test_F31_an_absent_entry_is_absent_whatever_else_it_says,
        ("x86-64", 0),
    ),
    "P looked at in pages alone": Wrong(
        x86_64,
        "is_pointer",
        lambda hart, pte, level: RIGHT["is_pointer"](hart, pte | P, level),
        named.test_F36_below_an_absent_entry_nothing_is_accessed,
        (),
    ),
    "no WP": Wrong(
        x86_64,
        "permission_fault",
        lambda hart, rights, access: permitted(hart, rights, access, lifted=x86_64.WP),
        named.test_F32_with_wp_off_the_supervisor_writes_to_what_is_read_only,
        (),
    ),
    "WP for all": Wrong(x86_64, "permission_fault", wp_for_all, named.test_F32_wp_is_nothing_to_the_user, ()),
    "no SMEP": Wrong(
        x86_64,
        "permission_fault",
        lambda hart, rights, access: permitted(hart, rights, access, lifted=x86_64.SMEP),
        named.test_F32_smep_alone_decides_on_fetches_from_user_pages,
        (True, "PRIVILEGE", True, False),
    ),
    "SMAP for fetches": Wrong(
        x86_64,
        "permission_fault",
        fetch_as_load,
        named.test_F32_smep_alone_decides_on_fetches_from_user_pages,
        (True, "PRIVILEGE", False, True),
    ),
    "a refusing entry kept": Wrong(
        x86_64, "keeps_refusals", lambda: True, named.test_F40_a_fault_drops_the_entry_that_refused, ()
    ),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_wrong_walker_is_found_by_the_test_of_what_is_wrong(monkeypatch, wrong):
    assert_found(monkeypatch, wrong)
