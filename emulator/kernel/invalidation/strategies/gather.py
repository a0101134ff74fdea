"""Gathering: unmapping flushes once for every N pages, and gives their frames back before it goes on.

Who: Linux's mmu_gather, which flushes when it can note no more pages. Without it a range is flushed once.
"""

from emulator.base.jit import hot


@hot
def pages_at_once(world):
    """Let there be N."""
    return world.policy.gather
