"""The hart's instruction loop: fetch, execute, retire, until a limit or a trap.

Timing is that of a simple in-order hart: each instruction costs `base`, a load waits for its data (`load_use`, and
more below L1d), a store that misses waits for its line, a fetch waits for a line that L1i does not hold. Instructions
are fetched a cache line at a time: the instruction TLB and L1i are asked when the hart enters a line.

What the fast path books in registers (instructions, loads, stores, base and load-use cycles) reaches the hart's
accounts when the loop ends; `hart.clock` lags behind by as much until then.
"""

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
from emulator.base.names import Cost, Counter, Fault, Price, Privilege, Trap
from emulator.hardware.access import (
    atomic,
    copy_block,
    load,
    load_reserved,
    load_use,
    store,
    store_conditional,
)
from emulator.hardware.cache import in_front, wait_for_data
from emulator.hardware.decode import RUN, forget_all_decoded
from emulator.hardware.fetch import code_offset, fetch, joins, stand_in, widest
from emulator.hardware.memory import read_part, read_word, write_part, write_word
from emulator.hardware.mmu import NO_LINE, NO_PAGE, fence, quick_page, still_quick
from emulator.world.chip import DECODED_PAGES, INSTRUCTIONS_PER_PAGE
from emulator.world.hart import DUMP
from isa.instructions import Op

IN_PAGE = ~OFFSET  # the address bits that name a page
ANY_INDEX = 2 * DECODED_PAGES * INSTRUCTIONS_PER_PAGE - 1  # all ones: any index, and the one after the last
NOWHERE = -1  # no line
STAYS, JUMPS, LEAVES = 0, 1, 2  # how a straight run ends: at its end or a trap, a jump by `imm`, a jump to `target`


@hot
def read_counter(hart, op, cycles, instructions):
    """Return what RDCYCLE, RDTIME (a tick a cycle) or RDINSTRET reads, with what the loop has not booked yet."""
    if op == Op.RDINSTRET:
        return hart.count[Counter.INSTRUCTIONS] + instructions
    return hart.clock + cycles


@hot
def address_of(index, offset):
    """Return the address of the instruction at `index`, which is masked as it is when it leaves the loop."""
    return ((index & ANY_INDEX) - offset) << 2


