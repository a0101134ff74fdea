"""Walks in two dimensions that are wrong in one thing each: the test of that thing's name finds it."""

import pytest

from emulator.base import bits
from emulator.base.names import Access, Fault
from emulator.hardware.translation import guests, inclusion, mmu, nested
from emulator.mmu import fences as instructions
from emulator.paging import fences
from tests.hardware.translation import test_guests as of_guests
from tests.hardware.translation import test_nested as named
from tests.wrong import Wrong, assert_found

REACH, EXCHANGE, MAKE = nested.reach, nested.exchange, nested.make_word
ENTER, DROP_OF = guests.enter_guest, instructions.Fences._drop_of


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


def as_without_x4(world, hart, address, access):
    """The two more bits of an address that x4 modes translate are beyond the host's tables."""
    hart.host.roots = 1
    return REACH(world, hart, address, access)


def by_the_first_table(world, hart, address, access):
    """The two more bits choose no table: the first of the four is the root."""
    span = 1 << 12 + 9 * hart.host.levels
    return REACH(world, hart, address % span if address < hart.host.roots * span else address, access)


def asleep_as_one(hart, left, entered):
    """All guests but 0 are one."""
    ENTER(hart, *(0 if guest == 0 else 1 << 52 for guest in (left, entered)))


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
    "Sv39x4 walked as Sv39": Wrong(
        nested,
        "reach",
        as_without_x4,
        named.test_F47_two_more_bits_of_an_address_choose_one_of_four_tables,
        ("sv39x4", 39),
    ),
    "one table for a root of four": Wrong(
        nested,
        "reach",
        by_the_first_table,
        named.test_F47_the_last_address_of_sv39x4_is_reached_by_the_last_entry_of_its_16_kib,
    ),
    "no VMIDs": Wrong(
        guests,
        "exchange_guests",
        lambda tlb, left, entered: None,
        of_guests.test_F46_two_guests_with_one_asid_do_not_find_each_others_entries,
        ("sv39",),
    ),
    "two VMIDs taken for one": Wrong(
        guests,
        "enter_guest",
        asleep_as_one,
        of_guests.test_F46_two_guests_with_one_asid_do_not_find_each_others_entries,
        ("sv39",),
    ),
    "TLBs emptied where another guest begins": Wrong(
        guests,
        "make_asleep",
        lambda word, guest: 0,
        of_guests.test_F46_what_a_guest_left_in_tlbs_is_there_when_it_runs_again,
    ),
    "global pages of every guest's": Wrong(
        guests,
        "HELD",
        0,
        of_guests.test_F46_a_global_page_is_one_of_its_guest_alone,
    ),
    "HFENCE.GVMA of one guest drops the one that runs": Wrong(
        instructions.Fences,
        "_drop_of",
        lambda mmu, vmids, va, reach: DROP_OF(mmu, {mmu._vmid}, va, reach),
        of_guests.test_F46_a_fence_drops_entries_of_the_guests_that_it_names_and_leaves_all_others,
        ("sv39", ("hfence_gvma", None, 2), {1, 3}),
    ),
    "HFENCE.GVMA of one guest drops all": Wrong(
        instructions.Fences,
        "_drop_of",
        lambda mmu, vmids, va, reach: DROP_OF(mmu, mmu._guests, va, reach),
        of_guests.test_F46_a_fence_drops_entries_of_the_guests_that_it_names_and_leaves_all_others,
        ("sv39", ("hfence_gvma", None, 2), {1, 3}),
    ),
    "HFENCE.GVMA spares global pages": Wrong(
        fences,
        "OF_GUEST",
        fences.POINTERS | fences.ANY_ASID,
        of_guests.test_F46_a_fence_by_vmid_reaches_global_pages_of_any_asid,
    ),
    "INVVPID of a page drops all of a guest": Wrong(
        fences,
        "INVVPID",
        (fences.OF_GUEST,) * 4,
        of_guests.test_F46_a_fence_drops_entries_of_the_guests_that_it_names_and_leaves_all_others,
        ("x86-64", ("invvpid", 0, 2, of_guests.VA + of_guests.PAGE), {1, 2, 3}),
    ),
    "an inclusive level gives up the running guest's": Wrong(
        inclusion,
        "same_guest",
        lambda word, other: True,
        of_guests.test_F46_of_an_inclusive_level_a_guest_gives_up_its_own,
    ),
    "an inclusive level keeps the first level of a guest that is away": Wrong(
        inclusion,
        "same_guest",
        lambda word, other: other & bits.ASLEEP == 0,
        of_guests.test_F46_of_an_inclusive_level_a_guest_that_is_away_leaves_the_first_too,
    ),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_wrong_walk_is_found_by_the_test_of_what_is_wrong(monkeypatch, wrong):
    assert_found(monkeypatch, wrong)
