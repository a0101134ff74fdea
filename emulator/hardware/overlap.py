"""What a hart does not wait for because loads that depend on no other go on side by side: an approximation.

The hart is in order, but a profile may say (`[overlap]`) that so many page walks are in flight at a time (`walkers`),
and so many loads (`loads`). Then a load that depends on no other (`hardware/dependence.py`) waits for a share of what
it would take alone: of its walk, one in `walkers`; of the second-level TLB and of the caches below L1d, one in `loads`;
each rounded up. Whole cycles, the same in both engines. All else waits in full: stores, atomics, fetches, accesses that
cross a page or fault, and the load from L1d itself.
"""

from emulator.base.bits import PAGE_BYTES, at, line_of, offset_of
from emulator.base.jit import hot, rare
from emulator.base.names import Cost, Counter, Fault
from emulator.hardware.access import load
from emulator.hardware.accounts import book
from emulator.hardware.cache import L1, L2, data_level


@hot
def wait_for_load(world, hart, place, apart):
    """As `wait_for_data`, for a load; `apart`: 1 if it depends on no other."""
    level = data_level(world, hart, line_of(place))
    if level == L1:
        return 0
    wait = world.chip.latency[at(level)] - world.chip.latency[L1]
    if apart != 0:
        wait = share(wait, world.chip.loads)
    book(hart, at(Cost.CACHE_L2 + level - L2), wait)
    return wait


@hot
def share(cycles, number):
    """Return one in `number` of `cycles`, rounded up."""
    return (cycles + number - 1) // number


@hot
def load_beside(world, hart, va, size, apart):
    """Do what `load` does; `apart`: 1 if the load depends on no other, and waits for a share."""
    if apart == 0:
        return load(world, hart, va, size)
    return load_apart(world, hart, va, size)


@rare
def load_apart(world, hart, va, size):
    """Do what `load` does, and take back what a load waits less that depends on no other."""
    walk, found = hart.cost[Cost.WALK], hart.cost[Cost.TLB_L2]
    l2, l3, dram = hart.cost[Cost.CACHE_L2], hart.cost[Cost.CACHE_L3], hart.cost[Cost.CACHE_DRAM]
    fault = load(world, hart, va, size)
    if fault != Fault.NONE or offset_of(va) + size > PAGE_BYTES:
        return fault
    saved = take_back(hart, Cost.WALK, walk, world.chip.walkers)
    if hart.induced != 0:
        hart.count[Counter.FLUSH_INDUCED_CYCLES] -= saved
        world.ledger.induced_cycles[at(hart.induced - 1)] -= saved
    take_back(hart, Cost.TLB_L2, found, world.chip.loads)
    take_back(hart, Cost.CACHE_L2, l2, world.chip.loads)
    take_back(hart, Cost.CACHE_L3, l3, world.chip.loads)
    take_back(hart, Cost.CACHE_DRAM, dram, world.chip.loads)
    return fault


@hot
def take_back(hart, cost, before, number):
    """Leave of what was booked under `cost` since it was `before` one in `number`; return how much less that is."""
    waited = hart.cost[cost] - before
    saved = waited - share(waited, number)
    book(hart, cost, -saved)
    return saved
