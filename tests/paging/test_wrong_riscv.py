"""Walkers of RISC-V that are wrong in one thing each: the test of that thing's name finds it."""

import pytest

from emulator.base.bits import A, D, R, U, V, W, X
from emulator.base.names import Access, Fault, Privilege
from emulator.hardware.translation import walker
from emulator.paging import riscv, sv32
from tests.act import test_act as act
from tests.hardware.translation import test_accessed_dirty as marks
from tests.hardware.translation import test_permissions as rights
from tests.hardware.translation import test_walk as walks
from tests.wrong import Wrong, assert_found

RIGHT = {name: getattr(riscv, name) for name in vars(riscv)}
STEP = walker.step


def excusing(bits, without=0):
    """The Fault in an entry, were `bits` none that a leaf reserves; `without`: bits that are read as clear."""
    return lambda hart, pte, level: RIGHT["encoding_fault"](hart, pte & ~(bits | without), level)


def judging(change):
    """The Fault of an access, were it to what `change` makes of rights and access."""
    return lambda hart, rights, access: RIGHT["permission_fault"](hart, *change(hart, rights, access))


def write_alone_allowed(hart, pte, level):
    """W is enough to be a leaf."""
    return RIGHT["encoding_fault"](hart, pte | R if pte & W else pte, level)


def any_pointer(ignored):
    """Whether an entry leads on, were `ignored` no matter of pointers."""
    return lambda pte, level: RIGHT["is_pointer"](pte & ~ignored, level)


def rights_first(hart, rights, access):
    """R, W and X are looked at before U."""
    mode = hart.privilege
    hart.privilege = Privilege.USER
    fault = RIGHT["permission_fault"](hart, rights | U | A | D, access)
    hart.privilege = mode
    return fault if fault != Fault.NONE else RIGHT["permission_fault"](hart, rights, access)


def marks_first(hart, rights, access):
    """A and D are looked at before R, W and X."""
    fault = RIGHT["marking_fault"](rights, access)
    return fault if fault != Fault.NONE else RIGHT["permission_fault"](hart, rights, access)


def fetch_with_sum(hart, rights, access):
    """SUM lets the supervisor fetch, too."""
    return rights & ~U if hart.privilege and hart.user_access else rights, access


def outside_is_empty(world, hart, table, va, level):
    """A PTE outside memory is read as 0."""
    place, pte, below = STEP(world, hart, table, va, level)
    return (0 if place < 0 else place), pte, below


def aligned(pte, level):
    """The page or table of an entry, its low bits dropped as a superpage has none."""
    target = RIGHT["target_of"](pte, level)
    return target & ~(RIGHT["span"](level) - 1) if pte & (R | W | X) else target


def case(name):
    """The arguments of the test of a case of riscv-arch-test, by the name of its file."""
    return next((row, paging) for row, paging in act.TRIED if f"{paging}_{row.file}" == name)


def first_page_of_64_kib(pte, level, va):
    """A page of 64 KiB is 4 KiB large."""
    return RIGHT["pa_of"](pte, level, va & ~0xF000 if pte & riscv.NAPOT else va)


