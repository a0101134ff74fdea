"""Pseudo-instructions: one row per way to write one, with the instructions it stands for.

The rows are those of the RISC-V manual ("RISC-V Assembly Programmer's Handbook") and the further
shapes that GNU as accepts, such as `add rd, rs1, 5`. In an expansion `hi` and `lo` are the two parts
of a pc-relative address: the first belongs to an `auipc`, the second to the instruction after it.
"""

from __future__ import annotations

from typing import NamedTuple

from isa.upper import LOW_BITS, high_part, low_part, upper


class Pseudo(NamedTuple):
    """`name syntax` is written as the instructions of `expansion`."""

    name: str
    syntax: str
    expansion: tuple[str, ...]


# The expansion of these two depends on the value: see `load_constant`.
CONSTANT = ("constant",)  # any 64-bit number
ADDRESS = ("auipc rd, hi", "addi rd, rd, lo")

_IMMEDIATE_TWINS = (
    ("add", "addi", "imm"), ("slt", "slti", "imm"), ("sltu", "sltiu", "imm"), ("xor", "xori", "imm"),
    ("or", "ori", "imm"), ("and", "andi", "imm"), ("addw", "addiw", "imm"), ("sll", "slli", "shamt"),
    ("srl", "srli", "shamt"), ("sra", "srai", "shamt"), ("sllw", "slliw", "shamt"), ("srlw", "srliw", "shamt"),
    ("sraw", "sraiw", "shamt"),
)  # fmt: skip

PSEUDO: tuple[Pseudo, ...] = (
    Pseudo("nop", "", ("addi zero, zero, 0",)),
    Pseudo("li", "rd, imm", CONSTANT),
    Pseudo("la", "rd, symbol", ADDRESS),
    Pseudo("lla", "rd, symbol", ADDRESS),
    Pseudo("la", "rd, imm", CONSTANT),
    Pseudo("lla", "rd, imm", CONSTANT),
    Pseudo("mv", "rd, rs1", ("addi rd, rs1, 0",)),
    Pseudo("move", "rd, rs1", ("addi rd, rs1, 0",)),
    Pseudo("not", "rd, rs1", ("xori rd, rs1, -1",)),
    Pseudo("neg", "rd, rs1", ("sub rd, zero, rs1",)),
    Pseudo("negw", "rd, rs1", ("subw rd, zero, rs1",)),
    Pseudo("sext.b", "rd, rs1", ("slli rd, rs1, 56", "srai rd, rd, 56")),
    Pseudo("sext.h", "rd, rs1", ("slli rd, rs1, 48", "srai rd, rd, 48")),
    Pseudo("sext.w", "rd, rs1", ("addiw rd, rs1, 0",)),
    Pseudo("zext.b", "rd, rs1", ("andi rd, rs1, 255",)),
    Pseudo("zext.h", "rd, rs1", ("slli rd, rs1, 48", "srli rd, rd, 48")),
    Pseudo("zext.w", "rd, rs1", ("slli rd, rs1, 32", "srli rd, rd, 32")),
    Pseudo("seqz", "rd, rs1", ("sltiu rd, rs1, 1",)),
    Pseudo("snez", "rd, rs1", ("sltu rd, zero, rs1",)),
    Pseudo("sltz", "rd, rs1", ("slt rd, rs1, zero",)),
    Pseudo("sgtz", "rd, rs1", ("slt rd, zero, rs1",)),
    Pseudo("sgt", "rd, rs1, rs2", ("slt rd, rs2, rs1",)),
    Pseudo("sgtu", "rd, rs1, rs2", ("sltu rd, rs2, rs1",)),
    Pseudo("beqz", "rs1, target", ("beq rs1, zero, target",)),
    Pseudo("bnez", "rs1, target", ("bne rs1, zero, target",)),
    Pseudo("blez", "rs1, target", ("bge zero, rs1, target",)),
    Pseudo("bgez", "rs1, target", ("bge rs1, zero, target",)),
    Pseudo("bltz", "rs1, target", ("blt rs1, zero, target",)),
    Pseudo("bgtz", "rs1, target", ("blt zero, rs1, target",)),
    Pseudo("bgt", "rs1, rs2, target", ("blt rs2, rs1, target",)),
    Pseudo("ble", "rs1, rs2, target", ("bge rs2, rs1, target",)),
    Pseudo("bgtu", "rs1, rs2, target", ("bltu rs2, rs1, target",)),
    Pseudo("bleu", "rs1, rs2, target", ("bgeu rs2, rs1, target",)),
    Pseudo("j", "target", ("jal zero, target",)),
    Pseudo("jal", "target", ("jal ra, target",)),
    Pseudo("jr", "rs1", ("jalr zero, 0(rs1)",)),
    Pseudo("jr", "rs1, imm", ("jalr zero, imm(rs1)",)),
    Pseudo("jr", "imm(rs1)", ("jalr zero, imm(rs1)",)),
    Pseudo("jalr", "rs1", ("jalr ra, 0(rs1)",)),
    Pseudo("jalr", "imm(rs1)", ("jalr ra, imm(rs1)",)),
    Pseudo("jalr", "rs1, imm", ("jalr ra, imm(rs1)",)),
    Pseudo("jalr", "rd, rs1", ("jalr rd, 0(rs1)",)),
    Pseudo("jalr", "rd, rs1, imm", ("jalr rd, imm(rs1)",)),
    Pseudo("ret", "", ("jalr zero, 0(ra)",)),
    Pseudo("call", "symbol", ("auipc ra, hi", "jalr ra, lo(ra)")),
    Pseudo("call", "rd, symbol", ("auipc t1, hi", "jalr rd, lo(t1)")),
    Pseudo("tail", "symbol", ("auipc t1, hi", "jalr zero, lo(t1)")),
    Pseudo("jump", "symbol, rt", ("auipc rt, hi", "jalr zero, lo(rt)")),
    *(
        Pseudo(load, "rd, symbol", ("auipc rd, hi", f"{load} rd, lo(rd)"))
        for load in ("lb", "lh", "lw", "ld", "lbu", "lhu", "lwu")
    ),
    *(Pseudo(store, "rs2, symbol, rt", ("auipc rt, hi", f"{store} rs2, lo(rt)")) for store in ("sb", "sh", "sw", "sd")),
    *(Pseudo(name, f"rd, rs1, {kind}", (f"{twin} rd, rs1, {kind}",)) for name, twin, kind in _IMMEDIATE_TWINS),
    Pseudo("add", "rd, rs1, rs2, %tprel_add", ("add rd, rs1, rs2",)),
    Pseudo("fence", "", ("fence iorw, iorw",)),
    Pseudo("sfence.vma", "", ("sfence.vma zero, zero",)),
    Pseudo("sfence.vma", "rs1", ("sfence.vma rs1, zero",)),
    *(
        Pseudo(name, syntax.format(csr), (f"rd{csr} rd",))
        for csr in ("cycle", "time", "instret")
        for name, syntax in (("csrr", "rd, ={}"), ("csrrs", "rd, ={}, =zero"))
    ),
    Pseudo("scall", "", ("ecall",)),
    Pseudo("sbreak", "", ("ebreak",)),
)

