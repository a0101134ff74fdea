"""Making harts catch up with postponed invalidations now: somebody needs the addresses, the frames or a place.

It is a shootdown like any other, with a row of its own; what was postponed keeps its rows, which end with it.
"""

from emulator.base.jit import hot
from emulator.base.kernel_names import FlushCause
from emulator.base.mask import has, is_empty
from emulator.base.names import Cost
from emulator.kernel.invalidation.hooks import catch_up, needs_no_interrupt, reaches_own
from emulator.kernel.invalidation.ledger import begin_row
from emulator.kernel.invalidation.local import drop_address_space
from emulator.kernel.invalidation.postponed.queue import ANY, is_any_waited_for, is_waited_for, note_swept
from emulator.kernel.invalidation.postponed.waiting import excuse
from emulator.kernel.invalidation.ranges import WHOLE, whole_of
from emulator.kernel.invalidation.tell import tell, tell_waited_for


@hot
def begin_hurry(world, hart, index):
    """Let harts catch up with what was postponed in space `index`, or in ANY; `settle` comes next."""
    world.request.tolds = 0
    excuse(world, hart)
    hurry_by_hardware(world, hart, index)
    if not is_any_waited_for(world, index):
        return
    row = begin_row(world, hart, 0, WHOLE, FlushCause.SWEEP)
    if is_waited_for(world, hart.number, index):
        before = hart.clock
        booked = catch_up(world, hart)
        row.own = hart.clock - before - booked
    tell_waited_for(world, hart, index, row)


@hot
def hurry_by_hardware(world, hart, index):
    """The same where no interrupt is needed: one invalidation of each such space that something is held of."""
    for i in range(world.postponed.queued):
        post = world.postponed.queue[i]
        if (index != ANY and post.space != index) or is_empty(post.waiting):
            continue
        space = world.space[post.space]
        if not needs_no_interrupt(world, space):
            continue
        row = begin_row(world, hart, 0, WHOLE, FlushCause.SWEEP)
        before = hart.clock
        if has(post.waiting, hart.number) and not reaches_own(world, space):
            row.dropped += drop_address_space(world, hart, space.asid, Cost.FLUSH_LOCAL)
        row.own = hart.clock - before
        tell(world, hart, whole_of(space), row)
        for j in range(i, world.postponed.queued):
            if world.postponed.queue[j].space == post.space:
                world.postponed.queue[j].waiting[:] = 0
                note_swept(world, hart, world.postponed.queue[j])
