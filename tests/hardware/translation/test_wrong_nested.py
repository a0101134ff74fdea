"""Walks in two dimensions that are wrong in one thing each: the test of that thing's name finds it."""

import pytest

from emulator.base.names import Access, Fault
from emulator.hardware.translation import mmu, nested
from tests.hardware.translation import test_nested as named
from tests.wrong import Wrong, assert_found

REACH, EXCHANGE, MAKE = nested.reach, nested.exchange, nested.make_word


def as_supervisor(hart):
    """The host's tables are walked in the guest's mode."""
    EXCHANGE(hart)
    hart.privilege, hart.host.privilege = hart.host.privilege, hart.privilege


def wrapping(world, hart, address, access):
    """Bits above those that the host's tables translate are dropped."""
    span = 1 << 12 + 9 * hart.host.levels
    return REACH(world, hart, address % span, access)


def told_as_the_guests(world, hart, address, access):
    """What the host refuses is a page fault of the guest's."""
    fault = REACH(world, hart, address, access)
    return Fault.NOT_PRESENT if fault == Fault.NESTED else fault


def page_of_the_guest(page, rights, size):
    """A TLB holds a page as large as the guest's, whatever the host's is."""
    return MAKE(page & -(2 << 20), rights, 1)


WRONG = {
    "no host": Wrong(mmu, "walk_nested", mmu.walk, named.test_F24_four_levels_under_four_read_24_ptes),
    "the host's tables walked in the guest's mode": Wrong(
        nested, "exchange", as_supervisor, named.test_F24_the_hosts_pages_are_reached_as_by_a_user
    ),
    "guest physical addresses wrap": Wrong(
        nested,
        "reach",
        wrapping,
        named.test_F24_an_address_beyond_the_hosts_tables_is_refused_and_does_not_wrap,
    ),
    "the host's refusal told as the guest's": Wrong(
        nested,
        "reach",
        told_as_the_guests,
        named.test_F24_a_page_that_the_host_has_not_is_a_guest_page_fault_of_the_access,
        ("load",),
    ),
    "the guest's rights alone in TLBs": Wrong(
        nested, "rights_in", lambda word: -1, named.test_a_tlb_holds_no_more_than_both_grant
    ),
    "a refusal of a TLB taken for the guest's": Wrong(
        mmu,
        "refuses",
        lambda hart, fault: fault != Fault.NOT_ACCESSED and fault != Fault.NOT_DIRTY,
        named.test_a_tlb_holds_no_more_than_both_grant,
    ),
    "a guest's PTE marked unasked": Wrong(
        nested,
        "reach",
        lambda world, hart, address, access: REACH(
            world, hart, address, Access.LOAD if address < named.GPA else access
        ),
        named.test_F24_to_mark_a_pte_of_the_guests_is_a_store_to_the_host,
    ),
    "pages of the guest's size in TLBs": Wrong(
        nested, "make_word", page_of_the_guest, named.test_a_tlb_holds_a_page_of_the_smaller_of_both_sizes, (1, 0)
    ),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_wrong_walk_is_found_by_the_test_of_what_is_wrong(monkeypatch, wrong):
    assert_found(monkeypatch, wrong)
