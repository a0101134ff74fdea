"""Which harts a postponed invalidation waits for: those that it would have told, until they need not be any more."""

from emulator.base.jit import hot
from emulator.base.mask import has, is_empty, put, take_out
from emulator.base.names import Cost, Price
from emulator.hardware.accounts import book
from emulator.kernel.invalidation.hooks import is_excused, may_wait
from emulator.kernel.invalidation.ranges import page_in
from emulator.kernel.invalidation.tell import must_be_told


@hot
def enqueue(world, hart, span, found, row):
    """Queue a range, where `found` PTEs stood, with the harts that may hold entries; return whether any do.

    Where none does, nothing is queued, and nothing paid.
    """
    post = world.postponed.queue[world.postponed.queued]
    space = world.space[span.space]
    post.space, post.start, post.end, post.found = span.space, span.start, page_in(span, span.pages), found
    post.hart, post.number, post.level = hart.number, row.number, span.level
    post.waiting[:] = 0
    for h in range(world.chip.harts):
        if h != hart.number and must_be_told(world, hart, space, h):
            put(post.waiting, h)
    if is_empty(post.waiting):
        return False
    row.over = 0
    row.send = world.chip.price[Price.ENQUEUE]
    book(hart, Cost.SHOOTDOWN_SEND, row.send)
    world.postponed.queued += 1
    return True


@hot
def excuse(world, hart):
    """Take out of the queue the harts that need not be told any more: they have flushed, or do when they return."""
    for i in range(world.postponed.queued):
        post = world.postponed.queue[i]
        space = world.space[post.space]
        for h in range(world.chip.harts):
            if not has(post.waiting, h):
                continue
            if is_excused(world, post, h):
                take_out(post.waiting, h)
            elif may_wait(world, hart, space, world.hart[h]):
                take_out(post.waiting, h)
                put(space.behind, h)
