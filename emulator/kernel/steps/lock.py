"""The locks of an address space, as far as they take time: whoever comes while it is being changed waits.

Linux has one lock of the address space (`mmap_lock`), for one that changes regions or for all that do not, and one of
each region (VMA). Here steps are done one after the other, whatever their times, so nothing is taken: a lock is the
cycle until which it is held, and a hart that comes earlier waits, its interrupts enabled, for its turn in the order in
which it came.

    changes     munmap, mprotect, mmap, brk, fork, advice that makes regions differ: wait for all others
    reads       madvise(MADV_DONTNEED), faults: wait for who changes regions, by `--set locks=vma` a fault only for who
                changes its own region
    downgrades  munmap, which has taken the regions out when it begins with their pages: no longer a change

By `locks=space` there is no difference: everybody waits until whoever came before has all its answers.

Left out: what the lock itself costs, with its cache line going from hart to hart; sleeping and waking; and the locks
below (of page tables, of frames, of lists for reclaim).
"""

from emulator.base.jit import hot
from emulator.base.kernel_names import Locks
from emulator.base.names import Cost
from emulator.hardware.accounts import book
from emulator.kernel.invalidation.handler import note_wait
from emulator.kernel.memory.extents import region_at
from emulator.kernel.memory.regions import NOWHERE, find, find_from


@hot
def wait_until(world, hart, cycle):
    """Let the hart wait for a lock until `cycle`, if it is not that late already; it takes interrupts meanwhile."""
    if hart.clock < cycle:
        waited = cycle - hart.clock
        book(hart, Cost.KERNEL_LOCK, waited)
        note_wait(world, hart, waited)


@hot
def await_others(world, hart, space):
    """Wait until the hart that changes `space` has done so."""
    wait_until(world, hart, space.busy_until)


@hot
def begin_change(world, hart, space):
    """Wait until nobody else works on `space`; by `locks=space` the steps themselves wait (`await_others`)."""
    if world.policy.locks != Locks.SPACE:
        wait_until(world, hart, max(space.busy_until, space.read_until))


@hot
def end_change(world, hart, space, start, end):
    """Note that the hart has changed the regions from `start` to `end`."""
    if world.policy.locks == Locks.SPACE:
        return
    space.busy_until = max(space.busy_until, hart.clock)
    index = find_from(world, space, start)
    while index < space.regions and region_at(world, space, index).start < end:
        region_at(world, space, index).busy_until = hart.clock
        index += 1


@hot
def end_reading(world, hart, space):
    """Note that the hart has done what changes no regions."""
    if world.policy.locks != Locks.SPACE:
        space.read_until = max(space.read_until, hart.clock)


@hot
def begin_fault(world, hart, space, va):
    """Wait until a fault at `va` may be resolved."""
    if world.policy.locks == Locks.VMA:
        index = find(world, space, va)
        if index != NOWHERE:
            wait_until(world, hart, region_at(world, space, index).busy_until)
            return
    await_others(world, hart, space)


@hot
def end_fault(world, hart, space):
    """Note that a fault is resolved. One that held its region alone is in nobody's way."""
    if world.policy.locks == Locks.MMAP:
        space.read_until = max(space.read_until, hart.clock)
