"""Lazy translation coherence (LATR): nobody is interrupted; each hart looks through a queue at ticks and switches.

Who: Kumar et al., ASPLOS 2018. Only for munmap (and migration of pages): not where a PTE goes on being used, as after
mprotect or copy-on-write, nor where the addresses are, as after madvise. Other harts may read and write the pages,
which are held, until they have swept. An idle hart has its tick when the first busy one has; with `lazy` it is not
waited for at all. The tick itself takes no time: what a sweep takes is the price `sweep` and the invalidations.
"""

from emulator.base.bits import pages_in
from emulator.base.jit import hot
from emulator.base.names import Cost, Price
from emulator.hardware.accounts import book
from emulator.hardware.state import INVALIDATIONS
from emulator.kernel.invalidation.mask import has, take_out
from emulator.kernel.invalidation.reach import drop_range


@hot
def sweep(kernel, chip, hart):
    """Let `hart` look through the queue and drop what it has to; return the cycles that are booked in rows."""
    under_way, booked = chip.invalidation, 0
    before = hart.clock
    book(hart, Cost.SHOOTDOWN_SERVE, chip.price[Price.SWEEP])
    for i in range(kernel.queued):
        post = kernel.queue[i]
        if not has(post.waiting, hart.number):
            continue
        take_out(post.waiting, hart.number)
        space = kernel.space[post.space]
        chip.invalidation = post.number % INVALIDATIONS
        dropped = 0
        if space.asid_generation == kernel.asid_generation:
            pages = pages_in(post.end - post.start)
            dropped = drop_range(kernel, chip, hart, space, post.start, pages, Cost.SHOOTDOWN_SERVE)
        row = kernel.invalidation[post.number % INVALIDATIONS]
        if row.number == post.number:
            row.dropped += dropped
            row.stolen += hart.clock - before
            row.window = max(row.window, hart.clock - row.cycle)
            booked += hart.clock - before
        before = hart.clock
    chip.invalidation = under_way
    return booked


@hot
def begin_tick(kernel, chip, hart):
    """Let `hart`, whose tick has come, sweep, and the idle harts, whose tick came by then."""
    hart.next_tick = (hart.clock // kernel.tick + 1) * kernel.tick
    if kernel.queued == 0:
        return
    sweep(kernel, chip, hart)
    for h in range(chip.harts):
        idle = chip.hart[h]
        if idle.busy == 0 and idle.space >= 0:
            if idle.clock < hart.clock:
                book(idle, Cost.IDLE, hart.clock - idle.clock)
            sweep(kernel, chip, idle)