WRONG = {
    "upper address bits ignored": Wrong(
        riscv,
        "canonical",
        lambda hart, va: True,
        walks.test_F10_a_non_canonical_address_faults_as_its_access,
        ("sv39", "load"),
    ),
    "upper address bits must be 0": Wrong(
        riscv,
        "canonical",
        lambda hart, va: 0 <= va < 1 << 12 + 9 * hart.levels - 1,
        walks.test_both_halves_of_the_address_space_are_translated,
        ("sv39",),
    ),
    "a PTE outside memory is empty": Wrong(
        walker,
        "step",
        outside_is_empty,
        walks.test_F11_a_table_outside_memory_is_an_access_fault_of_the_original_access,
        (1, "store"),
    ),
    "V not looked at": Wrong(
        riscv,
        "encoding_fault",
        lambda hart, pte, level: RIGHT["encoding_fault"](hart, pte | V, level),
        walks.test_F12_a_pte_with_v_clear_is_no_translation_whatever_else_it_holds,
        (0, "load"),
    ),
    "reserved bits before V": Wrong(
        riscv,
        "encoding_fault",
        lambda hart, pte, level: Fault.RESERVED if pte & riscv.RESERVED else RIGHT["encoding_fault"](hart, pte, level),
        walks.test_F12_a_pte_with_v_clear_is_no_translation_whatever_else_it_holds,
        (0, "load"),
    ),
    "W without R a leaf": Wrong(
        riscv,
        "encoding_fault",
        write_alone_allowed,
        walks.test_F12_writable_but_not_readable_is_reserved,
        (0, "vwuad"),
    ),
    "reserved bits ignored": Wrong(
        riscv,
        "encoding_fault",
        excusing(riscv.RESERVED),
        walks.test_F12_a_reserved_bit_in_a_leaf_is_a_page_fault,
        (0, 54),
    ),
    "N ignored without Svnapot": Wrong(
        riscv, "encoding_fault", excusing(riscv.NAPOT), walks.test_F12_a_reserved_bit_in_a_leaf_is_a_page_fault, (0, 63)
    ),
    "PBMT ignored without Svpbmt": Wrong(
        riscv, "encoding_fault", excusing(riscv.PBMT), walks.test_F12_a_reserved_bit_in_a_leaf_is_a_page_fault, (0, 61)
    ),
    "reserved bits ignored in pointers": Wrong(
        riscv,
        "is_pointer",
        any_pointer(riscv.RESERVED),
        walks.test_F13_a_reserved_bit_in_a_pointer_is_a_page_fault,
        (1 << 54,),
    ),
    "A, D and U ignored in pointers": Wrong(
        riscv, "is_pointer", any_pointer(A | D | U), walks.test_F13_a_pointer_with_a_d_or_u_is_reserved, (1, "u")
    ),
    "bits for software reserved in pointers": Wrong(
        riscv,
        "is_pointer",
        lambda pte, level: RIGHT["is_pointer"](pte, level) and pte & 3 << 8 == 0,
        walks.test_F13_the_bits_for_software_and_g_are_not_reserved_in_a_pointer,
    ),
    "a pointer at level 0 a page": Wrong(
        riscv,
        "encoding_fault",
        lambda hart, pte, level: RIGHT["encoding_fault"](
            hart, pte | (R | X if level == 0 and pte & (R | W | X) == 0 else 0), level
        ),
        walks.test_F14_a_pointer_at_level_0_is_a_page_fault,
        ("load",),
    ),
    "a misaligned superpage rounded down": Wrong(
        riscv, "target_of", aligned, walks.test_F14_a_superpage_with_any_low_ppn_bit_set_is_misaligned, ("sv39", 1)
    ),
    "no U check for the user": Wrong(
        riscv,
        "permission_fault",
        judging(lambda hart, rights, access: (rights if hart.privilege else rights | U, access)),
        rights.test_F15_a_user_needs_u,
        ("load",),
    ),
    "SUM always on": Wrong(
        riscv,
        "permission_fault",
        judging(
            lambda hart, rights, access: (rights & ~U if hart.privilege and access != Access.FETCH else rights, access)
        ),
        rights.test_F15_the_supervisor_reaches_a_user_page_only_with_sum,
        ("load",),
    ),
    "SUM for fetches": Wrong(
        riscv,
        "permission_fault",
        judging(fetch_with_sum),
        rights.test_F16_the_supervisor_never_executes_a_user_page,
    ),
    "MXR always on": Wrong(
        riscv,
        "permission_fault",
        judging(lambda hart, rights, access: (rights | R if rights & X else rights, access)),
        rights.test_F15_reading_needs_r,
        ("load",),
    ),
    "MXR for writes": Wrong(
        riscv,
        "permission_fault",
        judging(lambda hart, rights, access: (rights | W | D if hart.exec_read and rights & X else rights, access)),
        rights.test_F16_mxr_makes_nothing_writable,
        ("store",),
    ),
    "R, W and X before U": Wrong(
        riscv, "permission_fault", rights_first, rights.test_F15_the_privilege_check_comes_before_the_rights
    ),
    "A and D before R, W and X": Wrong(
        riscv, "permission_fault", marks_first, rights.test_F15_the_rights_come_before_a_and_d
    ),
    "an AMO needs R alone": Wrong(
        riscv, "writes", lambda access: access == Access.STORE, rights.test_F15_writing_needs_w, ("amo",)
    ),
    "an LR needs W": Wrong(
        riscv,
        "writes",
        lambda access: access != Access.LOAD and access != Access.FETCH,
        rights.test_F15_reading_needs_r,
        ("lr",),
    ),
    "Svade refuses no clear A": Wrong(
        riscv,
        "marking_fault",
        lambda rights, access: Fault.NONE,
        marks.test_F18_svade_faults_where_a_is_clear,
        ("load", 13),
    ),
    "A and D not written back": Wrong(
        walker,
        "put_seen",
        lambda world, hart, va, place, read, pte: None,
        marks.test_F18_svadu_sets_a_and_d_for_writes,
        ("store",),
    ),
    "D set by reads": Wrong(
        walker, "writes", lambda access: True, marks.test_F18_svadu_sets_a_and_only_a_for_reads_and_fetches, ("load",)
    ),
    "D set by no write": Wrong(
        walker, "writes", lambda access: False, marks.test_F18_svadu_sets_a_and_d_for_writes, ("amo",)
    ),
    "bits for software cleared": Wrong(
        riscv,
        "with_rights",
        lambda pte, rights: RIGHT["with_rights"](pte, rights) & ~(3 << 8),
        walks.test_the_bits_for_software_are_ignored_in_a_leaf_and_kept,
    ),
    "a page of 64 KiB is its first 4": Wrong(
        riscv,
        "pa_of",
        first_page_of_64_kib,
        act.test_a_case_is_answered_as_its_rule_says,
        case("sv39_Svnapot_Smode"),
    ),
    "N of any size, at any level": Wrong(
        riscv,
        "is_misused",
        lambda pte, level: pte & riscv.PBMT == riscv.PBMT,
        act.test_a_case_is_answered_as_its_rule_says,
        case("sv48_Svnapot_reserved_enc_Umode"),
    ),
    "PBMT 3 a type of memory": Wrong(
        riscv,
        "is_misused",
        lambda pte, level: pte & riscv.PBMT != riscv.PBMT and RIGHT["is_misused"](pte, level),
        act.test_a_case_is_answered_as_its_rule_says,
        case("sv39_Svpbmt_Smode"),
    ),
    "nine bits of an index in Sv32": Wrong(
        sv32,
        "index_of",
        lambda va, level: va >> 12 + 10 * level & 511,
        act.test_a_case_is_answered_as_its_rule_says,
        case("sv32_VA_all_ones_Smode"),
    ),
    "one entry in eight bytes in Sv32": Wrong(
        sv32,
        "nth_entry",
        lambda table, number: table + (number << 3),
        act.test_a_case_is_answered_as_its_rule_says,
        case("sv32_pte_rsw_Smode"),
    ),
    "the neighbour of a PTE of Sv32 overwritten": Wrong(
        sv32,
        "word_with",
        lambda word, place, pte: pte << (place & 4) * 8,
        act.test_a_case_is_answered_as_its_rule_says,
        case("sv32_Svadu_Smode"),
    ),
    "pages of 2 MiB in Sv32": Wrong(
        sv32,
        "pa_of",
        lambda pte, level, va: riscv.pa_of(pte, level, va),
        act.test_a_case_is_answered_as_its_rule_says,
        case("sv32_spage_Smode"),
    ),
    "A in pointers": Wrong(riscv, "visited", lambda pte: pte | A, marks.test_F19_pointers_are_not_marked),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_wrong_walker_is_found_by_the_test_of_what_is_wrong(monkeypatch, wrong):
    assert_found(monkeypatch, wrong)
