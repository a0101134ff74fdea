"""What RISC-V PTEs say, function by function; what becomes of an access: tests/hardware/translation/test_walk.py."""

from inspect import isfunction, signature

import pytest

from emulator.base.bits import A, D, G, R, U, V, W, X
from emulator.base.names import Fault
from emulator.paging import format as paging
from emulator.paging import riscv
from emulator.paging.modes import MODES
from tests.pages import PAGE, flags

LETTERS = {"v": V, "r": R, "w": W, "x": X, "u": U, "g": G, "a": A, "d": D}


@pytest.mark.parametrize("letter", LETTERS)
def test_a_flag_of_a_pte_is_the_right_of_its_name(letter):
    assert riscv.rights_of(flags(letter)) == LETTERS[letter]
    assert riscv.make_leaf(0, LETTERS[letter]) == flags(letter)


def test_rights_are_none_of_the_bits_for_software_nor_of_the_page():
    assert riscv.rights_of(-1 << 8) == 0


def test_rights_that_change_leave_page_and_bits_for_software_as_they_are():
    page_and_software = 0x12345 << 10 | 3 << 8
    assert riscv.with_rights(page_and_software | flags("vrwuad"), V | R) == page_and_software | flags("vr")


def test_the_physical_page_number_has_44_bits_and_begins_at_bit_10():
    every = (1 << 44) - 1
    assert riscv.make_leaf(every, 0) == every << 10
    assert riscv.target_of(-1, 0) == every << 12


def test_a_table_is_pointed_to_by_v_alone():
    assert riscv.make_pointer(0x12345) == 0x12345 << 10 | flags("v")


@pytest.mark.parametrize("level", range(5))
def test_F14_a_pointer_leads_on_above_level_0_only(level):
    pointer = riscv.make_pointer(1)
    assert riscv.is_pointer(pointer, level) == (level > 0)


@pytest.mark.parametrize("letter", "rwxuad")
def test_F13_what_has_a_flag_that_pointers_have_not_leads_nowhere(letter):
    assert not riscv.is_pointer(flags("v" + letter), 1)


def test_F13_global_and_software_bits_may_be_set_in_a_pointer():
    assert riscv.is_pointer(flags("vg") | 3 << 8, 1)


def test_a_pointer_takes_no_rights_away():
    assert riscv.rights_below(V | R | W | X | U, flags("v")) == V | R | W | X | U


def test_F12_reserved_comes_after_not_valid():
    assert riscv.fault_in(flags("w") | 1 << 54, 0, PAGE, riscv.WITHOUT_EXTENSIONS) == Fault.NOT_PRESENT
    assert riscv.fault_in(flags("vw"), 0, PAGE, riscv.WITHOUT_EXTENSIONS) == Fault.RESERVED


@pytest.mark.parametrize(("level", "size"), list(enumerate([1 << 12, 2 << 20, 1 << 30, 512 << 30, 256 << 40])))
def test_each_level_has_512_times_the_reach_of_the_one_below(level, size):
    assert riscv.span(level) == size
    assert [riscv.index_of(i * size, level) for i in (0, 1, 511, 512)] == [0, 1, 511, 0]


def test_every_format_answers_all_that_hot_code_asks():
    asked = {name for name, value in vars(paging).items() if isfunction(value) and value is paging.SEEN.get(name)}
    assert {"index_of", "is_pointer", "target_of", "rights_of", "encoding_fault"} <= asked
    for format_ in {mode.format for mode in MODES.values()}:
        for name in asked:
            takes = set(signature(getattr(format_, name)).parameters)
            assert takes | {"hart"} == set(signature(getattr(paging, name)).parameters)
