"""Catching up by whole address spaces: a hart drops all of each space that something is held of for it."""

from emulator.base.jit import hot
from emulator.base.mask import has, take_out
from emulator.base.names import Cost
from emulator.kernel.invalidation.ledger import row_under_way
from emulator.kernel.invalidation.local import drop_address_space
from emulator.kernel.invalidation.postponed.queue import note_swept


@hot
def drop_spaces(world, hart):
    """Let `hart` do so; what that drops is counted in the row under way, and its cycles in none of what was held."""
    for i in range(world.postponed.queued):
        post = world.postponed.queue[i]
        if has(post.waiting, hart.number):
            space = world.space[post.space]
            if space.asid_generation == world.asids.generation:
                row_under_way(world).dropped += drop_address_space(world, hart, space.asid, Cost.SHOOTDOWN_SERVE)
            for j in range(i, world.postponed.queued):
                if world.postponed.queue[j].space == post.space:
                    take_out(world.postponed.queue[j].waiting, hart.number)
                    note_swept(world, hart, world.postponed.queue[j])
