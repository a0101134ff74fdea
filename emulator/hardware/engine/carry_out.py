"""Made of `seldom.py` and `meaning/` by `make docs`: read those, and change them."""

import numpy as np

from emulator.base.arithmetic import sign_extend, unsigned_less
from emulator.base.bits import at
from emulator.base.jit import hot, rare
from emulator.base.names import Access, Cost, Counter, Fault, Privilege, Trap
from emulator.hardware.access import NOTHING, aligned_place, load, load_use, store
from emulator.hardware.accounts import book
from emulator.hardware.checker.writes import put_aligned
from emulator.hardware.decode import forget_all_decoded
from emulator.hardware.engine.block_copy import copy_block
from emulator.hardware.memory import read_aligned
from emulator.hardware.translation.fence import fence
from emulator.paging.fences import sfence
from emulator.world.hart import DUMP, NO_LINE
from isa.instructions import Op

SIZE = np.array(  # the bytes that an instruction moves, by `Op`
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 8, 1, 2, 4, 1, 2, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 4, 4, 4,
        4, 4, 4, 4, 4, 4, 4, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 0, 8, 8
    ],
    np.int64,
)


@hot
def result_of_exchange(op, b, old):
    """Return the result of the body of `op`."""
    if op == Op.AMOSWAP_W or op == Op.AMOSWAP_D:
        return b
    if op == Op.AMOADD_W or op == Op.AMOADD_D:
        return old + b
    if op == Op.AMOXOR_W or op == Op.AMOXOR_D:
        return old ^ b
    if op == Op.AMOAND_W or op == Op.AMOAND_D:
        return old & b
    if op == Op.AMOOR_W or op == Op.AMOOR_D:
        return old | b
    if op == Op.AMOMIN_W or op == Op.AMOMIN_D:
        return old if old < b else b
    if op == Op.AMOMAX_W or op == Op.AMOMAX_D:
        return b if old < b else old
    if op == Op.AMOMINU_W or op == Op.AMOMINU_D:
        return old if unsigned_less(old, b) else b
    return b if unsigned_less(old, b) else old


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
    if op == Op.ECALL:
        return Trap.SYSCALL
    elif op == Op.EBREAK:
        return Trap.BREAKPOINT
    elif op == Op.LR_W or op == Op.LR_D:
        size = SIZE[op]
        place = aligned_place(world, hart, a, Access.LR, size)
        if place < 0:
            return Trap.FAULT
        old = sign_extend(read_aligned(world, place, size), size << 3)
        hart.reservation = place
        regs[rd] = old
        count_load(world, hart)
    elif op == Op.SC_W or op == Op.SC_D:
        size = SIZE[op]
        place = aligned_place(world, hart, a, Access.STORE, size)
        if place < 0:
            return Trap.FAULT
        if hart.reservation == place:
            put_aligned(world, hart, place, b, size)
        regs[rd] = hart.reservation != place
        hart.reservation = NOTHING
        hart.count[Counter.STORES] += 1
    elif (
        op == Op.AMOSWAP_W
        or op == Op.AMOADD_W
        or op == Op.AMOXOR_W
        or op == Op.AMOAND_W
        or op == Op.AMOOR_W
        or op == Op.AMOMIN_W
        or op == Op.AMOMAX_W
        or op == Op.AMOMINU_W
        or op == Op.AMOMAXU_W
        or op == Op.AMOSWAP_D
        or op == Op.AMOADD_D
        or op == Op.AMOXOR_D
        or op == Op.AMOAND_D
        or op == Op.AMOOR_D
        or op == Op.AMOMIN_D
        or op == Op.AMOMAX_D
        or op == Op.AMOMINU_D
        or op == Op.AMOMAXU_D
    ):
        size = SIZE[op]
        place = aligned_place(world, hart, a, Access.AMO, size)
        if place < 0:
            return Trap.FAULT
        old, b = sign_extend(read_aligned(world, place, size), size << 3), sign_extend(b, size << 3)
        put_aligned(world, hart, place, result_of_exchange(op, b, old), size)
        regs[rd] = old
        hart.count[Counter.STORES] += 1
    elif op == Op.LD_PI:
        if load(world, hart, a, 8) != Fault.NONE:
            return Trap.FAULT
        value = hart.value
        regs[rd] = value
        regs[rs1] = a + imm
        regs[0] = 0
        count_load(world, hart)
    elif op == Op.SD_PI:
        if store(world, hart, a, b, 8) != Fault.NONE:
            return Trap.FAULT
        regs[rs1] = a + imm
        regs[0] = 0
        hart.count[Counter.STORES] += 1
    elif op == Op.BCOPY:
        regs[DUMP] = 0
        fault = copy_block(world, hart, rd, rs1, rs2)
        regs[0] = 0
        if fault != Fault.NONE:
            return Trap.FAULT
    elif op == Op.FENCE_I:
        forget_all_decoded(world)
        hart.fetch_line = NO_LINE
    elif op == Op.SFENCE_VMA:
        if hart.privilege != Privilege.SUPERVISOR:
            hart.fault_va = 0
            return Trap.ILLEGAL
        fence(world, hart, a, b, sfence(rs1 != 0, rs2 == 0))
        hart.fetch_line = NO_LINE
    else:
        hart.fault_va = imm & 0xFFFFFFFF  # the word
        return Trap.ILLEGAL
    return Trap.NONE
