"""Data accesses off the fast path: any size, any alignment, across lines and pages; an atomic's operand.

Each returns `Fault.NONE` or the Fault, before any byte of memory has changed (F50). An access that crosses a page
checks both pages first; the reported address is the first byte of the part that faults (F51).
"""

from emulator.base.bits import PAGE_BYTES, line_of, offset_of, page_up
from emulator.base.jit import hot
from emulator.base.names import Access, Counter, Fault, Price
from emulator.hardware.cache import L1, wait_for_data
from emulator.hardware.checker.writes import put_part
from emulator.hardware.memory import read_part
from emulator.hardware.translation.mmu import refuse, translate

NOTHING = -1  # is reserved


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
        put_part(world, hart, place, value, size)
        return Fault.NONE
    rest = second_page(world, hart, va, place, Access.STORE)
    if rest < 0:
        return -rest
    below = page_up(va) - va
    put_part(world, hart, place, value, below)
    put_part(world, hart, rest, value >> (below << 3), size - below)
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
