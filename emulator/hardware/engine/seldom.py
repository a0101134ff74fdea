"""Instructions that the loop stops at: atomics, fences, traps, the teaching instructions.

This is as it is read; what runs is `carry_out.py`, which `made.py` makes of it as it makes the loop.
"""

from typing import Any

from emulator.base.arithmetic import sign_extend
from emulator.base.bits import at
from emulator.base.jit import hot, rare
from emulator.base.names import Access, Cost, Counter, Fault, Privilege, Trap
from emulator.hardware.access import NOTHING, aligned_place, load, load_use, store
from emulator.hardware.accounts import book
from emulator.hardware.checker.writes import put_aligned
from emulator.hardware.engine.block_copy import copy_block
from emulator.hardware.meaning.kinds import Kind
from emulator.hardware.meaning.table import MEANINGS
from emulator.hardware.memory import read_aligned
from emulator.world.hart import DUMP, NO_LINE
from isa.instructions import Op


@hot
def count_load(world, hart):
    """Count a load, and book what it waits for L1d."""
    hart.count[Counter.LOADS] += 1
    book(hart, Cost.LOAD_USE, load_use(world))


@rare
def carry_out(world, hart, packed):
    """Carry out an instruction that the loop stops at; return the `Trap` that it takes instead, or none.

    It is read once more, and is apart from the loop, so that the host's registers are free for what the others need:
    with all in one, an index or a register's number went through the stack at every instruction (up to 1.2x).
    """
    regs = hart.regs
    op = packed & 0xFF
    rd, rs1, rs2 = at((packed >> 8) & 0xFF), at((packed >> 16) & 0xFF), at((packed >> 24) & 0xFF)
    a, b, imm = regs[rs1], regs[rs2], packed >> 32
    its: Any = MEANINGS[Op(op)]
    match its.kind:
        case Kind.TRAP:
            return its.result
        case Kind.RESERVE:
            size = its.size
            place = aligned_place(world, hart, a, Access.LR, size)
            if place < 0:
                return Trap.FAULT
            old = sign_extend(read_aligned(world, place, size), size << 3)
            hart.reservation = place
            regs[rd] = its.result
            count_load(world, hart)
        case Kind.CONDITIONAL:
            size = its.size
            place = aligned_place(world, hart, a, Access.STORE, size)
            if place < 0:
                return Trap.FAULT
            if hart.reservation == place:
                put_aligned(world, hart, place, its.result, size)
            regs[rd] = hart.reservation != place
            hart.reservation = NOTHING
            hart.count[Counter.STORES] += 1
        case Kind.EXCHANGE:
            size = its.size
            place = aligned_place(world, hart, a, Access.AMO, size)
            if place < 0:
                return Trap.FAULT
            old, b = sign_extend(read_aligned(world, place, size), size << 3), sign_extend(b, size << 3)
            put_aligned(world, hart, place, its.result, size)
            regs[rd] = old
            hart.count[Counter.STORES] += 1
        case Kind.LOAD_AND_STEP:
            if load(world, hart, a, its.size) != Fault.NONE:
                return Trap.FAULT
            value = hart.value
            regs[rd] = its.result
            regs[rs1] = a + imm
            regs[0] = 0
            count_load(world, hart)
        case Kind.STORE_AND_STEP:
            if store(world, hart, a, its.result, its.size) != Fault.NONE:
                return Trap.FAULT
            regs[rs1] = a + imm
            regs[0] = 0
            hart.count[Counter.STORES] += 1
        case Kind.COPY:
            regs[DUMP] = 0
            fault = copy_block(world, hart, rd, rs1, rs2)
            regs[0] = 0
            if fault != Fault.NONE:
                return Trap.FAULT
        case Kind.FENCE:
            its.result
            hart.fetch_line = NO_LINE
        case Kind.SUPERVISOR_FENCE:
            if hart.privilege != Privilege.SUPERVISOR:
                hart.fault_va = 0
                return Trap.ILLEGAL
            its.result
            hart.fetch_line = NO_LINE
        case _:
            hart.fault_va = imm & 0xFFFFFFFF  # the word
            return Trap.ILLEGAL
    return Trap.NONE
