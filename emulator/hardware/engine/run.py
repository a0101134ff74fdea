"""Made of `loop.py` and `meaning/` by `make docs`: read those, and change them."""

import numpy as np

from emulator.base.arithmetic import (
    bits_of,
    divide,
    divide_unsigned,
    logical_right,
    multiply_high,
    multiply_high_mixed,
    multiply_high_unsigned,
    remainder,
    remainder_unsigned,
    sign_extend,
    unsigned_less,
)
from emulator.base.bits import OFFSET, at, offset_of
from emulator.base.jit import hot
from emulator.base.names import Cost, Counter, Price, Trap
from emulator.hardware.access import load_use
from emulator.hardware.cache import unchanged_by_a_hit, wait_for_data
from emulator.hardware.decode import RUN
from emulator.hardware.engine.carry_out import carry_out
from emulator.hardware.engine.quick import REFUSED, load_elsewhere, store_elsewhere
from emulator.hardware.fetch import code_offset, fetch, joins, stand_in, widest
from emulator.hardware.memory import read_aligned, write_aligned
from emulator.hardware.overlap import wait_for_load
from emulator.world.checker import OFF
from emulator.world.chip import DECODED_PAGES, INSTRUCTIONS_PER_PAGE
from emulator.world.hart import NO_LINE, NO_PAGE
from isa.instructions import Op

SIZE = np.array(  # the bytes that an instruction moves, by `Op`
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 8, 1, 2, 4, 1, 2, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 4, 4, 4,
        4, 4, 4, 4, 4, 4, 4, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 0, 8, 8
    ],
    np.int64,
)
IN_PAGE = ~OFFSET  # the address bits that name a page
ANY_INDEX = 2 * DECODED_PAGES * INSTRUCTIONS_PER_PAGE - 1  # all ones: any index, and the one after the last
NOWHERE = -1  # no line
# How a straight run ends: at its end or a trap; a jump by `imm`; a jump to `target`; what `carry_out` has to do.
STAYS, JUMPS, LEAVES, STOPS = 0, 1, 2, 3


@hot
def result_of_load(op, value):
    """Return the result of the body of `op`."""
    if op == Op.LB:
        return sign_extend(value, 8)
    if op == Op.LH:
        return sign_extend(value, 16)
    if op == Op.LW:
        return sign_extend(value, 32)
    return value


@hot
def address_of(index, offset):
    """Return the address of the instruction at `index`, which is masked as it is when it leaves the loop."""
    return ((index & ANY_INDEX) - offset) << 2


@hot
def retired(index, ahead):
    """Return how many instructions before that at `index` have retired, with the same mask."""
    return (index & ANY_INDEX) - ahead


