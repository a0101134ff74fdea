"""Early acknowledgement: a hart answers when it has taken the interrupt, before it flushes.

It flushes before it returns to the program. Who: Amit et al., EuroSys 2020. Not where page tables are freed, since a
walk may still be reading them: those invalidations are answered when they have been carried out, as in Linux.
"""

from emulator.base.jit import hot


@hot
def answers_first(world):
    """Let harts answer first, unless page tables go."""
    return world.request.tables == 0
