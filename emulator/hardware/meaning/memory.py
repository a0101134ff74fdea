"""Loads and stores (RV64I): what rd becomes of the bytes read, and whose low bytes are written."""

from emulator.base.arithmetic import sign_extend
from emulator.hardware.meaning.kinds import Kind, means


@means(Kind.LOAD, size=1)
def lb(value):
    return sign_extend(value, 8)


@means(Kind.LOAD, size=2)
def lh(value):
    return sign_extend(value, 16)


@means(Kind.LOAD, size=4)
def lw(value):
    return sign_extend(value, 32)


@means(Kind.LOAD, size=8)
def ld(value):
    return value


@means(Kind.LOAD, size=1)
def lbu(value):
    return value


@means(Kind.LOAD, size=2)
def lhu(value):
    return value


@means(Kind.LOAD, size=4)
def lwu(value):
    return value


@means(Kind.STORE, size=1)
def sb(b):
    return b


@means(Kind.STORE, size=2)
def sh(b):
    return b


@means(Kind.STORE, size=4)
def sw(b):
    return b


@means(Kind.STORE, size=8)
def sd(b):
    return b
