"""Concurrent flushes: interrupts are sent first, so that the hart's own flush overlaps with theirs.

Who: Amit et al., EuroSys 2020. Everywhere; it only changes the order.
"""

from emulator.base.jit import hot


@hot
def tells_first(world):
    """Let the others be told first."""
    return True
