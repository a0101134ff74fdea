"""Postponed invalidations: unmapped ranges whose frames are held until the last hart has dropped its entries.

The hart that unmaps a range drops its own entries, queues the range with the harts that may hold some, and goes on. The
range stays a region that grants nothing (`RegionKind.HELD`), so that neither its addresses nor its frames are given to
anybody. `latr` and `batch` say when the harts come round to it; `hurry` makes them, when something cannot wait.

Only munmap(2) can be postponed: after MAP_FIXED, brk(2) and madvise(MADV_DONTNEED) the addresses are used again.
"""

from emulator.base.jit import hot
from emulator.kernel.invalidation.abis import is_spared
from emulator.kernel.invalidation.batch import drop_spaces
from emulator.kernel.invalidation.latr import sweep
from emulator.kernel.invalidation.mask import has, is_empty, may_wait, put, take_out
from emulator.world.invalidation import INVALIDATIONS, QUEUE
from emulator.world.memory import MASK_WORDS

ANY = -1  # of any address space
MOST_PIECES = 256  # regions of a range that may be queued
MOST_STATES = 64  # that a hart can have queued (LATR, section 4)


@hot
def has_place(world, hart):
    """Return whether the hart can queue what is unmapped next: a piece for each region at most."""
    mine = 0
    for i in range(world.postponed.queued):
        mine += world.postponed.queue[i].hart == hart.number
    return mine < MOST_STATES and world.postponed.queued + MOST_PIECES < QUEUE


@hot
def enqueue(world, hart, space, start, end, found, row):
    """Queue a range with the harts that may hold entries of it; return whether there were any."""
    post = world.postponed.queue[world.postponed.queued]
    post.space, post.start, post.end, post.found = space.number, start, end, found
    post.hart, post.number = hart.number, row.number
    post.waiting[:] = 0
    for h in range(world.chip.harts):
        if h == hart.number or not has(space.holders, h) or has(space.behind, h) or is_spared(world, h):
            continue
        if may_wait(world, space, world.hart[h]):
            put(space.behind, h)
        else:
            put(post.waiting, h)
    if is_empty(post.waiting):
        return False
    row.over = 0
    world.postponed.queued += 1
    return True


@hot
def is_waited_for(world, h, index):
    """Return whether hart number `h` has still to drop something of space `index`, or of ANY."""
    for i in range(world.postponed.queued):
        post = world.postponed.queue[i]
        if (index == ANY or post.space == index) and has(post.waiting, h):
            return True
    return False


@hot
def is_any_waited_for(world, index):
    """Return whether any hart has still to drop something of space `index`, or of ANY."""
    for i in range(world.postponed.queued):
        post = world.postponed.queue[i]
        if (index == ANY or post.space == index) and not is_empty(post.waiting):
            return True
    return False


@hot
def pages_held(world, index):
    """Return how many pages of space `index` are held."""
    pages = 0
    for i in range(world.postponed.queued):
        if world.postponed.queue[i].space == index:
            pages += world.postponed.queue[i].found
    return pages


@hot
def catch_up(world, hart):
    """Let `hart` drop all that was postponed for it; return the cycles that are booked in the rows of that."""
    return sweep(world, hart) if world.policy.latr == 1 else drop_spaces(world, hart)


@hot
def excuse(world):
    """Take out of the queue the harts that need not be told any more: they flush when they return (lazy, gen)."""
    for i in range(world.postponed.queued):
        post = world.postponed.queue[i]
        space = world.space[post.space]
        for h in range(world.chip.harts):
            if has(post.waiting, h) and may_wait(world, space, world.hart[h]):
                take_out(post.waiting, h)
                put(space.behind, h)


@hot
def close_row(world, hart, post):
    """Note in the ledger that no hart holds entries of the range any more."""
    row = world.ledger.row[post.number % INVALIDATIONS]
    if row.number == post.number:
        row.over = 1
        row.window = max(row.window, hart.clock - row.cycle)


@hot
def take_off(world, index):
    """Take place `index` off the queue; what comes after moves up."""
    world.postponed.queued -= 1
    for i in range(index, world.postponed.queued):
        source, target = world.postponed.queue[i + 1], world.postponed.queue[i]
        world.task[target.number].space, target.start, target.end, target.found = (
            source.space,
            source.start,
            source.end,
            source.found,
        )
        target.hart, target.number = source.hart, source.number
        for word in range(MASK_WORDS):
            target.waiting[word] = source.waiting[word]


@hot
def forget_space(world, hart, index):
    """Take all of space `index`, which is gone from every TLB, off the queue."""
    for i in range(world.postponed.queued - 1, -1, -1):
        if world.postponed.queue[i].space == index:
            close_row(world, hart, world.postponed.queue[i])
            take_off(world, i)
