"""Branches and jumps (RV64I): whether they go to pc + imm, and where JALR goes."""

from emulator.base.arithmetic import unsigned_less
from emulator.hardware.meaning.kinds import Kind, means

branch = means(Kind.BRANCH)


@branch
def beq(a, b):
    return a == b


@branch
def bne(a, b):
    return a != b


@branch
def blt(a, b):
    return a < b


@branch
def bge(a, b):
    return a >= b


@branch
def bltu(a, b):
    return unsigned_less(a, b)


@branch
def bgeu(a, b):
    return not unsigned_less(a, b)


@means(Kind.JUMP)
def jal():
    return True


@means(Kind.JUMP_TO)
def jalr(a, imm):
    return (a + imm) & ~1
