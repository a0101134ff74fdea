"""Each instruction has one meaning."""

import pytest

from emulator.hardware.meaning.kinds import Kind, means
from emulator.hardware.meaning.table import MEANINGS
from isa.instructions import INSTRUCTIONS, Op

MOVES = {
    *(Kind.LOAD, Kind.STORE, Kind.LOAD_AND_STEP, Kind.STORE_AND_STEP),
    *(Kind.RESERVE, Kind.CONDITIONAL, Kind.EXCHANGE),
}


def test_every_instruction_has_a_meaning():
    assert [int(op) for op in MEANINGS] == list(range(len(INSTRUCTIONS)))


def test_a_second_meaning_is_refused():
    def add(a, b):
        return a + b

    with pytest.raises(AssertionError, match="ADD has two meanings"):
        means(Kind.COMPUTE)(add)


def test_a_meaning_without_an_instruction_is_refused():
    def subtract(a, b):
        return a - b

    with pytest.raises(KeyError, match="SUBTRACT"):
        means(Kind.COMPUTE)(subtract)


@pytest.mark.parametrize("op", Op, ids=lambda op: op.name)
def test_what_accesses_memory_says_how_many_bytes(op):
    found = MEANINGS[op]
    assert (found.size in (1, 2, 4, 8)) == (found.kind in MOVES)
