"""Decoding: instruction words into packed words that the loop takes apart with shifts alone, page by page.

    63                    32 31    24 23    16 15     8 7      0
    |  immediate, signed    |  rs2   |  rs1   |   rd   |   op   |

A page is decoded when it is first fetched from and stays decoded until its frame is given to something else or a
`fence.i` asks for the stores since (a fetch may see old instructions until then: RISC-V manual, Zifencei). `rd` = x0
is decoded as `DUMP`, a register that nothing reads, so that executing needs no test for x0.
"""

import numpy as np

from emulator.base.bits import LINE_BYTES, PAGE_WORDS, address_of, at, frame_of, nth_entry
from emulator.base.jit import hot
from emulator.hardware.dependence import tell_loads
from emulator.hardware.memory import read_word
from emulator.world.chip import DECODED_FRAMES, DECODED_PAGES, INSTRUCTIONS_PER_PAGE
from emulator.world.hart import DUMP
from isa.encoding import immediate, rd_of, rs1_of, rs2_of
from isa.instructions import INSTRUCTIONS, Form

RD, RS1, RS2, IMMEDIATE = 8, 16, 24, 32  # the first bit of each in a packed word; `op` begins it
RUN = LINE_BYTES // 4  # instructions in a line
ILLEGAL = len(INSTRUCTIONS)
MATCH = np.array([row.match for row in INSTRUCTIONS], np.int64)
MASK = np.array([row.mask for row in INSTRUCTIONS], np.int64)
FORM = np.array([int(row.form) for row in INSTRUCTIONS], np.int64)
ONE_SOURCE = int(Form.I)  # has no second register: x0 there, or what `dependence` says of a load

immediate, rd_of, rs1_of, rs2_of = hot(immediate), hot(rd_of), hot(rs1_of), hot(rs2_of)


@hot
def decode(word):
    """Return the packed form of a 32-bit instruction word; an illegal one keeps the word as its immediate.

    Every 32-bit instruction ends in binary 11: other words, the zeros of an unused page first, are illegal at once.
    """
    for op in range(ILLEGAL if word & 3 == 3 else 0):
        if word & MASK[op] == MATCH[op]:
            rd = rd_of(word)
            if rd == 0:
                rd = DUMP
            registers = (rd << RD) | (rs1_of(word) << RS1)
            if FORM[op] != ONE_SOURCE:
                registers |= rs2_of(word) << RS2
            return op | registers | (immediate(word, FORM[op]) << IMMEDIATE)
    return ILLEGAL | (word << IMMEDIATE)


@hot
def register(hart, packed, first):
    """Return what the register holds whose number begins at bit `first` (RD, RS1 or RS2) of a packed word."""
    return hart.regs[at((packed >> first) & 0xFF)]


@hot
def decoded_page(world, slot, place):
    """Return where in `chip.code` the instructions of the page at `place` begin, decoding it into `slot` if need be."""
    frame = frame_of(place)
    start = slot * INSTRUCTIONS_PER_PAGE
    if world.chip.decoded[slot] != frame + 1:
        empty(world, slot)
        world.chip.decoded[slot] = frame + 1
        world.chip.decodings[frame % DECODED_FRAMES] += 1
        for i in range(PAGE_WORDS):
            pair = read_word(world, nth_entry(address_of(frame), i))
            world.chip.code[at(start + 2 * i)] = decode(pair & 0xFFFFFFFF)
            world.chip.code[at(start + 2 * i + 1)] = decode((pair >> 32) & 0xFFFFFFFF)
        if world.chip.walkers > 1 or world.chip.loads > 1:
            tell_loads(world, start)
    return start


@hot
def forget_decoded(world, frame):
    """Drop the decoded instructions of `frame`: its contents change."""
    if world.chip.decodings[frame % DECODED_FRAMES] != 0:
        for slot in range(DECODED_PAGES):
            if world.chip.decoded[slot] == frame + 1:
                empty(world, slot)


@hot
def forget_all_decoded(world):
    """Drop all decoded instructions, as `fence.i` asks."""
    for slot in range(DECODED_PAGES):
        empty(world, slot)


@hot
def empty(world, slot):
    """Drop the decoded instructions in `slot`, if there are any."""
    if world.chip.decoded[slot] != 0:
        world.chip.decodings[(world.chip.decoded[slot] - 1) % DECODED_FRAMES] -= 1
        world.chip.decoded[slot] = 0
