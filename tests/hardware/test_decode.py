"""Decoding: what the loop takes apart with shifts alone. Instruction words are GNU as's."""

import numpy as np
import pytest

from emulator.base.bits import PAGE_BYTES
from emulator.config import Config
from emulator.hardware.build import build
from emulator.hardware.decode import ILLEGAL, decode, decoded_page, forget_all_decoded, forget_decoded
from emulator.world.chip import DECODED_FRAMES, INSTRUCTIONS_PER_PAGE
from emulator.world.hart import DUMP
from isa.instructions import INSTRUCTIONS, Op

WORDS = {  # riscv64-unknown-elf-as -march=rv64ima_zicsr
    "addi a0, a1, -5": (0xFFB58513, Op.ADDI, 10, 11, -5),
    "sd t2, -8(sp)": (0xFE713C23, Op.SD, None, 2, -8),
    "lui s0, 0x80000": (0x80000437, Op.LUI, 8, None, -0x80000000),
    "beq a0, a1, . - 4": (0xFEB50EE3, Op.BEQ, None, 10, -4),
    "jal ra, . + 2048": (0x001000EF, Op.JAL, 1, None, 2048),
    "srai a0, a0, 63": (0x43F55513, Op.SRAI, 10, 10, 63),
    "amoadd.w.aqrl a0, a1, (a2)": (0x06B6252F, Op.AMOADD_W, 10, 12, None),
}


def parts(packed):
    """(op, rd, rs1, rs2, immediate) of a packed word."""
    return packed & 0xFF, packed >> 8 & 0xFF, packed >> 16 & 0xFF, packed >> 24 & 0xFF, packed >> 32


@pytest.fixture
def world():
    return build(Config.make(), np.zeros(4 * PAGE_BYTES // 8, np.int64))


@pytest.mark.parametrize("text", WORDS)
def test_a_word_is_packed_into_op_registers_and_immediate(text):
    word, op, rd, rs1, imm = WORDS[text]
    found = parts(int(decode(word)))
    assert found[0] == op
    assert rd in (None, found[1])
    assert rs1 in (None, found[2])
    assert imm in (None, found[4])


@pytest.mark.parametrize("row", INSTRUCTIONS, ids=lambda row: row.name)
def test_every_instruction_is_decoded_as_itself(row):
    assert INSTRUCTIONS[int(decode(row.match)) & 0xFF] is row


def test_what_goes_to_x0_goes_where_nobody_reads():
    assert parts(int(decode(0x00108013)))[1] == DUMP  # addi x0, x1, 1
    assert parts(int(decode(0x00008093)))[2] == 1  # addi x1, x1, 0: sources stay


@pytest.mark.parametrize("word", [0, 0x4501, 0xFFFFFFFF, 0x0000007F, 0x80000001], ids=hex)
def test_an_illegal_word_is_kept(word):
    packed = int(decode(np.int64(word)))
    assert packed & 0xFFFFFFFF == ILLEGAL
    assert packed >> 32 & 0xFFFFFFFF == word


def test_a_page_is_decoded_into_its_slot(world):
    world.memory[PAGE_BYTES // 8] = 0xFFB58513 | 0x43F55513 << 32
    start = decoded_page(world, 1, PAGE_BYTES)
    assert start == INSTRUCTIONS_PER_PAGE
    assert [world.chip.code[start + i] & 0xFF for i in range(3)] == [Op.ADDI, Op.SRAI, ILLEGAL]


def test_a_page_stays_decoded_whatever_is_stored_there(world):
    start = decoded_page(world, 0, PAGE_BYTES)
    world.memory[PAGE_BYTES // 8] = 0xFFB58513
    decoded_page(world, 0, PAGE_BYTES)
    assert world.chip.code[start] & 0xFF == ILLEGAL


@pytest.mark.parametrize("forget", [lambda world: forget_decoded(world, 1), forget_all_decoded], ids=["frame", "all"])
def test_what_is_forgotten_is_decoded_anew(world, forget):
    start = decoded_page(world, 0, PAGE_BYTES)
    world.memory[PAGE_BYTES // 8] = 0xFFB58513
    forget(world)
    decoded_page(world, 0, PAGE_BYTES)
    assert world.chip.code[start] & 0xFF == Op.ADDI


def test_to_forget_one_frame_leaves_the_others(world):
    decoded_page(world, 0, PAGE_BYTES)
    decoded_page(world, 1, 2 * PAGE_BYTES)
    forget_decoded(world, 1 + DECODED_FRAMES)  # counted together with frame 1
    assert world.chip.decoded[:2].tolist() == [2, 3]
    forget_decoded(world, 1)
    assert world.chip.decoded[:2].tolist() == [0, 3]
    assert world.chip.decodings.sum() == 1
