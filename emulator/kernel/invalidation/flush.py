"""Making every TLB forget a range of pages: what all strategies have in common.

The hart drops its own entries and tells the others that may hold some; `settle` lets these answer and waits for them.
When an address space ends nobody is told: no hart runs in it, and its ASID is not handed out again before everything
has been flushed (as Linux does on arm64).

concurrent  Interrupts are sent first, so that the hart's own flush overlaps with theirs (Amit et al., EuroSys 2020).
            Everywhere; it only changes the order.
cow-local   After copy-on-write the hart does not invalidate its own entry: the fault, or a write by the kernel, makes
            the hardware replace it (x86: F40; Amit et al. 2020). Not where a refused access leaves the entry in place;
            and other harts must be told as ever, or they go on reading the old frame.
"""

from emulator.base.bits import asid_bits_of
from emulator.base.jit import hot
from emulator.base.names import Bug, Cost, FlushCause, Transport
from emulator.hardware.mmu import fence
from emulator.kernel.invalidation.broadcast import broadcast
from emulator.kernel.invalidation.directory import ask_directory
from emulator.kernel.invalidation.ipi import tell_others
from emulator.kernel.invalidation.ledger import begin_row
from emulator.kernel.invalidation.reach import WHOLE, drop_range


@hot
def flush_pages(world, hart, space, start, pages, cause):
    """Begin to invalidate `pages` pages of `space` from `start` on, because of `cause` (`FlushCause`).

    Once `settle` has returned too, no TLB entry grants what their PTEs do not.
    """
    if space.asid_generation != world.asids.generation:
        world.sharing.looked = 0
        return  # no TLB entry is of this space: it never ran since ASIDs were last handed out anew
    row = begin_row(world, hart, start, pages, cause)
    if world.policy.concurrent == 0:
        flush_own(world, hart, space, start, pages, cause, row)
    if world.chip.harts > 1 and world.policy.bug != Bug.MISSING_REMOTE and cause != FlushCause.EXIT:
        before = hart.clock
        if world.policy.transport == Transport.BROADCAST:
            broadcast(world, hart, space, start, pages, row)
        elif world.policy.transport == Transport.DIRECTORY:
            ask_directory(world, hart, space, start, pages, row)
        else:
            tell_others(world, hart, space, start, pages, row)
        row.send = hart.clock - before - row.wait
    if world.policy.concurrent == 1:
        flush_own(world, hart, space, start, pages, cause, row)
    world.sharing.looked = 0


@hot
def flush_own(world, hart, space, start, pages, cause, row):
    """Drop the hart's own entries."""
    if world.policy.bug == Bug.COW_NO_LOCAL and cause == FlushCause.COPY:
        return
    if world.policy.cow_local == 1 and (
        cause == FlushCause.COPY or cause == FlushCause.REUSE or cause == FlushCause.FILL
    ):
        row.dropped += fence(world, hart, start, asid_bits_of(space.asid), True, False)
        return
    before = hart.clock
    row.dropped += drop_range(world, hart, space, start, pages, Cost.FLUSH_LOCAL)
    row.own = hart.clock - before
    row.window = hart.clock - row.cycle


@hot
def flush_space(world, hart, space, cause):
    """Begin to invalidate all of `space`: what fork does once, at its end (F64)."""
    flush_pages(world, hart, space, 0, WHOLE, cause)
