"""Multiplication and division, each instruction by itself."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.hardware.meaning.kinds import Kind
from isa.instructions import BY_NAME
from tests.hardware.meaning.bodies import meaning, result
from tests.model.integers import BINARY, CORNERS, signed

NAMES = [name for name in BINARY if BY_NAME[name].extension == "M"]
REGISTER = st.integers(-(1 << 63), (1 << 63) - 1) | st.integers(-100, 100)


@pytest.mark.parametrize("name", NAMES)
def test_corners_give_what_the_definition_says(name):
    for a, b in itertools.product(CORNERS, repeat=2):
        assert result(name, a=a, b=b) == signed(int(BINARY[name](a, b))), (a, b)


@given(a=REGISTER, b=REGISTER, name=st.sampled_from(NAMES))
def test_any_operands_give_what_the_definition_says(a, b, name):
    assert result(name, a=a, b=b) == signed(int(BINARY[name](a, b)))


@pytest.mark.parametrize("name", NAMES)
def test_divisions_have_the_price_of_a_division_and_products_that_of_a_product(name):
    divides = name.startswith(("div", "rem"))
    assert meaning(name).kind is (Kind.DIVIDE if divides else Kind.MULTIPLY)
