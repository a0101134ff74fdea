"""Remote action request: the processor that is told drops the range by itself; no handler runs, nothing is interrupted.

Who: Intel, since Alder Lake (datasheet 655258); for Linux, van Riel, linux-mm 2025, not merged. The sender writes what
is to be dropped into one of 64 payloads, an action into the vector of each hart that may hold entries, signals them,
and waits until all have acknowledged. An action names fewer than 63 pages; beyond, it is the whole address space. One
invalidation is under way at a time here, so that payloads do not run out. Not for what needs the kernel to run there:
what was postponed (`batch`) and membarrier(2) still interrupt.
"""

from emulator.base.jit import hot

LIMIT = 63  # pages: so many are dropped as the whole address space


@hot
def acts_by_itself(world):
    """Let harts carry out what they are told, if it is of fewer pages than this or of all."""
    return LIMIT
