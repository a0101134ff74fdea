"""Which loads depend on other loads: told when a page is decoded, so that nothing is asked when they run.

A load whose address comes of none of the WINDOW instructions' loads before it could go on beside them out of order. The
hart is in order; what it waits for such a load is a share (`hardware/overlap.py`). Followed is where registers come
from, in the order of addresses, over one page: through arithmetic, and once more through each loop no longer than
WINDOW, so that what one round loads and the next one needs is seen. Not followed: memory, calls, other pages, which way
a branch goes. A page says of each load, in the place of the second register, which it has not: x0, it depends on
another, or APART.
"""

import numpy as np

from emulator.base.bits import at
from emulator.base.jit import hot, rare
from emulator.world.chip import INSTRUCTIONS_PER_PAGE
from emulator.world.hart import APART
from isa.instructions import INSTRUCTIONS, Form, Instruction

WINDOW = 224  # instructions in flight: the reorder buffer of Skylake (Intel optimization manual)
LOAD, MEMORY, FIRST, BOTH, FRESH, NONE = range(6)  # what an instruction writes comes of: memory, registers, neither
OPCODES = {0x03: LOAD, 0x2F: MEMORY, 0x67: FRESH, 0x0B: NONE}
FORMS = {Form.R: BOTH, Form.U: FRESH, Form.J: FRESH, Form.FIXED: FRESH, Form.S: NONE, Form.B: NONE, Form.FENCE: NONE}
REGISTER, IMMEDIATE = 0xFF, 32


def _origin(row: Instruction) -> int:
    """Return where what an instruction writes comes from."""
    if row.name == "ld.pi":
        return MEMORY
    return OPCODES.get(row.match & 0x7F, FORMS.get(row.form, FIRST))


ORIGIN = np.array([*map(_origin, INSTRUCTIONS), NONE], np.int64)  # and of what is no instruction
BRANCHES = np.array([*(row.form in (Form.B, Form.J) for row in INSTRUCTIONS), False], np.int64)


@rare
def tell_loads(world, start):
    """Mark the loads of the decoded page that begins at index `start` of `chip.code`."""
    code, loaded = world.chip.code, world.chip.loaded
    for register in range(len(loaded)):
        loaded[register] = -WINDOW
    for index in range(start, start + INSTRUCTIONS_PER_PAGE):
        if ORIGIN[code[at(index)] & REGISTER] == LOAD:
            code[at(index)] = (code[at(index)] & ~(REGISTER << 24)) | (APART << 24)
    now = 0
    for index in range(start, start + INSTRUCTIONS_PER_PAGE):
        now = follow(world, index, now)
        packed = code[at(index)]
        back = packed >> (IMMEDIATE + 2)
        if BRANCHES[packed & REGISTER] and -min(index - start, WINDOW) <= back < 0:
            for again in range(index + back, index + 1):
                now = follow(world, again, now)


@hot
def follow(world, index, now):
    """Follow registers through the instruction at `index`, the one after `now` others; return now + 1."""
    code, loaded = world.chip.code, world.chip.loaded
    packed = code[at(index)]
    origin = ORIGIN[packed & REGISTER]
    rd, rs1, rs2 = at((packed >> 8) & REGISTER), at((packed >> 16) & REGISTER), at((packed >> 24) & REGISTER)
    if origin in (LOAD, MEMORY):
        if origin == LOAD and now - loaded[rs1] < WINDOW:
            code[at(index)] = packed & ~(REGISTER << 24)
        loaded[rd] = now
    elif origin == FIRST:
        loaded[rd] = loaded[rs1]
    elif origin == BOTH:
        loaded[rd] = max(loaded[rs1], loaded[rs2])
    elif origin == FRESH:
        loaded[rd] = -WINDOW
    return now + 1
