"""Register names."""

import pytest

from isa.registers import register_name, register_number


@pytest.mark.parametrize("number", range(32))
def test_a_register_is_found_by_number_and_by_name(number):
    assert register_number(f"x{number}") == number
    assert register_number(register_name(number)) == number


@pytest.mark.parametrize(
    ("name", "number"),
    [("zero", 0), ("ra", 1), ("sp", 2), ("t0", 5), ("fp", 8), ("s0", 8), ("a0", 10), ("s11", 27), ("t6", 31)],
)
def test_names_are_those_of_the_calling_convention(name, number):
    assert register_number(name) == number


@pytest.mark.parametrize("name", ["x32", "f0", "A0", "a8", "x01", ""])
def test_other_names_are_no_registers(name):
    assert register_number(name) is None