@hot
def run(world, hart, limit, deadline):
    """Retire up to `limit` instructions while `hart.clock < deadline`; return the `Trap` that ended it.

    On a trap `hart.pc` is at the instruction that took it, and nothing of it was committed (F50), but for the finished
    chunks of a block copy (F52).
    """
    regs, code = hart.regs, world.chip.code
    l1d = hart.l1d
    base, wait = world.chip.price[Price.BASE], load_use(world)
    multiplying, dividing = world.chip.price[Price.MULTIPLY], world.chip.price[Price.DIVIDE]
    pc, offset = hart.pc, 0
    line, low, high, most = NOWHERE, 0, 0, widest(hart)  # the line fetched last, and the window that it is in
    if hart.fetch_line != NO_LINE:
        offset = code_offset(world, hart)
        line = low = (hart.fetch_line >> 2) + offset
        high = low + RUN
    fetched = 0  # lines entered in the window, as instructions
    loads, stores, extra = 0, 0, 0
    load_page, load_frame, store_page, store_frame = NO_PAGE, 0, NO_PAGE, 0
    dearest = bits_of(base + max(wait, multiplying, dividing))
    instructions, checkpoint = 0, 0
    trap = Trap.NONE

    while trap == Trap.NONE:
        if instructions >= checkpoint:
            left = deadline - hart.clock - (instructions * base + loads * wait + extra)
            if instructions >= limit or left <= 0:
                break
            checkpoint = min(limit, instructions + (left >> dearest) + 1)
        index = (pc >> 2) + offset
        if pc & 3 != 0 or index < low or index >= high:
            if line != NOWHERE:
                stand_in(world, hart, line, offset)
            clock = hart.clock
            if fetch(world, hart, pc) < 0:
                line = NOWHERE
                trap = Trap.FAULT
                break
            if world.checker.on != OFF:
                store_page = NO_PAGE  # the walk may have read PTEs from it
            if hart.inclusive != 0:
                load_page, store_page = NO_PAGE, NO_PAGE  # what it filled may have put them out of the TLB
            before, offset = offset, code_offset(world, hart)
            index = (pc >> 2) + offset
            line = index & ~(RUN - 1)
            beside = high - low < most and offset == before
            if beside and line == high and joins(hart, line, line - RUN, offset):
                high += RUN
            elif beside and line == low - RUN and joins(hart, line, low, offset):
                low = line
            else:
                low, high = line, line + RUN
            if hart.clock != clock:
                checkpoint = instructions + 1
        elif index & ~(RUN - 1) != line:
            line = index & ~(RUN - 1)
            fetched += RUN
        ahead = index - instructions  # how far `index` is ahead of the number of instructions retired
        target, leap = 0, STAYS
        while True:
            end = min(high, checkpoint + ahead)
            while index < end:
                packed = code[at(index)]
                op = packed & 0xFF
                rd = at((packed >> 8) & 0xFF)
                a = regs[at((packed >> 16) & 0xFF)]
                b = regs[at((packed >> 24) & 0xFF)]
                imm = packed >> 32

                if op == Op.LD:
                    va, size = a + imm, 8
                    if va & (IN_PAGE | (size - 1)) == load_page:
                        place = load_frame | offset_of(va)
                        if not unchanged_by_a_hit(l1d, place):
                            spent = wait_for_load(world, hart, place, b)
                            checkpoint -= (spent >> dearest) + 1
                            end = min(high, checkpoint + ahead)
                        value = read_aligned(world, place, size)
                    else:
                        spent, load_page, load_frame, store_page = load_elsewhere(
                            world, hart, va, size, b, store_page
                        )
                        if spent == REFUSED:
                            trap = Trap.FAULT
                            break
                        value = hart.value
                        checkpoint -= (spent >> dearest) + 1
                        end = min(high, checkpoint + ahead)
                    regs[rd] = value
                    loads += 1
                elif op == Op.SD:
                    va, size = a + imm, 8
                    if va & (IN_PAGE | (size - 1)) == store_page:
                        place = store_frame | offset_of(va)
                        if not unchanged_by_a_hit(l1d, place):
                            spent = wait_for_data(world, hart, place)
                            checkpoint -= (spent >> dearest) + 1
                            end = min(high, checkpoint + ahead)
                        write_aligned(world, place, b, size)
                    else:
                        hart.pc = address_of(index, offset)  # for the checker, should a PTE be written
                        spent, store_page, store_frame, load_page = store_elsewhere(
                            world, hart, va, b, size, load_page
                        )
                        if spent == REFUSED:
                            trap = Trap.FAULT
                            break
                        checkpoint -= (spent >> dearest) + 1
                        end = min(high, checkpoint + ahead)
                    stores += 1
                elif op == Op.ADDI:
                    regs[rd] = a + imm
                elif op == Op.ADD:
                    regs[rd] = a + b
                elif op == Op.BNE:
                    if a != b:
                        leap = JUMPS
                        break
                elif op == Op.LB or op == Op.LH or op == Op.LW or op == Op.LBU or op == Op.LHU or op == Op.LWU:
                    va, size = a + imm, SIZE[op]
                    if va & (IN_PAGE | (size - 1)) == load_page:
                        place = load_frame | offset_of(va)
                        if not unchanged_by_a_hit(l1d, place):
                            spent = wait_for_load(world, hart, place, b)
                            checkpoint -= (spent >> dearest) + 1
                            end = min(high, checkpoint + ahead)
                        value = read_aligned(world, place, size)
                    else:
                        spent, load_page, load_frame, store_page = load_elsewhere(
                            world, hart, va, size, b, store_page
                        )
                        if spent == REFUSED:
                            trap = Trap.FAULT
                            break
                        value = hart.value
                        checkpoint -= (spent >> dearest) + 1
                        end = min(high, checkpoint + ahead)
                    regs[rd] = result_of_load(op, value)
                    loads += 1
                elif op == Op.SB or op == Op.SH or op == Op.SW:
                    va, size = a + imm, SIZE[op]
                    if va & (IN_PAGE | (size - 1)) == store_page:
                        place = store_frame | offset_of(va)
                        if not unchanged_by_a_hit(l1d, place):
                            spent = wait_for_data(world, hart, place)
                            checkpoint -= (spent >> dearest) + 1
                            end = min(high, checkpoint + ahead)
                        write_aligned(world, place, b, size)
                    else:
                        hart.pc = address_of(index, offset)  # for the checker, should a PTE be written
                        spent, store_page, store_frame, load_page = store_elsewhere(
                            world, hart, va, b, size, load_page
                        )
                        if spent == REFUSED:
                            trap = Trap.FAULT
                            break
                        checkpoint -= (spent >> dearest) + 1
                        end = min(high, checkpoint + ahead)
                    stores += 1
                elif op == Op.BEQ:
                    if a == b:
                        leap = JUMPS
                        break
                elif op == Op.BLT:
                    if a < b:
                        leap = JUMPS
                        break
                elif op == Op.BGE:
                    if a >= b:
                        leap = JUMPS
                        break
                elif op == Op.BLTU:
                    if unsigned_less(a, b):
                        leap = JUMPS
                        break
                elif op == Op.BGEU:
                    if not unsigned_less(a, b):
                        leap = JUMPS
                        break
                elif op == Op.JAL:
                    if imm & 3 == 0:
                        regs[rd] = address_of(index, offset) + 4
                    if True:
                        leap = JUMPS
                        break
                elif op == Op.JALR:
                    target = (a + imm) & ~1
                    if target & 3 == 0:
                        regs[rd] = address_of(index, offset) + 4
                    leap = LEAVES
                    break
                elif op == Op.LUI:
                    regs[rd] = imm
                elif op == Op.AUIPC:
                    regs[rd] = address_of(index, offset) + imm
                elif op == Op.SLTI:
                    regs[rd] = a < imm
                elif op == Op.SLTIU:
                    regs[rd] = unsigned_less(a, imm)
                elif op == Op.XORI:
                    regs[rd] = a ^ imm
                elif op == Op.ORI:
                    regs[rd] = a | imm
                elif op == Op.ANDI:
                    regs[rd] = a & imm
                elif op == Op.SLLI:
                    regs[rd] = a << imm
                elif op == Op.SRLI:
                    regs[rd] = logical_right(a, imm)
                elif op == Op.SRAI:
                    regs[rd] = a >> imm
                elif op == Op.SUB:
                    regs[rd] = a - b
                elif op == Op.SLL:
                    regs[rd] = a << (b & 63)
                elif op == Op.SLT:
                    regs[rd] = a < b
                elif op == Op.SLTU:
                    regs[rd] = unsigned_less(a, b)
                elif op == Op.XOR:
                    regs[rd] = a ^ b
                elif op == Op.SRL:
                    regs[rd] = logical_right(a, b & 63)
                elif op == Op.SRA:
                    regs[rd] = a >> (b & 63)
                elif op == Op.OR:
                    regs[rd] = a | b
                elif op == Op.AND:
                    regs[rd] = a & b
                elif op == Op.ADDIW:
                    regs[rd] = sign_extend(a + imm, 32)
                elif op == Op.SLLIW:
                    regs[rd] = sign_extend(a << imm, 32)
                elif op == Op.SRLIW:
                    regs[rd] = sign_extend((a & 0xFFFFFFFF) >> imm, 32)
                elif op == Op.SRAIW:
                    regs[rd] = sign_extend(a, 32) >> imm
                elif op == Op.ADDW:
                    regs[rd] = sign_extend(a + b, 32)
                elif op == Op.SUBW:
                    regs[rd] = sign_extend(a - b, 32)
                elif op == Op.SLLW:
                    regs[rd] = sign_extend(a << (b & 31), 32)
                elif op == Op.SRLW:
                    regs[rd] = sign_extend((a & 0xFFFFFFFF) >> (b & 31), 32)
                elif op == Op.SRAW:
                    regs[rd] = sign_extend(a, 32) >> (b & 31)
                elif op == Op.RDCYCLE:
                    regs[rd] = hart.clock + retired(index, ahead) * base + loads * wait + extra
                elif op == Op.RDTIME:
                    regs[rd] = hart.clock + retired(index, ahead) * base + loads * wait + extra
                elif op == Op.RDINSTRET:
                    regs[rd] = hart.count[Counter.INSTRUCTIONS] + retired(index, ahead)
                elif op == Op.MUL:
                    extra += multiplying
                    regs[rd] = a * b
                elif op == Op.MULH:
                    extra += multiplying
                    regs[rd] = multiply_high(a, b)
                elif op == Op.MULHSU:
                    extra += multiplying
                    regs[rd] = multiply_high_mixed(a, b)
                elif op == Op.MULHU:
                    extra += multiplying
                    regs[rd] = multiply_high_unsigned(a, b)
                elif op == Op.MULW:
                    extra += multiplying
                    regs[rd] = sign_extend(a * b, 32)
                elif op == Op.DIV:
                    extra += dividing
                    regs[rd] = divide(a, b)
                elif op == Op.DIVU:
                    extra += dividing
                    regs[rd] = divide_unsigned(a, b)
                elif op == Op.REM:
                    extra += dividing
                    regs[rd] = remainder(a, b)
                elif op == Op.REMU:
                    extra += dividing
                    regs[rd] = remainder_unsigned(a, b)
                elif op == Op.DIVW:
                    extra += dividing
                    regs[rd] = sign_extend(divide(sign_extend(a, 32), sign_extend(b, 32)), 32)
                elif op == Op.DIVUW:
                    extra += dividing
                    regs[rd] = sign_extend(divide_unsigned(a & 0xFFFFFFFF, b & 0xFFFFFFFF), 32)
                elif op == Op.REMW:
                    extra += dividing
                    regs[rd] = sign_extend(remainder(sign_extend(a, 32), sign_extend(b, 32)), 32)
                elif op == Op.REMUW:
                    extra += dividing
                    regs[rd] = sign_extend(remainder_unsigned(a & 0xFFFFFFFF, b & 0xFFFFFFFF), 32)
                elif op == Op.FENCE:
                    pass  # one hart's accesses are in order already
                else:
                    leap = STOPS
                    break
                index += 1
            index &= ANY_INDEX  # changes nothing, and keeps the compiler from counting `pc` along in the loop
            if leap == STOPS:
                leap, checkpoint = STAYS, 0
                load_page, store_page = NO_PAGE, NO_PAGE
                hart.pc = address_of(index, offset)
                trap = carry_out(world, hart, code[at(index)])
                if trap == Trap.NONE:
                    index += 1
            last = index if leap != STAYS or trap != Trap.NONE else index - 1
            fetched += (last & ~(RUN - 1)) - line
            line = last & ~(RUN - 1)
            if leap != JUMPS:
                break
            if imm & 3 != 0:
                target = ((index - offset) << 2) + imm
                leap = LEAVES
                break
            ahead += (imm >> 2) - 1
            index += imm >> 2
            leap = STAYS
            if index < low or index >= high:
                break
            if index & ~(RUN - 1) != line:
                line = index & ~(RUN - 1)
                fetched += RUN
            if index >= checkpoint + ahead:
                break
        pc = (index - offset) << 2
        if leap == LEAVES and target & 3 == 0:
            pc = target
            ahead -= 1
        elif leap == LEAVES:
            trap = Trap.MISALIGNED_FETCH
            hart.fault_va = target
        instructions = index - ahead
        if hart.fetch_line == NO_LINE:  # after a fence
            line, low, high = NOWHERE, 0, 0

    if line != NOWHERE:
        stand_in(world, hart, line, offset)
    hart.pc = pc
    hart.count[Counter.INSTRUCTIONS] += instructions
    hart.count[Counter.TLB_L1I_ACCESSES] += fetched // RUN
    hart.count[Counter.LOADS] += loads
    hart.count[Counter.STORES] += stores
    hart.cost[Cost.LOAD_USE] += loads * wait
    hart.cost[Cost.BASE] += instructions * base + extra
    hart.clock += instructions * base + loads * wait + extra
    return trap
