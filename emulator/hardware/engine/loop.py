"""The hart's instruction loop: fetch, execute, retire, until a limit or a trap.

This is the loop as it is read; what runs is `run.py`, which `made.py` makes of it. There a `match` is a branch for each
instruction, in which `its` size and result have become what `meaning/` says of that instruction.

Timing is that of a simple in-order hart: each instruction costs `base`, a load waits for its data (`load_use`, and
more below L1d), a store that misses waits for its line, a fetch waits for a line that L1i does not hold. Instructions
are fetched a cache line at a time: the instruction TLB and L1i are asked when the hart enters a line.

What the fast path books in registers (instructions, loads, stores, base and load-use cycles) reaches the hart's
accounts when the loop ends; `hart.clock` lags behind by as much until then.
"""

from typing import Any

from emulator.base.arithmetic import bits_of
from emulator.base.bits import OFFSET, at, offset_of
from emulator.base.jit import hot
from emulator.base.names import Cost, Counter, Price, Trap
from emulator.hardware.access import load_use
from emulator.hardware.cache import unchanged_by_a_hit, wait_for_data
from emulator.hardware.decode import RUN
from emulator.hardware.engine.carry_out import carry_out
from emulator.hardware.engine.quick import REFUSED, load_elsewhere, store_elsewhere
from emulator.hardware.fetch import code_offset, fetch, joins, stand_in, widest
from emulator.hardware.meaning.kinds import Kind
from emulator.hardware.meaning.table import MEANINGS
from emulator.hardware.memory import read_aligned, write_aligned
from emulator.hardware.overlap import wait_for_load
from emulator.world.checker import OFF
from emulator.world.chip import DECODED_PAGES, INSTRUCTIONS_PER_PAGE
from emulator.world.hart import NO_LINE, NO_PAGE
from isa.instructions import Op

IN_PAGE = ~OFFSET  # the address bits that name a page
ANY_INDEX = 2 * DECODED_PAGES * INSTRUCTIONS_PER_PAGE - 1  # all ones: any index, and the one after the last
NOWHERE = -1  # no line
# How a straight run ends: at its end or a trap; a jump by `imm`; a jump to `target`; what `carry_out` has to do.
STAYS, JUMPS, LEAVES, STOPS = 0, 1, 2, 3


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

                its: Any = MEANINGS[Op(op)]
                reads: dict[str, Any] = {
                    "pc": address_of(index, offset),
                    "cycles": hart.clock + retired(index, ahead) * base + loads * wait + extra,
                    "instructions": hart.count[Counter.INSTRUCTIONS] + retired(index, ahead),
                }
                match its.kind:
                    case Kind.LOAD:
                        va, size = a + imm, its.size
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
                        regs[rd] = its.result
                        loads += 1
                    case Kind.STORE:
                        va, size = a + imm, its.size
                        if va & (IN_PAGE | (size - 1)) == store_page:
                            place = store_frame | offset_of(va)
                            if not unchanged_by_a_hit(l1d, place):
                                spent = wait_for_data(world, hart, place)
                                checkpoint -= (spent >> dearest) + 1
                                end = min(high, checkpoint + ahead)
                            write_aligned(world, place, its.result, size)
                        else:
                            hart.pc = address_of(index, offset)  # for the checker, should a PTE be written
                            spent, store_page, store_frame, load_page = store_elsewhere(
                                world, hart, va, its.result, size, load_page
                            )
                            if spent == REFUSED:
                                trap = Trap.FAULT
                                break
                            checkpoint -= (spent >> dearest) + 1
                            end = min(high, checkpoint + ahead)
                        stores += 1
                    case Kind.BRANCH:
                        if its.result:
                            leap = JUMPS
                            break
                    case Kind.JUMP:
                        if imm & 3 == 0:
                            regs[rd] = address_of(index, offset) + 4
                        if its.result:
                            leap = JUMPS
                            break
                    case Kind.JUMP_TO:
                        target = its.result
                        if target & 3 == 0:
                            regs[rd] = address_of(index, offset) + 4
                        leap = LEAVES
                        break
                    case Kind.COMPUTE:
                        regs[rd] = its.result
                    case Kind.MULTIPLY:
                        extra += multiplying
                        regs[rd] = its.result
                    case Kind.DIVIDE:
                        extra += dividing
                        regs[rd] = its.result
                    case Kind.NOTHING:
                        pass  # one hart's accesses are in order already
                    case _:
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
