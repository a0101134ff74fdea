"""Arithmetic on 64-bit numbers beyond Python's operators: unsigned, narrow, and what RISC-V's M extension rounds.

All integers are signed 64-bit and wrap around; a number "read as unsigned" is one with the same bits.
"""

from emulator.base.jit import hot

SIGN = -1 << 63


@hot
def logical_right(value, places):
    """Return `value` shifted right by `places` (0-63), zeros coming in from the left."""
    if places == 0:
        return value
    return (value >> places) & ((1 << (64 - places)) - 1)


@hot
def unsigned_less(a, b):
    """Return whether `a` is below `b`, both read as unsigned."""
    return (a ^ SIGN) < (b ^ SIGN)


@hot
def sign_extend(value, width):
    """Return the low `width` bits of `value`, sign-extended to 64."""
    return (value << (64 - width)) >> (64 - width)


@hot
def low_bits(width):
    """Return a mask of the low `width` bits (1-64)."""
    if width == 64:
        return -1
    return (1 << width) - 1


@hot
def bits_of(number):
    """Return how many bits `number` has."""
    bits = 0
    while number > 0:
        number >>= 1
        bits += 1
    return bits


@hot
def multiply_high_unsigned(a, b):
    """Return the upper 64 bits of the 128-bit product of `a` and `b`, both read as unsigned."""
    low = 0xFFFFFFFF
    a0, a1 = a & low, (a >> 32) & low
    b0, b1 = b & low, (b >> 32) & low
    middle = a1 * b0 + (((a0 * b0) >> 32) & low)
    other = a0 * b1 + (middle & low)
    return a1 * b1 + ((middle >> 32) & low) + ((other >> 32) & low)


@hot
def multiply_high(a, b):
    """Return the upper 64 bits of the 128-bit product of `a` and `b`, both signed."""
    product = multiply_high_unsigned(a, b)
    if a < 0:
        product -= b
    if b < 0:
        product -= a
    return product


@hot
def multiply_high_mixed(a, b):
    """Return the upper 64 bits of the 128-bit product of signed `a` and unsigned `b`."""
    product = multiply_high_unsigned(a, b)
    if a < 0:
        product -= b
    return product


@hot
def divide(a, b):
    """Return signed `a / b` rounded toward zero; RISC-V: -1 for b = 0, `a` on overflow."""
    if b == 0:
        return -1
    if b == -1:
        return -a
    quotient = a // b
    if quotient * b != a and (a < 0) != (b < 0):
        quotient += 1
    return quotient


@hot
def remainder(a, b):
    """Return the remainder of `divide(a, b)`, with the sign of `a`; RISC-V: `a` for b = 0, 0 on overflow."""
    if b == 0:
        return a
    return a - divide(a, b) * b


@hot
def divide_unsigned(a, b):
    """Return unsigned `a / b`; RISC-V: all ones for b = 0."""
    if b == 0:
        return -1
    if b < 0:
        return 0 if unsigned_less(a, b) else 1
    if a >= 0:
        return a // b
    quotient = (logical_right(a, 1) // b) << 1
    if not unsigned_less(a - quotient * b, b):
        quotient += 1
    return quotient


@hot
def remainder_unsigned(a, b):
    """Return the remainder of `divide_unsigned(a, b)`; RISC-V: `a` for b = 0."""
    if b == 0:
        return a
    return a - divide_unsigned(a, b) * b
