"""What RV64IMA computes, on Python's unbounded integers, as the manual defines it."""

CORNERS = (0, 1, -1, 2, -2, 7, 1 << 31, -(1 << 31), (1 << 32) - 1, (1 << 63) - 1, -(1 << 63), 0x123456789ABCDEF0, -3)
FEW = (0, -1, 1 << 31, -(1 << 63), 0x123456789ABCDEF5)


def signed(value, width=64):
    """The low `width` bits of `value`, read as signed."""
    value &= (1 << width) - 1
    return value - (1 << width) if value >> (width - 1) else value


def unsigned(value, width=64):
    return value & (1 << width) - 1


def quotient(a, b):
    """Toward zero, as the M extension has it: -1 for a division by zero."""
    if b == 0:
        return -1
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def remainder(a, b):
    return a if b == 0 else a - quotient(a, b) * b


def word(function):
    """The `w` form of a function: on the low 32 bits, read as signed, the result sign-extended."""
    return lambda a, b: signed(function(signed(a, 32), signed(b, 32)), 32)


def unsigned_word(function):
    return lambda a, b: signed(function(unsigned(a, 32), unsigned(b, 32)), 32)


def unsigned_both(function):
    return lambda a, b: function(unsigned(a), unsigned(b))


BINARY = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "sll": lambda a, b: a << (b & 63),
    "slt": lambda a, b: a < b,
    "sltu": lambda a, b: unsigned(a) < unsigned(b),
    "xor": lambda a, b: a ^ b,
    "srl": lambda a, b: unsigned(a) >> (b & 63),
    "sra": lambda a, b: a >> (b & 63),
    "or": lambda a, b: a | b,
    "and": lambda a, b: a & b,
    "addw": word(lambda a, b: a + b),
    "subw": word(lambda a, b: a - b),
    "sllw": word(lambda a, b: a << (b & 31)),
    "srlw": unsigned_word(lambda a, b: a >> (b & 31)),
    "sraw": word(lambda a, b: a >> (b & 31)),
    "mul": lambda a, b: a * b,
    "mulh": lambda a, b: a * b >> 64,
    "mulhsu": lambda a, b: a * unsigned(b) >> 64,
    "mulhu": lambda a, b: unsigned(a) * unsigned(b) >> 64,
    "div": quotient,
    "divu": unsigned_both(quotient),
    "rem": remainder,
    "remu": unsigned_both(remainder),
    "mulw": word(lambda a, b: a * b),
    "divw": word(quotient),
    "divuw": unsigned_word(quotient),
    "remw": word(remainder),
    "remuw": unsigned_word(remainder),
}
IMMEDIATE = {
    "addi": BINARY["add"],
    "slti": BINARY["slt"],
    "sltiu": BINARY["sltu"],
    "xori": BINARY["xor"],
    "ori": BINARY["or"],
    "andi": BINARY["and"],
    "addiw": BINARY["addw"],
}
SHIFTS = {"slli": BINARY["sll"], "srli": BINARY["srl"], "srai": BINARY["sra"]}
WORD_SHIFTS = {"slliw": BINARY["sllw"], "srliw": BINARY["srlw"], "sraiw": BINARY["sraw"]}
BRANCHES = {
    "beq": lambda a, b: a == b,
    "bne": lambda a, b: a != b,
    "blt": lambda a, b: a < b,
    "bge": lambda a, b: a >= b,
    "bltu": lambda a, b: unsigned(a) < unsigned(b),
    "bgeu": lambda a, b: unsigned(a) >= unsigned(b),
}
AMOS = {
    "amoswap": lambda old, new: new,
    "amoadd": lambda old, new: old + new,
    "amoxor": lambda old, new: old ^ new,
    "amoand": lambda old, new: old & new,
    "amoor": lambda old, new: old | new,
    "amomin": min,
    "amomax": max,
}
UNSIGNED_AMOS = {"amominu": min, "amomaxu": max}
