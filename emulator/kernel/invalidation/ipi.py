"""Shootdown by interrupt: the sender tells each hart that may hold entries, each drops them and answers.

early-ack   A hart answers when it has taken the interrupt, before it flushes: it does so before it returns to the
            program (Amit et al., EuroSys 2020). Not where page tables are freed: a walk may still be reading them.
"""

from emulator.base.jit import hot
from emulator.base.names import Bug, Cost, Counter, FlushCause, Price
from emulator.hardware.access import NOTHING
from emulator.hardware.accounts import book
from emulator.kernel.invalidation.abis import is_spared
from emulator.kernel.invalidation.ledger import begin_row
from emulator.kernel.invalidation.mask import BITS, has, may_wait, put
from emulator.kernel.invalidation.postponed import catch_up
from emulator.kernel.invalidation.reach import drop_range
from emulator.world.memory import MASK_WORDS

NOTHING_TO_DROP, CATCH_UP = -1, -2  # in the place of a number of pages: nothing; all that was postponed


@hot
def tell_others(world, hart, space, start, pages, row):
    """Interrupt every other hart that may hold entries of `space` and cannot wait; `request.told` lists them then."""
    world.request.tolds = 0
    for word in range(MASK_WORDS):
        if space.holders[word] == 0:
            continue
        for h in range(word * BITS, min((word + 1) * BITS, world.chip.harts)):
            if h == hart.number or not has(space.holders, h) or has(space.behind, h) or is_spared(world, h):
                continue
            target = world.hart[h]
            if may_wait(world, space, target):
                put(space.behind, h)
                continue
            send(world, hart, target)
    note_request(world, hart, space, start, pages, row)


@hot
def send(world, hart, target):
    """Send an interrupt to `target`."""
    book(hart, Cost.SHOOTDOWN_SEND, world.chip.price[Price.IPI_SEND])
    world.task[target.number].ipi_at = hart.clock + world.chip.price[Price.IPI_DELIVER]
    world.request.told[world.request.tolds] = target.number
    world.request.tolds += 1


@hot
def note_request(world, hart, space, start, pages, row):
    """Note what those who were told are to do, and count it."""
    if world.request.tolds > 0:
        world.request.space, world.request.start, world.request.pages = space.number, start, pages
        row.told = row.ipis = world.request.tolds
        row.over = 0
        for i in range(world.request.tolds):
            put(row.harts, world.request.told[i])
        hart.count[Counter.SHOOTDOWN_COUNT] += 1
        hart.count[Counter.SHOOTDOWN_IPIS] += world.request.tolds


@hot
def tell_runners(world, hart, space):
    """Interrupt every other hart that runs a thread in `space`, for its own sake: membarrier(2)."""
    row = begin_row(world, hart, 0, NOTHING_TO_DROP, FlushCause.BARRIER)
    world.request.tolds = 0
    for i in range(world.turns.busy):
        target = world.hart[world.turns.order[i]]
        if target.number != hart.number and world.task[target.number].space == space.number:
            send(world, hart, target)
    note_request(world, hart, space, 0, NOTHING_TO_DROP, row)


@hot
def answer(world, target, row):
    """Let `target` take its interrupt and carry it out; return when the sender sees its answer."""
    space = world.space[world.request.space]
    before = begin_service(world, target)
    acknowledged, elsewhere = target.clock, 0
    if world.request.pages == CATCH_UP:
        elsewhere = catch_up(world, target)
    elif world.policy.bug == Bug.EARLY_ACK or world.policy.bug == Bug.NO_WAIT:
        owe(world, target, row)
    elif world.request.pages != NOTHING_TO_DROP:
        row.dropped += drop_range(world, target, space, world.request.start, world.request.pages, Cost.SHOOTDOWN_SERVE)
    row.stolen += target.clock - before - elsewhere
    row.window = max(row.window, target.clock - row.cycle)
    if world.policy.early_ack == 0:
        acknowledged = target.clock
    return acknowledged + world.chip.price[Price.IPI_ACK]


@hot
def begin_service(world, target):
    """Let `target` take the interrupt that was sent to it, idle until then if it is; return its clock before."""
    if target.clock < world.task[target.number].ipi_at:
        book(target, Cost.KERNEL_LOCK if target.busy else Cost.IDLE, world.task[target.number].ipi_at - target.clock)
    before = target.clock
    target.reservation = NOTHING  # the return from a trap ends it (F71)
    book(target, Cost.SHOOTDOWN_SERVE, world.chip.price[Price.IPI_SERVE])
    return before


@hot
def owe(world, target, row):
    """Let `target` put off the invalidation that it was told of: a mistake."""
    world.task[target.number].owed, world.task[target.number].owed_space, world.task[target.number].owed_number = (
        1,
        world.request.space,
        row.number,
    )
    world.task[target.number].owed_start, world.task[target.number].owed_pages = (
        world.request.start,
        world.request.pages,
    )


@hot
def carry_out_owed(world, target):
    """Carry out the invalidation that `target` has put off."""
    world.task[target.number].owed = 0
    space = world.space[world.task[target.number].owed_space]
    drop_range(
        world,
        target,
        space,
        world.task[target.number].owed_start,
        world.task[target.number].owed_pages,
        Cost.SHOOTDOWN_SERVE,
    )
