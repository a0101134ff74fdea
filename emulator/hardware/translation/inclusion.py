"""An inclusive second level (`tlb.l2.inclusive`): an entry that it gives up for want of room leaves the first.

So the first level holds nothing that the second does not, but for pages of sizes that the second has no room for at
all. What the first level loses that way is counted (`tlb.l2.back_invalidations`); it leaves no ghost, for no fence has
dropped it.
"""

from emulator.base.bits import G, at, level_key, level_of, same_guest, same_page
from emulator.base.jit import hot, rare
from emulator.base.names import Access, Counter
from emulator.hardware.translation.ghosts import NO_GHOST, drive_out
from emulator.hardware.translation.levels import first_level
from emulator.hardware.translation.tlb import entry_to_fill, put, set_of, take_out
from emulator.world.hart import NO_LINE


@rare
def insert_inclusive(hart, tlb, key, word):
    """Put a translation into a TLB of the second level, as `insert`; what gives way leaves the first level, too."""
    if tlb.ways == 0:
        return
    key = level_key(key, level_of(word))
    first = set_of(tlb, key, level_of(word))
    if tlb.ghosts != 0:
        drive_out(tlb, first)
    entry = entry_to_fill(tlb, first)
    gone_key, gone = tlb.key[at(entry)], tlb.word[at(entry)]
    put(tlb, key, word, first, entry)
    if gone != 0:
        put_out(hart, gone_key, gone)


@hot
def put_out(hart, key, word):
    """Take the entry of `key` and `word` out of the first level, where it is there, and count that."""
    level = level_of(word)
    if put_out_of(first_level(hart, Access.FETCH, level), key, word):
        hart.fetch_line = NO_LINE
        hart.count[Counter.TLB_L2_BACK_INVALIDATIONS] += 1
    hart.count[Counter.TLB_L2_BACK_INVALIDATIONS] += put_out_of(first_level(hart, Access.LOAD, level), key, word)


@hot
def put_out_of(tlb, key, word):
    """Take the entry of `key` and `word` out of a TLB; return how many that were, 0 or 1.

    A global entry has the key of whichever ASID used it last.
    """
    if tlb.ways == 0:
        return 0
    first = set_of(tlb, key, level_of(word))
    for entry in range(first, first + tlb.ways):
        held, here = tlb.key[at(entry)], tlb.word[at(entry)]
        alike = same_page(held, key) and level_of(here) == level_of(word) and here != 0 and same_guest(here, word)
        if alike and (held == key or here & word & G != 0):
            take_out(tlb, first, entry, NO_GHOST)
            return 1
    return 0
