"""Early acknowledgement: a hart answers when it has taken the interrupt, before it flushes.

It flushes before it returns to the program. Who: Amit et al., EuroSys 2020. Not where page tables are freed: a walk may
still be reading them.
"""

from emulator.base.jit import hot


@hot
def answers_first(world):
    """Let harts answer first."""
    return True