@hot
def run(world, hart, limit, deadline):
    """Retire up to `limit` instructions while `hart.clock < deadline`; return the `Trap` that ended it.

    On a trap `hart.pc` is at the instruction that took it, and nothing of it was committed (F50), but for the finished
    chunks of a block copy (F52).
    """
    regs, code = hart.regs, world.chip.code
    l1d = hart.l1d
    base, wait = world.chip.price[Price.BASE], load_use(world)
    pc, offset = hart.pc, 0
    line, low, high, most = NOWHERE, 0, 0, widest(hart)  # the line fetched last, and the window that it is in
    if hart.fetch_line != NO_LINE:
        offset = code_offset(world, hart)
        line = low = (hart.fetch_line >> 2) + offset
        high = low + RUN
    fetched = 0  # lines entered in the window, as instructions
    loads, stores, extra = 0, 0, 0
    load_page, load_frame, store_page, store_frame = NO_PAGE, 0, NO_PAGE, 0
    dearest = bits_of(base + max(wait, world.chip.price[Price.MULTIPLY], world.chip.price[Price.DIVIDE]))
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
                    va = a + imm
                    if va & (IN_PAGE | 7) == load_page:
                        place = load_frame | offset_of(va)
                        if not in_front(l1d, place):
                            wait_for_data(world, hart, place)
                            end = checkpoint = 0
                        regs[rd] = read_word(world, place)
                    else:
                        if load(world, hart, va, 8) != Fault.NONE:
                            trap = Trap.FAULT
                            break
                        regs[rd] = hart.value
                        load_page, load_frame = quick_page(hart, va, hart.read_need, hart.read_want)
                        store_page = still_quick(hart, store_page, hart.write_need, hart.write_want)
                        end = checkpoint = 0
                    loads += 1
                elif op == Op.SD:
                    va = a + imm
                    if va & (IN_PAGE | 7) == store_page:
                        place = store_frame | offset_of(va)
                        if not in_front(l1d, place):
                            wait_for_data(world, hart, place)
                            end = checkpoint = 0
                        write_word(world, place, b)
                    else:
                        if store(world, hart, va, b, 8) != Fault.NONE:
                            trap = Trap.FAULT
                            break
                        store_page, store_frame = quick_page(hart, va, hart.write_need, hart.write_want)
                        load_page = still_quick(hart, load_page, hart.read_need, hart.read_want)
                        end = checkpoint = 0
                    stores += 1
                elif op == Op.ADDI:
                    regs[rd] = a + imm
                elif op == Op.ADD:
                    regs[rd] = a + b
                elif op == Op.BNE:
                    if a != b:
                        leap = JUMPS
                        break
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
                elif op == Op.LUI:
                    regs[rd] = imm
                elif op == Op.AUIPC:
                    regs[rd] = address_of(index, offset) + imm
                elif op == Op.JAL:
                    if imm & 3 == 0:
                        regs[rd] = address_of(index, offset) + 4
                    leap = JUMPS
                    break
                elif op == Op.JALR:
                    target = (a + imm) & ~1
                    if target & 3 == 0:
                        regs[rd] = address_of(index, offset) + 4
                    leap = LEAVES
                    break
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
                elif Op.LB <= op <= Op.LWU:
                    va = a + imm
                    size = 1 << ((op - Op.LB) & 3)
                    if va & (IN_PAGE | (size - 1)) == load_page:
                        place = load_frame | offset_of(va)
                        if not in_front(l1d, place):
                            wait_for_data(world, hart, place)
                            end = checkpoint = 0
                        value = read_part(world, place, size)
                    else:
                        if load(world, hart, va, size) != Fault.NONE:
                            trap = Trap.FAULT
                            break
                        value = hart.value
                        load_page, load_frame = quick_page(hart, va, hart.read_need, hart.read_want)
                        store_page = still_quick(hart, store_page, hart.write_need, hart.write_want)
                        end = checkpoint = 0
                    regs[rd] = sign_extend(value, size << 3) if op < Op.LD else value
                    loads += 1
                elif Op.SB <= op <= Op.SW:
                    va = a + imm
                    size = 1 << (op - Op.SB)
                    if va & (IN_PAGE | (size - 1)) == store_page:
                        place = store_frame | offset_of(va)
                        if not in_front(l1d, place):
                            wait_for_data(world, hart, place)
                            end = checkpoint = 0
                        write_part(world, place, b, size)
                    else:
                        if store(world, hart, va, b, size) != Fault.NONE:
                            trap = Trap.FAULT
                            break
                        store_page, store_frame = quick_page(hart, va, hart.write_need, hart.write_want)
                        load_page = still_quick(hart, load_page, hart.read_need, hart.read_want)
                        end = checkpoint = 0
                    stores += 1
                elif Op.MUL <= op <= Op.MULHU or op == Op.MULW:
                    extra += world.chip.price[Price.MULTIPLY]
                    if op == Op.MUL:
                        regs[rd] = a * b
                    elif op == Op.MULH:
                        regs[rd] = multiply_high(a, b)
                    elif op == Op.MULHSU:
                        regs[rd] = multiply_high_mixed(a, b)
                    elif op == Op.MULHU:
                        regs[rd] = multiply_high_unsigned(a, b)
                    else:
                        regs[rd] = sign_extend(a * b, 32)
                elif Op.DIV <= op <= Op.REMUW:
                    extra += world.chip.price[Price.DIVIDE]
                    if op == Op.DIV:
                        regs[rd] = divide(a, b)
                    elif op == Op.DIVU:
                        regs[rd] = divide_unsigned(a, b)
                    elif op == Op.REM:
                        regs[rd] = remainder(a, b)
                    elif op == Op.REMU:
                        regs[rd] = remainder_unsigned(a, b)
                    elif op == Op.DIVW:
                        regs[rd] = sign_extend(divide(sign_extend(a, 32), sign_extend(b, 32)), 32)
                    elif op == Op.DIVUW:
                        regs[rd] = sign_extend(divide_unsigned(a & 0xFFFFFFFF, b & 0xFFFFFFFF), 32)
                    elif op == Op.REMW:
                        regs[rd] = sign_extend(remainder(sign_extend(a, 32), sign_extend(b, 32)), 32)
                    else:
                        regs[rd] = sign_extend(remainder_unsigned(a & 0xFFFFFFFF, b & 0xFFFFFFFF), 32)
                elif op == Op.ECALL:
                    trap = Trap.SYSCALL
                    break
                elif op == Op.EBREAK:
                    trap = Trap.BREAKPOINT
                    break
                elif op == Op.FENCE:
                    pass  # one hart's accesses are in order already
                elif op == Op.FENCE_I:
                    forget_all_decoded(world)
                    hart.fetch_line = NO_LINE
                    index += 1
                    break
                elif Op.RDCYCLE <= op <= Op.RDINSTRET:
                    regs[rd] = read_counter(hart, op, (index - ahead) * base + loads * wait + extra, index - ahead)
                elif op == Op.LR_W or op == Op.LR_D:
                    if load_reserved(world, hart, a, 4 if op == Op.LR_W else 8) != Fault.NONE:
                        trap = Trap.FAULT
                        break
                    regs[rd] = hart.value
                    load_page, store_page, end, checkpoint = NO_PAGE, NO_PAGE, 0, 0
                    loads += 1
                elif op == Op.SC_W or op == Op.SC_D:
                    if store_conditional(world, hart, a, b, 4 if op == Op.SC_W else 8) != Fault.NONE:
                        trap = Trap.FAULT
                        break
                    regs[rd] = hart.value
                    load_page, store_page, end, checkpoint = NO_PAGE, NO_PAGE, 0, 0
                    stores += 1
                elif Op.AMOSWAP_W <= op <= Op.AMOMAXU_W or Op.AMOSWAP_D <= op <= Op.AMOMAXU_D:
                    if atomic(world, hart, op, a, b, 4 if op <= Op.AMOMAXU_W else 8) != Fault.NONE:
                        trap = Trap.FAULT
                        break
                    regs[rd] = hart.value
                    load_page, store_page, end, checkpoint = NO_PAGE, NO_PAGE, 0, 0
                    stores += 1
                elif op == Op.LD_PI:
                    if load(world, hart, a, 8) != Fault.NONE:
                        trap = Trap.FAULT
                        break
                    regs[rd] = hart.value
                    regs[at((packed >> 16) & 0xFF)] = a + imm
                    regs[0] = 0
                    load_page, store_page, end, checkpoint = NO_PAGE, NO_PAGE, 0, 0
                    loads += 1
                elif op == Op.SD_PI:
                    if store(world, hart, a, b, 8) != Fault.NONE:
                        trap = Trap.FAULT
                        break
                    regs[at((packed >> 16) & 0xFF)] = a + imm
                    regs[0] = 0
                    load_page, store_page, end, checkpoint = NO_PAGE, NO_PAGE, 0, 0
                    stores += 1
                elif op == Op.BCOPY:
                    regs[DUMP] = 0
                    fault = copy_block(world, hart, rd, at((packed >> 16) & 0xFF), at((packed >> 24) & 0xFF))
                    regs[0] = 0
                    load_page, store_page, end, checkpoint = NO_PAGE, NO_PAGE, 0, 0
                    if fault != Fault.NONE:
                        trap = Trap.FAULT
                        break
                elif op == Op.SFENCE_VMA and hart.privilege == Privilege.SUPERVISOR:
                    fence(world, hart, a, b, (packed >> 16) & 0xFF != 0, (packed >> 24) & 0xFF == 0)
                    hart.fetch_line = NO_LINE
                    load_page, store_page = NO_PAGE, NO_PAGE
                    index += 1
                    break
                else:
                    trap = Trap.ILLEGAL
                    hart.fault_va = logical_right(imm, 0) & 0xFFFFFFFF if op > Op.SD_PI else 0
                    break
                index += 1
            index &= ANY_INDEX  # changes nothing, and keeps the compiler from counting `pc` along in the loop
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
