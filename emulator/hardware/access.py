"""Data accesses off the fast path: any size, any alignment, across lines and pages; atomics; the block copy.

Each returns `Fault.NONE` or the Fault, before any byte of memory has changed (F50). An access that crosses a page
checks both pages first; the reported address is the first byte of the part that faults (F51).
"""

from emulator.base.arithmetic import sign_extend, unsigned_less
from emulator.base.bits import PAGE_BYTES, line_of, offset_of, page_up
from emulator.base.jit import hot
from emulator.base.names import Access, Cost, Counter, Fault, Price
from emulator.hardware.accounts import book
from emulator.hardware.cache import L1, wait_for_data
from emulator.hardware.memory import read_part, write_part
from emulator.hardware.mmu import refuse, translate
from isa.instructions import Op

NOTHING = -1


@hot
def load_use(world):
    """Return the cycles that a load waits for L1d beyond its own."""
    return max(world.chip.latency[L1] - world.chip.price[Price.BASE], 0)


@hot
def touch_data(world, hart, place, size):
    """Book the wait for the one or two lines that `size` bytes at `place` lie in."""
    wait_for_data(world, hart, place)
    last = place + size - 1
    if line_of(last) != line_of(place):
        hart.count[Counter.CACHE_L1D_HITS] += 1  # one look-up more than the access itself counts
        wait_for_data(world, hart, last)


@hot
def second_page(world, hart, va, place, access):
    """Return the place of the second page of an access that crosses one, or minus its Fault.

    The first page is at `place` already; the waits for both lines are booked once both pages grant the access (F51).
    """
    hart.count[Counter.TLB_L1D_ACCESSES] += 1
    rest = translate(world, hart, page_up(va), access)
    if rest >= 0:
        wait_for_data(world, hart, place)
        hart.count[Counter.CACHE_L1D_HITS] += 1
        wait_for_data(world, hart, rest)
    return rest


@hot
def load(world, hart, va, size):
    """Read `size` bytes at `va` into `hart.value`, zero-extended; return the Fault.

    The value is read before the simulated caches are searched, so that the host waits for both at once.
    """
    place = translate(world, hart, va, Access.LOAD)
    if place < 0:
        return -place
    if offset_of(va) + size <= PAGE_BYTES:
        hart.value = read_part(world, place, size)
        touch_data(world, hart, place, size)
        return Fault.NONE
    rest = second_page(world, hart, va, place, Access.LOAD)
    if rest < 0:
        return -rest
    below = page_up(va) - va
    hart.value = read_part(world, place, below) | (read_part(world, rest, size - below) << (below << 3))
    return Fault.NONE


@hot
def store(world, hart, va, value, size):
    """Write the low `size` bytes of `value` at `va`; return the Fault."""
    place = translate(world, hart, va, Access.STORE)
    if place < 0:
        return -place
    if offset_of(va) + size <= PAGE_BYTES:
        touch_data(world, hart, place, size)
        write_part(world, place, value, size)
        return Fault.NONE
    rest = second_page(world, hart, va, place, Access.STORE)
    if rest < 0:
        return -rest
    below = page_up(va) - va
    write_part(world, place, value, below)
    write_part(world, rest, value >> (below << 3), size - below)
    return Fault.NONE


@hot
def aligned_place(world, hart, va, access, size):
    """Return the place of an atomic's operand, or minus the Fault: it must be aligned, and traps if it is not."""
    if va & (size - 1) != 0:
        return refuse(hart, va, access, Fault.MISALIGNED, 0)
    place = translate(world, hart, va, access)
    if place >= 0:
        wait_for_data(world, hart, place)
    return place


@hot
def load_reserved(world, hart, va, size):
    """LR: read `size` bytes at `va` into `hart.value`, sign-extended, and reserve them; return the Fault."""
    place = aligned_place(world, hart, va, Access.LR, size)
    if place < 0:
        return -place
    hart.value = sign_extend(read_part(world, place, size), size << 3)
    hart.reservation = place
    return Fault.NONE


@hot
def store_conditional(world, hart, va, value, size):
    """SC: write if the reservation holds; `hart.value` = 0 if it did, else 1; the page is checked either way (F17)."""
    place = aligned_place(world, hart, va, Access.STORE, size)
    if place < 0:
        return -place
    hart.value = 1
    if hart.reservation == place:
        write_part(world, place, value, size)
        hart.value = 0
    hart.reservation = NOTHING
    return Fault.NONE


@hot
def combine(op, old, value):
    """Return what an AMO leaves in memory; both operands sign-extended, which orders unsigned ones the same."""
    if op == Op.AMOSWAP_W or op == Op.AMOSWAP_D:
        return value
    if op == Op.AMOADD_W or op == Op.AMOADD_D:
        return old + value
    if op == Op.AMOXOR_W or op == Op.AMOXOR_D:
        return old ^ value
    if op == Op.AMOAND_W or op == Op.AMOAND_D:
        return old & value
    if op == Op.AMOOR_W or op == Op.AMOOR_D:
        return old | value
    if op == Op.AMOMIN_W or op == Op.AMOMIN_D:
        return old if old < value else value
    if op == Op.AMOMAX_W or op == Op.AMOMAX_D:
        return value if old < value else old
    if op == Op.AMOMINU_W or op == Op.AMOMINU_D:
        return old if unsigned_less(old, value) else value
    return value if unsigned_less(old, value) else old


@hot
def atomic(world, hart, op, va, value, size):
    """AMO: replace `size` bytes at `va`; `hart.value` = what stood there, sign-extended; return the Fault."""
    place = aligned_place(world, hart, va, Access.AMO, size)
    if place < 0:
        return -place
    old = sign_extend(read_part(world, place, size), size << 3)
    write_part(world, place, combine(op, old, sign_extend(value, size << 3)), size)
    hart.value = old
    return Fault.NONE


@hot
def copy_block(world, hart, target, source, length):
    """Copy bytes until done or refused: 8 at a time where both addresses are aligned, else 1 (F52).

    `target`, `source` and `length` are register numbers, and advance with each chunk: what they show after a Fault is
    where the instruction goes on. Return the Fault.
    """
    regs = hart.regs
    while regs[length] != 0:
        chunk = 1
        if (regs[target] | regs[source]) & 7 == 0 and not unsigned_less(regs[length], 8):
            chunk = 8
        fault = load(world, hart, regs[source], chunk)
        if fault == Fault.NONE:
            fault = store(world, hart, regs[target], hart.value, chunk)
        if fault != Fault.NONE:
            return fault
        hart.count[Counter.LOADS] += 1
        hart.count[Counter.STORES] += 1
        book(hart, Cost.BASE, world.chip.price[Price.BASE])
        book(hart, Cost.LOAD_USE, load_use(world))
        regs[target] += chunk
        regs[source] += chunk
        regs[length] -= chunk
    return Fault.NONE
