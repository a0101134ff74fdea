"""Shootdown: the sender tells each hart that may hold entries, each drops them and answers.

It tells them by an interrupt, or by a request that they carry out without one (`request.by_itself`), at other prices.
"""

from emulator.base.jit import hot
from emulator.base.mask import put
from emulator.base.names import Cost, Counter, Price
from emulator.hardware.access import NOTHING as NO_RESERVATION
from emulator.hardware.accounts import book
from emulator.hardware.nodes import over_distance
from emulator.hardware.preemption import back_at
from emulator.kernel.invalidation.handler import await_interrupt, begin_service, end_service
from emulator.kernel.invalidation.hooks import answers_first, catch_up, drop_asked
from emulator.kernel.invalidation.mistakes import puts_off
from emulator.kernel.invalidation.ranges import CATCH_UP, NOTHING, Range
from emulator.kernel.invalidation.reach import drop_range


@hot
def send(world, hart, target):
    """Send an interrupt to `target`, or a request: one that its host has preempted takes it when it is back."""
    sending = price_of(world, Price.IPI_SEND, Price.RAR_SEND)
    book(hart, Cost.SHOOTDOWN_SEND, over_distance(world, hart, target, sending))
    delivery = price_of(world, Price.IPI_DELIVER, Price.RAR_DELIVER)
    arrives = hart.clock + over_distance(world, hart, target, delivery)
    world.task[target.number].ipi_at = back_at(world, target, arrives)
    world.request.told[world.request.tolds] = target.number
    world.request.tolds += 1


@hot
def price_of(world, interrupt, request):
    """Return the price of an interrupt, or of a request where that is what is sent."""
    return world.chip.price[request if world.request.by_itself == 1 else interrupt]


@hot
def note_request(world, hart, span, row):
    """Note what those who were told are to do, and count it."""
    request = world.request
    if request.tolds > 0:
        request.space, request.start, request.pages, request.level = span.space, span.start, span.pages, span.level
        row.told, row.ipis = request.tolds, 0 if request.by_itself == 1 else request.tolds
        row.over = 0
        for i in range(request.tolds):
            put(row.harts, request.told[i])
        hart.count[Counter.SHOOTDOWN_COUNT] += 1
        hart.count[Counter.SHOOTDOWN_IPIS] += row.ipis


@hot
def answer(world, target, row):
    """Let `target` take its interrupt and carry it out; return when the sender sees its answer."""
    request = world.request
    arrives = await_interrupt(world, target)
    before = target.clock
    if request.by_itself == 0:
        target.reservation = NO_RESERVATION  # the return from a trap ends it (F71)
    begins = begin_service(world, target, arrives, price_of(world, Price.IPI_SERVE, Price.RAR_SERVE))
    acknowledged, elsewhere = target.clock - before, 0
    if request.pages == CATCH_UP:
        elsewhere = catch_up(world, target)
    elif puts_off(world, target, row.cause):
        owe(world, target, row)
    elif request.pages != NOTHING:
        span = Range(request.space, request.start, request.pages, request.level)
        if not drop_asked(world, target, span, row):
            row.dropped += drop_range(world, target, span, Cost.SHOOTDOWN_SERVE)
    took = target.clock - before
    if not answers_first(world):
        acknowledged = took
    hidden = end_service(world, target, begins, took)
    row.stolen += took - elsewhere - hidden
    row.window = max(row.window, begins + took - row.cycle)
    return begins + acknowledged + world.chip.price[Price.IPI_ACK]


@hot
def owe(world, target, row):
    """Let `target` put off the invalidation that it was told of: a mistake."""
    task, request = world.task[target.number], world.request
    task.owed, task.owed_number = 1, row.number
    task.owed_space, task.owed_start = request.space, request.start
    task.owed_pages, task.owed_level = request.pages, request.level


@hot
def carry_out_owed(world, target):
    """Carry out the invalidation that `target` has put off."""
    task = world.task[target.number]
    task.owed = 0
    span = Range(task.owed_space, task.owed_start, task.owed_pages, task.owed_level)
    drop_range(world, target, span, Cost.SHOOTDOWN_SERVE)
