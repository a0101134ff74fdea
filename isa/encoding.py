"""Instruction words and their fields: where each immediate hides its bits.

The RISC-V manual, volume I, section 2.2-2.3, scatters immediates so that register fields never move:

    31      25 24  20 19  15 14  12 11      7 6      0
    [ funct7 ][ rs2 ][ rs1 ][funct3][   rd   ][opcode ]   R, AMO (funct7 = funct5 aq rl)
    [   imm[11:0]   ][ rs1 ][funct3][   rd   ][opcode ]   I, and SHIFT with a 6-bit, SHIFT_W with a 5-bit amount
    [imm[11:5]][ rs2 ][ rs1 ][funct3][imm[4:0]][opcode]   S
    [12|10:5  ][ rs2 ][ rs1 ][funct3][4:1|11  ][opcode]   B
    [            imm[31:12]        ][   rd   ][opcode ]   U
    [  20|10:1|11|19:12            ][   rd   ][opcode ]   J
    [ fm ][pred][succ][ rs1 ][funct3][   rd  ][opcode ]   FENCE

`immediate` and the field getters use only ints and if-chains: the emulator compiles these very
functions into its decoder, so a word means the same to the assembler and to the hart.
"""

from __future__ import annotations

from enum import IntEnum

from isa.errors import EncodingError


class Form(IntEnum):
    """The formats of the manual, plus those that differ only in how their immediate reads."""

    R = 0
    I = 1  # noqa: E741 - the manual's name
    S = 2
    B = 3
    U = 4
    J = 5
    SHIFT = 6  # I with a 6-bit shift amount
    SHIFT_W = 7  # I with a 5-bit shift amount
    AMO = 8  # R whose funct7 ends in the aq and rl bits
    FENCE = 9  # I whose immediate is fm, predecessor and successor sets
    FIXED = 10  # no immediate: ecall, ebreak, counter reads


# Plain ints: a jitted caller folds them, and `form` may come from an array of int64.
_I, _S, _B, _U, _J = int(Form.I), int(Form.S), int(Form.B), int(Form.U), int(Form.J)
_SHIFT, _SHIFT_W, _FENCE = int(Form.SHIFT), int(Form.SHIFT_W), int(Form.FENCE)


def rd_of(word: int) -> int:
    """The destination register number, bits 11:7."""
    return (word >> 7) & 31


def rs1_of(word: int) -> int:
    """The first source register number, bits 19:15."""
    return (word >> 15) & 31


def rs2_of(word: int) -> int:
    """The second source register number, bits 24:20."""
    return (word >> 20) & 31


def aqrl_of(word: int) -> int:
    """The ordering bits of an AMO: 2 for acquire, 1 for release, 3 for both."""
    return (word >> 25) & 3


def immediate(word: int, form: int) -> int:
    """The immediate of `word` (0 <= word < 2**32) read in format `form`; 0 for formats without one.

    Sign-extended, and scaled as the instruction uses it: bytes for B and J, `imm << 12` for U.
    Shift amounts and fence sets are unsigned. Compiles under numba as it stands.
    """
    if form == _I:
        value = (word >> 20) & 0xFFF
        return value - ((value & 0x800) << 1)
    if form == _S:
        value = ((word >> 20) & 0xFE0) | ((word >> 7) & 0x1F)
        return value - ((value & 0x800) << 1)
    if form == _B:
        value = ((word >> 19) & 0x1000) | ((word << 4) & 0x800) | ((word >> 20) & 0x7E0) | ((word >> 7) & 0x1E)
        return value - ((value & 0x1000) << 1)
    if form == _U:
        value = word & 0xFFFFF000
        return value - ((value & 0x80000000) << 1)
    if form == _J:
        value = ((word >> 11) & 0x100000) | (word & 0xFF000) | ((word >> 9) & 0x800) | ((word >> 20) & 0x7FE)
        return value - ((value & 0x100000) << 1)
    if form == _SHIFT:
        return (word >> 20) & 0x3F
    if form == _SHIFT_W:
        return (word >> 20) & 0x1F
    if form == _FENCE:
        return (word >> 20) & 0xFFF
    return 0


def place(value: int, form: int) -> int:
    """The inverse of `immediate`: the word bits that hold `value` in format `form`, all others 0.

    Takes values that fit (see `check_immediate`); bits beyond the field are dropped.
    """
    if form in (_I, _FENCE):
        return (value & 0xFFF) << 20
    if form == _S:
        return ((value & 0xFE0) << 20) | ((value & 0x1F) << 7)
    if form == _B:
        return ((value & 0x1000) << 19) | ((value & 0x7E0) << 20) | ((value & 0x1E) << 7) | ((value & 0x800) >> 4)
    if form == _U:
        return value & 0xFFFFF000
    if form == _J:
        return ((value & 0x100000) << 11) | ((value & 0x7FE) << 20) | ((value & 0x800) << 9) | (value & 0xFF000)
    if form == _SHIFT:
        return (value & 0x3F) << 20
    if form == _SHIFT_W:
        return (value & 0x1F) << 20
    return 0


# form: (lowest, highest, step, what the field is called)
LIMITS: dict[Form, tuple[int, int, int, str]] = {
    Form.I: (-2048, 2047, 1, "12 bits signed"),
    Form.S: (-2048, 2047, 1, "12 bits signed"),
    Form.B: (-4096, 4094, 2, "a branch's 13 bits signed"),
    Form.U: (-(1 << 31), (1 << 31) - 4096, 4096, "the upper 20 bits"),
    Form.J: (-(1 << 20), (1 << 20) - 2, 2, "a jump's 21 bits signed"),
    Form.SHIFT: (0, 63, 1, "6 bits"),
    Form.SHIFT_W: (0, 31, 1, "5 bits"),
    Form.FENCE: (0, 4095, 1, "12 bits"),
}


def check_immediate(value: int, form: Form) -> None:
    """Raise `EncodingError` unless `value` survives `immediate(place(value, form), form)`."""
    if form not in LIMITS:
        if value:
            raise EncodingError(f"format {form.name} has no immediate, got {value}")
        return
    low, high, step, what = LIMITS[form]
    if not low <= value <= high:
        raise EncodingError(f"immediate {value} does not fit in {what} ({low}..{high})")
    if value % step:
        raise EncodingError(f"immediate {value} is not a multiple of {step}")


def encode(match: int, form: Form, rd: int = 0, rs1: int = 0, rs2: int = 0, imm: int = 0, aqrl: int = 0) -> int:
    """The word with the fixed bits `match` and the given fields; fields the instruction lacks stay 0.

    Raises `EncodingError` if a register is not in 0..31 or the immediate does not fit `form`.
    """
    for number in (rd, rs1, rs2):
        if not 0 <= number <= 31:
            raise EncodingError(f"register number {number} is not in 0..31")
    check_immediate(imm, form)
    return match | rd << 7 | rs1 << 15 | rs2 << 20 | aqrl << 25 | place(imm, form)
