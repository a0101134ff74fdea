"""The loop that runs is the one that is made of the meanings."""

import re

import pytest

from emulator.hardware.engine.made import HERE, made
from emulator.hardware.meaning.kinds import Kind, Meaning
from emulator.hardware.meaning.table import MEANINGS
from isa.instructions import Op


def text():
    """All that is made."""
    return "".join(made().values())


def test_the_loop_that_runs_is_made_of_what_stands_in_meaning():
    for name, expected in made().items():
        assert (HERE / name).read_text(encoding="utf-8") == expected, f"{name} is stale: run `make docs`"


def test_every_instruction_has_one_branch():
    functions = re.split(r"^def ", text(), flags=re.MULTILINE)
    branching = "".join(body for body in functions if body.startswith(("run(", "carry_out(")))
    assert sorted(re.findall(r"\bop == Op\.(\w+)", branching)) == sorted(op.name for op in Op)


def test_instructions_are_told_apart_by_equality_alone():
    assert re.findall(r"[<>]=? *op\b|\bop *[<>]", text()) == []


def test_a_body_is_pasted_into_the_branch_of_its_instruction(monkeypatch):
    def and_(b, pc):
        return pc + 7 * b

    monkeypatch.setitem(MEANINGS, Op.AND, Meaning(Kind.COMPUTE, and_))
    assert "elif op == Op.AND:\n                    regs[rd] = address_of(index, offset) + 7 * b\n" in text()


def test_a_body_that_is_more_than_an_expression_is_refused(monkeypatch):
    def add(a, b):
        total = a + b
        return total

    monkeypatch.setitem(MEANINGS, Op.ADD, Meaning(Kind.COMPUTE, add))
    with pytest.raises(AssertionError, match="add: a body is one expression"):
        made()


def test_a_kind_that_the_loop_does_not_know_is_refused(monkeypatch):
    monkeypatch.setattr(Kind.TRAP, "_name_", "LEAP")
    with pytest.raises(AssertionError, match="kind has no case"):
        made()
