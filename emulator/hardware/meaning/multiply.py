"""Multiplication and division (M): what rd becomes, at a price of its own."""

from emulator.base.arithmetic import (
    divide,
    divide_unsigned,
    multiply_high,
    multiply_high_mixed,
    multiply_high_unsigned,
    remainder,
    remainder_unsigned,
    sign_extend,
)
from emulator.hardware.meaning.kinds import Kind, means

multiply = means(Kind.MULTIPLY)
division = means(Kind.DIVIDE)


@multiply
def mul(a, b):
    return a * b


@multiply
def mulh(a, b):
    return multiply_high(a, b)


@multiply
def mulhsu(a, b):
    return multiply_high_mixed(a, b)


@multiply
def mulhu(a, b):
    return multiply_high_unsigned(a, b)


@division
def div(a, b):
    return divide(a, b)


@division
def divu(a, b):
    return divide_unsigned(a, b)


@division
def rem(a, b):
    return remainder(a, b)


@division
def remu(a, b):
    return remainder_unsigned(a, b)


@multiply
def mulw(a, b):
    return sign_extend(a * b, 32)


@division
def divw(a, b):
    return sign_extend(divide(sign_extend(a, 32), sign_extend(b, 32)), 32)


@division
def divuw(a, b):
    return sign_extend(divide_unsigned(a & 0xFFFFFFFF, b & 0xFFFFFFFF), 32)


@division
def remw(a, b):
    return sign_extend(remainder(sign_extend(a, 32), sign_extend(b, 32)), 32)


@division
def remuw(a, b):
    return sign_extend(remainder_unsigned(a & 0xFFFFFFFF, b & 0xFFFFFFFF), 32)