# Words that are no row of the table, written by name all the same.
RAW_WORDS = {
    "unimp": 0xC0001073,  # csrrw x0, cycle, x0: guaranteed illegal, the counter is read-only
    "fence.tso": 0x8330000F,  # a fence rw, rw with fm = TSO; the mask of `fence` covers it
}


def load_constant(value: int, name: str = "li") -> list[tuple[str, bool, int]]:
    """How `li` (or `la` of a number) builds `value`: steps `(instruction, reads the register so far, immediate)`.

    GNU as's choice: one `addi` if 12 bits hold the value, else `lui` and `addiw` for 32 bits; a wider
    one is its high part, built the same way and stripped of trailing zeros, shifted, plus the low 12 bits.
    A small number that is not written with `li` itself takes `addiw` there.
    """
    if name == "li" and -2048 <= value <= 2047:
        return [("addi", False, value)]
    return _build(value)


def _build(value: int) -> list[tuple[str, bool, int]]:
    low, high = low_part(value), high_part(value)
    if -(1 << 31) <= value < 1 << 31:
        # The sum wraps at 32 bits in `addiw`, so 0x7fffffff may start from lui 0x80000.
        steps = [("lui", False, upper(high))] if high else []
        return steps + ([("addiw", bool(high), low)] if low or not high else [])
    shift = LOW_BITS
    while not high >> shift & 1:
        shift += 1
    # The carry of a negative low part may reach bit 64: the register drops it, and so must we.
    high = ((high & (1 << 64) - 1) ^ 1 << 63) - (1 << 63)
    steps = [*_build(high >> shift), ("slli", True, shift)]
    return steps + ([("addi", True, low)] if low else [])
