"""Which bytes of memory an instruction is about to read and to write: for those who watch some of them."""

import numpy as np

from emulator.base.bits import at
from emulator.base.jit import hot
from emulator.hardware.decode import IMMEDIATE, RD, RS1, RS2, register
from emulator.hardware.meaning.kinds import Kind
from emulator.hardware.meaning.table import MEANINGS
from isa.instructions import Op

READING = (Kind.LOAD, Kind.RESERVE, Kind.EXCHANGE, Kind.LOAD_AND_STEP)
WRITING = (Kind.STORE, Kind.CONDITIONAL, Kind.EXCHANGE, Kind.STORE_AND_STEP)
DISPLACED = (Kind.LOAD, Kind.STORE)  # those whose address is that of a register and an immediate
BCOPY = int(Op.BCOPY)
MOST = 1 << 40  # bytes that one instruction may copy, as far as is looked

READS = np.array([row.size if row.kind in READING else 0 for row in MEANINGS.values()] + [0], np.int64)
WRITES = np.array([row.size if row.kind in WRITING else 0 for row in MEANINGS.values()] + [0], np.int64)
MOVED = np.array([row.kind in DISPLACED for row in MEANINGS.values()] + [False], np.int64)  # the last is no instruction


@hot
def next_read(hart, code):
    """Return (address, bytes) of what the decoded instruction `code` would read with the hart's registers."""
    op = code & 0xFF
    if op == BCOPY:
        return register(hart, code, RS1), copied(hart, code)
    return address(hart, code), READS[at(op)]


@hot
def next_write(hart, code):
    """Return (address, bytes) of what the decoded instruction `code` would write with the hart's registers."""
    op = code & 0xFF
    if op == BCOPY:
        return register(hart, code, RD), copied(hart, code)
    return address(hart, code), WRITES[at(op)]


@hot
def address(hart, code):
    """Return the address that an instruction accesses which accesses one."""
    return register(hart, code, RS1) + MOVED[at(code & 0xFF)] * (code >> IMMEDIATE)


@hot
def copied(hart, code):
    """Return how many bytes BCOPY has still to copy."""
    length = register(hart, code, RS2)
    return min(length, MOST) if length >= 0 else MOST
