"""The two parts of a 32-bit number: what LUI and AUIPC put above, and the signed 12 bits that ADDI adds below."""

LOW_BITS = 12
UPPER_MASK = 0xFFFFF  # of the 20 bits of a U-type immediate


def low_part(value: int) -> int:
    """The low 12 bits, signed, as `addi` adds them."""
    return ((value & 0xFFF) ^ 0x800) - 0x800


def high_part(value: int) -> int:
    """What is left for `lui` or `auipc`: a multiple of 4096 with `high_part(v) + low_part(v) == v`."""
    return value - low_part(value)


def in_reach(value: int) -> bool:
    """Can `lui` or `auipc` with a signed low part make `value`?"""
    return -(1 << 31) <= high_part(value) < 1 << 31


def upper(value: int) -> int:
    """The U-type immediate that `value`, a multiple of 4096, is written as: 0 to 1048575."""
    return value >> LOW_BITS & UPPER_MASK


def from_upper(imm20: int) -> int:
    """The number, signed, that U-type immediate `imm20` stands for."""
    return (imm20 << LOW_BITS) - ((imm20 & 0x80000) << (LOW_BITS + 1))
