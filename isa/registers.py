"""The 32 integer registers, by number and by the names of the RISC-V calling convention.

x0 is always zero; the other names only say how programs agree to use a register
(RISC-V psABI, "Integer Register Convention").
"""

from __future__ import annotations

ABI_NAMES: tuple[str, ...] = (
    "zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2",
    "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5",
    "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7",
    "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
)  # fmt: skip

REGISTERS: dict[str, int] = {
    **{name: number for number, name in enumerate(ABI_NAMES)},
    **{f"x{number}": number for number in range(32)},
    "fp": 8,  # the second name of s0
}


def register_number(name: str) -> int | None:
    """The number of a register given as `x10`, `a0` or `fp`; None if `name` is no register."""
    return REGISTERS.get(name)


def register_name(number: int) -> str:
    """The calling-convention name of register `number` (0..31)."""
    return ABI_NAMES[number]
