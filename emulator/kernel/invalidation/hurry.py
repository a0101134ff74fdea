"""Making harts catch up with postponed invalidations now: somebody needs the addresses, the frames or a place.

It is a shootdown like any other, with a row of its own; what was postponed keeps its rows, which end with it.
"""

from emulator.base.jit import hot
from emulator.base.names import Cost, FlushCause, Transport
from emulator.kernel.invalidation.broadcast import broadcast
from emulator.kernel.invalidation.directory import ask_directory
from emulator.kernel.invalidation.ipi import CATCH_UP, note_request, send
from emulator.kernel.invalidation.ledger import begin_row
from emulator.kernel.invalidation.local import drop_address_space
from emulator.kernel.invalidation.mask import has, is_empty
from emulator.kernel.invalidation.postponed import ANY, catch_up, excuse, is_any_waited_for, is_waited_for
from emulator.kernel.invalidation.reach import WHOLE


@hot
def begin_hurry(world, hart, index):
    """Let harts catch up with what was postponed in space `index`, or in ANY; `settle` comes next."""
    task = world.task[hart.number]
    world.request.tolds = 0
    excuse(world)
    if world.policy.transport != Transport.IPI:
        hurry_by_hardware(world, hart, index)
        return
    if not is_any_waited_for(world, index):
        return
    row = begin_row(world, hart, 0, WHOLE, FlushCause.SWEEP)
    if is_waited_for(world, hart.number, index):
        before = hart.clock
        booked = catch_up(world, hart)
        row.own = hart.clock - before - booked
    before = hart.clock
    for h in range(world.chip.harts):
        if is_waited_for(world, h, index):
            send(world, hart, world.hart[h])
    row.send = hart.clock - before
    note_request(world, hart, world.space[max(task.space, 0)], 0, CATCH_UP, row)


@hot
def hurry_by_hardware(world, hart, index):
    """The same where no interrupt is needed: one invalidation of each space that something is held of (batch)."""
    for i in range(world.postponed.queued):
        post = world.postponed.queue[i]
        if (index != ANY and post.space != index) or is_empty(post.waiting):
            continue
        space = world.space[post.space]
        row = begin_row(world, hart, 0, WHOLE, FlushCause.SWEEP)
        before = hart.clock
        if has(post.waiting, hart.number):
            row.dropped += drop_address_space(world, hart, space.asid, Cost.FLUSH_LOCAL)
        row.own = hart.clock - before
        before = hart.clock
        if world.policy.transport == Transport.BROADCAST:
            broadcast(world, hart, space, 0, WHOLE, row)
        else:
            ask_directory(world, hart, space, 0, WHOLE, row)
        row.send = hart.clock - before - row.wait
        for j in range(i, world.postponed.queued):
            if world.postponed.queue[j].space == post.space:
                world.postponed.queue[j].waiting[:] = 0
