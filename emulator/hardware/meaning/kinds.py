"""Kinds of instructions: what is done with the result of a body.

A body is one expression of its parameters, whose names say what it reads:

    a, b            the registers rs1 and rs2 (an atomic's `b` is the low part that it uses, sign-extended)
    imm             the immediate, as `isa/encoding.py` decodes it
    pc              the address of the instruction
    value           what a load has read, zero-extended
    old             what an atomic has found in memory, sign-extended
    cycles          those of the hart so far
    instructions    those it has retired
    rs1, rs2        the numbers of these registers
    world, hart     the machine, which fences and no others change

Numbers are 64 bits wide, signed, and wrap around.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum, auto
from typing import Any, TypeVar

from isa.instructions import Op

Body = TypeVar("Body", bound=Callable[..., Any])


class Kind(IntEnum):
    """What an engine does with the result of a body."""

    COMPUTE = auto()  # rd = result
    MULTIPLY = auto()  # rd = result, at the price of a multiplication
    DIVIDE = auto()  # rd = result, at the price of a division
    BRANCH = auto()  # if result: go to pc + imm
    JUMP = auto()  # the same; rd = the address of the next instruction
    JUMP_TO = auto()  # go to result; rd = the address of the next instruction
    LOAD = auto()  # value = `size` bytes at a + imm; rd = result
    STORE = auto()  # `size` bytes at a + imm = result
    RESERVE = auto()  # old = `size` bytes at a, reserved from now on; rd = result
    CONDITIONAL = auto()  # if a is still reserved: `size` bytes at a = result and rd = 0; else rd = 1
    EXCHANGE = auto()  # old = `size` bytes at a, which become result; rd = old
    LOAD_AND_STEP = auto()  # value = `size` bytes at a; rd = result; rs1 = a + imm
    STORE_AND_STEP = auto()  # `size` bytes at a = result; rs1 = a + imm
    COPY = auto()  # again and again: result bytes from rs1 to rd, both advance, rs2 shrinks (`engine/block_copy.py`)
    NOTHING = auto()  # no effect on one hart
    FENCE = auto()  # result is done, and what is known of the line being fetched is forgotten
    SUPERVISOR_FENCE = auto()  # the same in supervisor mode; illegal otherwise
    TRAP = auto()  # the `Trap` that result is


@dataclass(frozen=True)
class Meaning:
    """What one instruction means: its kind, its body, and how many bytes of memory it moves, if its kind does."""

    kind: Kind
    body: Callable[..., Any]
    size: int = 0


KNOWN: dict[Any, Meaning] = {}  # by Op; whole once all modules have been imported (`table.py`)


def means(kind: Kind, size: int = 0, suffix: str = "") -> Callable[[Body], Body]:
    """Let a function be the body of the instruction of its name, `ld_pi` of `ld.pi` and `and_` of `and`.

    `suffix` is what the instruction's name has beyond that.
    """

    def noted(body: Body) -> Body:
        op = Op[(body.__name__.rstrip("_") + suffix).upper()]
        assert op not in KNOWN, f"{op.name} has two meanings"
        KNOWN[op] = Meaning(kind, body, size)
        return body

    return noted
