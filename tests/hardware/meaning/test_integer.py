"""What RV64I computes, each instruction by itself."""

import itertools

import pytest

from emulator.hardware.meaning.kinds import Kind
from isa.instructions import BY_NAME
from tests.hardware.meaning.bodies import meaning, result
from tests.model.integers import BINARY, CORNERS, IMMEDIATE, SHIFTS, WORD_SHIFTS, signed

IMMEDIATES = (-2048, -1, 0, 5, 2047)


@pytest.mark.parametrize("name", [name for name in BINARY if BY_NAME[name].extension == "RV64I"])
def test_two_registers_give_what_the_definition_says(name):
    for a, b in itertools.product(CORNERS, repeat=2):
        assert result(name, a=a, b=b) == signed(int(BINARY[name](a, b))), (a, b)


@pytest.mark.parametrize("name", IMMEDIATE)
def test_a_register_and_an_immediate_give_what_the_definition_says(name):
    for a, imm in itertools.product(CORNERS, IMMEDIATES):
        assert result(name, a=a, imm=imm) == signed(int(IMMEDIATE[name](a, imm))), (a, imm)


@pytest.mark.parametrize("name", [*SHIFTS, *WORD_SHIFTS])
def test_a_shift_by_an_immediate_gives_what_the_definition_says(name):
    width = 64 if name in SHIFTS else 32
    for a, imm in itertools.product(CORNERS, range(width)):
        assert result(name, a=a, imm=imm) == signed(int((SHIFTS | WORD_SHIFTS)[name](a, imm))), (a, imm)


def test_lui_is_its_immediate_and_auipc_counts_it_from_the_instruction():
    assert result("lui", imm=-0x80000000) == -0x80000000
    assert result("auipc", pc=0x10000, imm=0x7FFFF000) == 0x8000F000
    assert result("auipc", pc=0x10000, imm=-0x80000000) == 0x10000 - 0x80000000


def test_the_clock_ticks_once_a_cycle():
    assert [result(name, cycles=77, instructions=5) for name in ("rdcycle", "rdtime", "rdinstret")] == [77, 77, 5]


@pytest.mark.parametrize("name", [*IMMEDIATE, *SHIFTS, *WORD_SHIFTS, "add", "lui", "auipc", "rdcycle"])
def test_computing_has_no_price_of_its_own(name):
    assert meaning(name).kind is Kind.COMPUTE
