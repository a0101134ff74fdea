"""The queue of postponed invalidations: ranges, each with the harts that have still to drop it, in order."""

from emulator.base.jit import hot
from emulator.base.mask import has, is_empty
from emulator.kernel.invalidation.ledger import defer, note_dropped
from emulator.kernel.invalidation.ranges import huge_between
from emulator.world.invalidation import INVALIDATIONS, QUEUE
from emulator.world.memory import MASK_WORDS

ANY = -1  # of any address space
MOST_PIECES = 256  # regions of a range that may be queued


@hot
def has_place(world):
    """Return whether what is unmapped next can be queued: a piece for each region at most."""
    return world.postponed.queued + MOST_PIECES < QUEUE


@hot
def range_of(world, post):
    """Return the range that `post`, a place of the queue, holds."""
    space = world.space[post.space]
    return huge_between(space, post.start, post.end, 1 - post.level)


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
def note_swept(world, hart, post):
    """Note in the ledger that `hart` has dropped the range."""
    row = world.ledger.row[post.number % INVALIDATIONS]
    if row.number == post.number:
        note_dropped(hart, row)


@hot
def close_row(world, hart, post, cycles):
    """Note in the ledger that no hart holds entries of the range any more; `hart` gave it back in `cycles`."""
    row = world.ledger.row[post.number % INVALIDATIONS]
    if row.number == post.number:
        row.over = 1
    defer(world, hart, post.number, cycles)


@hot
def take_off(world, index):
    """Take place `index` off the queue; what comes after moves up."""
    world.postponed.queued -= 1
    for i in range(index, world.postponed.queued):
        source, target = world.postponed.queue[i + 1], world.postponed.queue[i]
        target.space, target.start, target.end, target.found = source.space, source.start, source.end, source.found
        target.hart, target.number, target.level = source.hart, source.number, source.level
        for word in range(MASK_WORDS):
            target.waiting[word] = source.waiting[word]
