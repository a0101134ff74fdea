"""The slow twin: each hit is compared with memory, and the comparison with what the checker suspects.

It knows nothing of tables, writes or roots. Where the two differ one of them is wrong, whatever the kernel does.
"""

from emulator.base.bits import NEGATIVE, STALE, G, level_of, page_bytes
from emulator.base.jit import rare
from emulator.hardware.checker.granted import is_stale


@rare
def compare(world, hart, va, word):
    """Count a disagreement if the entry `word` that `hart` has hit at `va` is suspect and should not be, or vice versa.

    A negative entry grants nothing; a global one holds under every root, whatever memory says there.
    """
    if word & (NEGATIVE | G) == 0:
        stale = is_stale(world, hart, hart.root, va & -page_bytes(level_of(word)), word)
        world.checker.disagreements += stale != (word & STALE != 0)
