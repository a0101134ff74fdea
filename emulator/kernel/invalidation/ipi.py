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
from emulator.kernel.state import MASK_WORDS

NOTHING_TO_DROP, CATCH_UP = -1, -2  # in the place of a number of pages: nothing; all that was postponed


@hot
def tell_others(kernel, chip, hart, space, start, pages, row):
    """Interrupt every other hart that may hold entries of `space` and cannot wait; `kernel.told` lists them then."""
    kernel.tolds = 0
    for word in range(MASK_WORDS):
        if space.holders[word] == 0:
            continue
        for h in range(word * BITS, min((word + 1) * BITS, chip.harts)):
            if h == hart.number or not has(space.holders, h) or has(space.behind, h) or is_spared(kernel, h):
                continue
            target = chip.hart[h]
            if may_wait(kernel, space, target):
                put(space.behind, h)
                continue
            send(kernel, chip, hart, target)
    note_request(kernel, hart, space, start, pages, row)


@hot
def send(kernel, chip, hart, target):
    """Send an interrupt to `target`."""
    book(hart, Cost.SHOOTDOWN_SEND, chip.price[Price.IPI_SEND])
    target.ipi_at = hart.clock + chip.price[Price.IPI_DELIVER]
    kernel.told[kernel.tolds] = target.number
    kernel.tolds += 1


@hot
def note_request(kernel, hart, space, start, pages, row):
    """Note what those who were told are to do, and count it."""
    if kernel.tolds > 0:
        kernel.request_space, kernel.request_start, kernel.request_pages = space.number, start, pages
        row.told = row.ipis = kernel.tolds
        row.over = 0
        for i in range(kernel.tolds):
            put(row.harts, kernel.told[i])
        hart.count[Counter.SHOOTDOWN_COUNT] += 1
        hart.count[Counter.SHOOTDOWN_IPIS] += kernel.tolds


@hot
def tell_runners(kernel, chip, hart, space):
    """Interrupt every other hart that runs a thread in `space`, for its own sake: membarrier(2)."""
    row = begin_row(kernel, chip, hart, 0, NOTHING_TO_DROP, FlushCause.BARRIER)
    kernel.tolds = 0
    for i in range(chip.busy):
        target = chip.hart[chip.turns[i]]
        if target.number != hart.number and target.space == space.number:
            send(kernel, chip, hart, target)
    note_request(kernel, hart, space, 0, NOTHING_TO_DROP, row)


@hot
def answer(kernel, chip, target, row):
    """Let `target` take its interrupt and carry it out; return when the sender sees its answer."""
    space = kernel.space[kernel.request_space]
    before = begin_service(chip, target)
    acknowledged, elsewhere = target.clock, 0
    if kernel.request_pages == CATCH_UP:
        elsewhere = catch_up(kernel, chip, target)
    elif kernel.bug == Bug.EARLY_ACK or kernel.bug == Bug.NO_WAIT:
        owe(kernel, target, row)
    elif kernel.request_pages != NOTHING_TO_DROP:
        row.dropped += drop_range(
            kernel, chip, target, space, kernel.request_start, kernel.request_pages, Cost.SHOOTDOWN_SERVE
        )
    row.stolen += target.clock - before - elsewhere
    row.window = max(row.window, target.clock - row.cycle)
    if kernel.early_ack == 0:
        acknowledged = target.clock
    return acknowledged + chip.price[Price.IPI_ACK]


@hot
def begin_service(chip, target):
    """Let `target` take the interrupt that was sent to it, idle until then if it is; return its clock before."""
    if target.clock < target.ipi_at:
        book(target, Cost.KERNEL_LOCK if target.busy else Cost.IDLE, target.ipi_at - target.clock)
    before = target.clock
    target.reservation = NOTHING  # the return from a trap ends it (F71)
    book(target, Cost.SHOOTDOWN_SERVE, chip.price[Price.IPI_SERVE])
    return before


@hot
def owe(kernel, target, row):
    """Let `target` put off the invalidation that it was told of: a mistake."""
    target.owed, target.owed_space, target.owed_number = 1, kernel.request_space, row.number
    target.owed_start, target.owed_pages = kernel.request_start, kernel.request_pages


@hot
def carry_out_owed(kernel, chip, target):
    """Carry out the invalidation that `target` has put off."""
    target.owed = 0
    space = kernel.space[target.owed_space]
    drop_range(kernel, chip, target, space, target.owed_start, target.owed_pages, Cost.SHOOTDOWN_SERVE)
