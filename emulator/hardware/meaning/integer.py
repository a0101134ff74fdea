"""Integer computation (RV64I) and the counters (Zicntr): what rd becomes."""

from emulator.base.arithmetic import logical_right, sign_extend, unsigned_less
from emulator.hardware.meaning.kinds import Kind, means

compute = means(Kind.COMPUTE)


@compute
def lui(imm):
    return imm


@compute
def auipc(pc, imm):
    return pc + imm


@compute
def addi(a, imm):
    return a + imm


@compute
def slti(a, imm):
    return a < imm


@compute
def sltiu(a, imm):
    return unsigned_less(a, imm)


@compute
def xori(a, imm):
    return a ^ imm


@compute
def ori(a, imm):
    return a | imm


@compute
def andi(a, imm):
    return a & imm


@compute
def slli(a, imm):
    return a << imm


@compute
def srli(a, imm):
    return logical_right(a, imm)


@compute
def srai(a, imm):
    return a >> imm


@compute
def add(a, b):
    return a + b


@compute
def sub(a, b):
    return a - b


@compute
def sll(a, b):
    return a << (b & 63)


@compute
def slt(a, b):
    return a < b


@compute
def sltu(a, b):
    return unsigned_less(a, b)


@compute
def xor(a, b):
    return a ^ b


@compute
def srl(a, b):
    return logical_right(a, b & 63)


@compute
def sra(a, b):
    return a >> (b & 63)


@compute
def or_(a, b):
    return a | b


@compute
def and_(a, b):
    return a & b


@compute
def addiw(a, imm):
    return sign_extend(a + imm, 32)


@compute
def slliw(a, imm):
    return sign_extend(a << imm, 32)


@compute
def srliw(a, imm):
    return sign_extend((a & 0xFFFFFFFF) >> imm, 32)


@compute
def sraiw(a, imm):
    return sign_extend(a, 32) >> imm


@compute
def addw(a, b):
    return sign_extend(a + b, 32)


@compute
def subw(a, b):
    return sign_extend(a - b, 32)


@compute
def sllw(a, b):
    return sign_extend(a << (b & 31), 32)


@compute
def srlw(a, b):
    return sign_extend((a & 0xFFFFFFFF) >> (b & 31), 32)


@compute
def sraw(a, b):
    return sign_extend(a, 32) >> (b & 31)


@compute
def rdcycle(cycles):
    return cycles


@compute
def rdtime(cycles):
    return cycles  # a tick a cycle


@compute
def rdinstret(instructions):
    return instructions
