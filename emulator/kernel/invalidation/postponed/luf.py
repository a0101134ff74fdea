"""Lazy unmap flush (LUF): pages that nobody can write to are flushed for only when their frames are wanted again.

Who: Park, linux-mm 2024 (LPC 2024), not merged; for reclaim and migration, of which munmap stands here, as with
`batch`. A frame that was taken away and is free still holds what it held, so that reading it by an old translation does
no harm until somebody gets it. Then each hart drops the whole address space, unless it has done so since for another
reason: one flush serves all frames that were taken until then. Here they are held, and what is free is handed out
first; they come back for want of memory, for a mapping that needs the addresses, or at the end of the space.

Not for pages that can be written to: what went there through an old translation would be lost, so that regions which
grant that are flushed for at once. Nor where memory changes behind the kernel's back, a file on a network say, or must
not be seen any more once it is unmapped.
"""

from emulator.base.jit import hot
from emulator.kernel.invalidation.postponed.whole import drop_spaces


@hot
def postpones(world):
    """Let munmap be postponed, of pages that cannot be written to."""
    return True


@hot
def is_excused(world, post, h):
    """Excuse a hart that has dropped all of the space after the pages were unmapped."""
    task = world.task[h]
    return task.dropped_space == post.space and task.dropped > post.number


@hot
def catch_up(world, hart):
    """Let `hart` drop the whole of each space that a range is held of for it."""
    drop_spaces(world, hart)
    return 0
