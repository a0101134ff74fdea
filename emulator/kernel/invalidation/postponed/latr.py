"""Lazy translation coherence (LATR): nobody is interrupted; each hart looks through a queue at ticks and switches.

Who: Kumar et al., ASPLOS 2018. Only for munmap (and migration of pages): not where a PTE goes on being used, as after
mprotect or copy-on-write, nor where the addresses are, as after madvise. Other harts may read and write the pages,
which are held, until they have swept. An idle hart has its tick when the first busy one has; with `lazy` it is not
waited for at all. The tick itself takes no time: what a sweep takes is the price `sweep` and the invalidations. To
queue a range costs `enqueue`. Giving the pages back, which whoever sweeps last does, is `deferred` in the row, and so
is a look through the queue that finds nothing to drop.
"""

from emulator.base.jit import hot
from emulator.base.mask import has, take_out
from emulator.base.names import Cost, Price
from emulator.hardware.accounts import book
from emulator.kernel.invalidation.ledger import defer, note_dropped
from emulator.kernel.invalidation.postponed.queue import range_of
from emulator.kernel.invalidation.reach import drop_range
from emulator.world.invalidation import INVALIDATIONS

MOST_STATES = 64  # that a hart can have queued (LATR, section 4)


@hot
def postpones(world):
    """Let munmap be postponed."""
    return True


@hot
def postpones_writable(world):
    """Whatever the pages grant: their frames are nobody's until they have been swept."""
    return True


@hot
def is_enough(world, hart, index):
    """Let a hart hold as many ranges as its queue has places."""
    mine = 0
    for i in range(world.postponed.queued):
        mine += world.postponed.queue[i].hart == hart.number
    return mine >= MOST_STATES


@hot
def catch_up(world, hart):
    """Let `hart` look through the queue and drop what it has to; return the cycles that are booked in rows."""
    under_way, booked = world.ledger.under_way, 0
    before = hart.clock
    book(hart, Cost.SHOOTDOWN_SERVE, world.chip.price[Price.SWEEP])
    for i in range(world.postponed.queued):
        post = world.postponed.queue[i]
        if not has(post.waiting, hart.number):
            continue
        take_out(post.waiting, hart.number)
        space = world.space[post.space]
        world.ledger.under_way = post.number % INVALIDATIONS
        dropped = 0
        if space.asid_generation == world.asids.generation:
            dropped = drop_range(world, hart, range_of(world, post), Cost.SHOOTDOWN_SERVE)
        row = world.ledger.row[post.number % INVALIDATIONS]
        if row.number == post.number:
            row.dropped += dropped
            row.stolen += hart.clock - before
            note_dropped(hart, row)
            booked += hart.clock - before
        before = hart.clock
    if hart.clock > before and world.postponed.queued > 0:
        defer(world, hart, world.postponed.queue[0].number, hart.clock - before)
        booked += hart.clock - before
    world.ledger.under_way = under_way
    return booked


@hot
def catch_up_at_switch(world, hart):
    """Let a hart look through the queue at every switch."""
    catch_up(world, hart)
    return True


@hot
def tick(world, hart):
    """Let the hart sweep, and the idle harts, whose tick came by then."""
    task = world.task[hart.number]
    task.next_tick = (hart.clock // world.policy.tick + 1) * world.policy.tick
    if world.postponed.queued == 0:
        return True
    catch_up(world, hart)
    for h in range(world.chip.harts):
        idle = world.hart[h]
        if idle.busy == 0 and world.task[idle.number].space >= 0:
            if idle.clock < hart.clock:
                book(idle, Cost.IDLE, hart.clock - idle.clock)
            catch_up(world, idle)
    return True
