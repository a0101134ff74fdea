"""The `.insn` directive: an instruction by its fields, for those an assembler has no name for.

With it a source can hold this ISA's teaching instructions and still go through GNU as unchanged:
`bcopy a0, a1, a2` is `.insn r 0x0b, 0, 0, a0, a1, a2`.
"""

from __future__ import annotations

from dataclasses import replace

from isa.encoding import Form
from isa.errors import Mistake
from isa.expressions import Scope, evaluate
from isa.operands import Bindings, Word, fits, no_shape, word_of
from isa.statements import Statement
from isa.syntax import Expression

_OPCODES = {
    "LOAD": 0x03, "MISC_MEM": 0x0F, "OP_IMM": 0x13, "AUIPC": 0x17, "OP_IMM_32": 0x1B, "STORE": 0x23, "AMO": 0x2F,
    "OP": 0x33, "LUI": 0x37, "OP_32": 0x3B, "BRANCH": 0x63, "JALR": 0x67, "JAL": 0x6F, "SYSTEM": 0x73,
    "CUSTOM_0": 0x0B, "CUSTOM_1": 0x2B, "CUSTOM_2": 0x5B, "CUSTOM_3": 0x7B,
}  # fmt: skip
_INSN = {
    "r": (Form.R, ("opcode, funct3, funct7, rd, rs1, rs2",)),
    "i": (Form.I, ("opcode, funct3, rd, rs1, imm", "opcode, funct3, rd, imm(rs1)")),
    "s": (Form.S, ("opcode, funct3, rs2, imm(rs1)",)),
    "b": (Form.B, ("opcode, funct3, rs1, rs2, target",)),
    "sb": (Form.B, ("opcode, funct3, rs1, rs2, target",)),
    "u": (Form.U, ("opcode, rd, imm20",)),
    "j": (Form.J, ("opcode, rd, target",)),
    "uj": (Form.J, ("opcode, rd, target",)),
}
_INSN_FIELDS = {"opcode": (0, 7), "funct3": (12, 3), "funct7": (25, 7)}


def expand_insn(statement: Statement, scope: Scope) -> list[Word]:
    """The word of an `.insn` directive: by format and fields, or as a bare number."""
    kind, _, _ = statement.rest.strip().partition(" ")
    kind = kind.split("\t")[0]
    if kind not in _INSN:
        return [_bare(statement, scope)]
    before = statement.rest.index(kind) + len(kind)
    fields = replace(statement, name=f".insn {kind}", rest=statement.rest[before:], rest_at=statement.rest_at + before)
    form, syntaxes = _INSN[kind]
    operands = fields.operands
    for syntax in syntaxes:
        patterns = syntax.split(", ")
        bound: Bindings = {}
        if fits(patterns, operands, bound):
            break
    else:
        raise no_shape(fields, fields.name, list(syntaxes))
    match = 0
    for name, (shift, width) in _INSN_FIELDS.items():
        if name in bound:
            match |= _field(name, bound[name], width, scope) << shift
    role = next((role for role in ("imm", "imm20", "target") if role in bound), "number")
    return [word_of(fields.name, match, form, bound, role, bound.get(role, 0))]


def _bare(statement: Statement, scope: Scope) -> Word:
    """`.insn 0x13`, or with the length in bytes before it: `.insn 4, 0x13`."""
    numbers = []
    operands = statement.operands
    for operand in operands:
        expression = operand.number if operand else None
        if expression is None:
            break
        value = evaluate(expression, scope)
        numbers.append(None if value.fragment is not None else value.number)
    if len(numbers) not in (1, 2) or len(numbers) < len(operands) or (len(numbers) == 2 and numbers[0] != 4):
        raise Mistake("'.insn' takes a format (r i s b u j) and fields, or one 32-bit number", statement.at, 5)
    word = numbers[-1]
    if word is None or not 0 <= word < 1 << 32 or word & 3 != 3:
        operand = operands[-1]
        assert operand is not None, "its value was just taken"
        raise Mistake("'.insn' number must be a 32-bit word that ends in 0b11", operand.at, operand.width)
    return Word(statement.name, word, Form.FIXED)


def _field(name: str, expression: int | Expression, width: int, scope: Scope) -> int:
    assert not isinstance(expression, int)
    if expression.symbol is not None and expression.symbol.name in _OPCODES:
        return _OPCODES[expression.symbol.name]
    value = evaluate(expression, scope)
    if value.fragment is not None or not 0 <= value.number < 1 << width:
        raise Mistake(f"'.insn' {name} must be a number in 0..{(1 << width) - 1}", expression.at, expression.width)
    return value.number
