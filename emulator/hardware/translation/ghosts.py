"""Ghosts: what entries that an invalidation dropped leave behind, beside the sets of a TLB.

A ghost grants nothing and lets a later miss know which invalidation induced it. It lies on the place that its entry has
left empty, and goes when that is filled again: so a set has no more of them than empty places, and none when it is
full. Empty places are a stack, with a ghost on each or none: the one that was emptied last is filled first. What lies
on them stands in `ghost` from the set's first index on; a TLB knows how many `ghosts` it has in all, mostly none.
"""

from emulator.base.bits import GHOST, at, dropped_by, level_of
from emulator.base.jit import hot, rare

NO_GHOST = 0
UNHAUNTED = -1


@hot
def top_of(tlb, first):
    """Return where lies what is on the place that was emptied last, `first` - 1 if the set is full."""
    top = first - 1
    for entry in range(first, first + tlb.ways):
        top += tlb.word[at(entry)] == 0
    return top


@rare
def lay_down(tlb, first, key, ghost):
    """Lay on the place that is about to be emptied the `ghost` of the entry of `key`, or NO_GHOST."""
    top = at(top_of(tlb, first) + 1)
    tlb.ghost_key[top] = key
    tlb.ghost[top] = ghost
    tlb.ghosts += ghost != NO_GHOST


@hot
def drive_out(tlb, first):
    """Let go what lies on the place that is about to be filled, if there is one."""
    top = top_of(tlb, first)
    if top >= first:
        tlb.ghosts -= tlb.ghost[at(top)] != NO_GHOST


@hot
def lay_to_rest(tlb, first, key, level):
    """Return the number of the invalidation that dropped the page of `key` at `level`, or UNHAUNTED.

    Its ghost is gone then, and its place the next to be filled.
    """
    top = top_of(tlb, first)
    for place in range(top, first - 1, -1):
        ghost = tlb.ghost[at(place)]
        if tlb.ghost_key[at(place)] == key and ghost & GHOST != 0 and level_of(ghost) == level:
            for under in range(place, top):
                tlb.ghost_key[at(under)] = tlb.ghost_key[at(under + 1)]
                tlb.ghost[at(under)] = tlb.ghost[at(under + 1)]
            tlb.ghost[at(top)] = NO_GHOST
            tlb.ghosts -= 1
            return dropped_by(ghost)
    return UNHAUNTED
