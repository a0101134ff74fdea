"""When branches are taken, and where a jump goes."""

import itertools

import pytest

from tests.hardware.meaning.bodies import result
from tests.model.integers import BRANCHES, CORNERS, signed


@pytest.mark.parametrize("name", BRANCHES)
def test_a_branch_is_taken_just_when_its_condition_holds(name):
    for a, b in itertools.product(CORNERS, repeat=2):
        assert bool(result(name, a=a, b=b)) == BRANCHES[name](a, b), (a, b)


def test_jal_always_jumps():
    assert result("jal")


def test_jalr_goes_to_an_even_address():
    for a, imm in itertools.product(CORNERS, (-2048, -1, 0, 1, 2047)):
        assert result("jalr", a=a, imm=imm) == signed((a + imm) // 2 * 2), (a, imm)
