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
def begin_hurry(kernel, chip, hart, index):
    """Let harts catch up with what was postponed in space `index`, or in ANY; `settle` comes next."""
    kernel.tolds = 0
    excuse(kernel, chip)
    if kernel.transport != Transport.IPI:
        hurry_by_hardware(kernel, chip, hart, index)
        return
    if not is_any_waited_for(kernel, index):
        return
    row = begin_row(kernel, chip, hart, 0, WHOLE, FlushCause.SWEEP)
    if is_waited_for(kernel, hart.number, index):
        before = hart.clock
        booked = catch_up(kernel, chip, hart)
        row.own = hart.clock - before - booked
    before = hart.clock
    for h in range(chip.harts):
        if is_waited_for(kernel, h, index):
            send(kernel, chip, hart, chip.hart[h])
    row.send = hart.clock - before
    note_request(kernel, hart, kernel.space[max(hart.space, 0)], 0, CATCH_UP, row)


@hot
def hurry_by_hardware(kernel, chip, hart, index):
    """The same where no interrupt is needed: one invalidation of each space that something is held of (batch)."""
    for i in range(kernel.queued):
        post = kernel.queue[i]
        if (index != ANY and post.space != index) or is_empty(post.waiting):
            continue
        space = kernel.space[post.space]
        row = begin_row(kernel, chip, hart, 0, WHOLE, FlushCause.SWEEP)
        before = hart.clock
        if has(post.waiting, hart.number):
            row.dropped += drop_address_space(chip, hart, space.asid, Cost.FLUSH_LOCAL)
        row.own = hart.clock - before
        before = hart.clock
        if kernel.transport == Transport.BROADCAST:
            broadcast(kernel, chip, hart, space, 0, WHOLE, row)
        else:
            ask_directory(kernel, chip, hart, space, 0, WHOLE, row)
        row.send = hart.clock - before - row.wait
        for j in range(i, kernel.queued):
            if kernel.queue[j].space == post.space:
                kernel.queue[j].waiting[:] = 0
