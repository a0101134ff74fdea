"""Whose mistake the use of an entry is: the record that made it and memory differ, and what was done wrong there."""

from emulator.audit.finding import Switch
from emulator.audit.frames import Frames
from emulator.audit.hart import Hart
from emulator.audit.memory import Leaf, Memory, Walk, Write
from emulator.audit.remembered import Entry
from emulator.audit.rights import ANY, Needs, grants_more, lets_through
from emulator.base.bits import R, V, X
from emulator.base.kernel_names import Mistake
from emulator.paging.riscv import target_of


def same_pointer(entry: Entry, walk: Walk) -> bool:
    """Return whether a walk comes by the pointer that an entry is."""
    depth = len(entry.places) - 1
    return len(walk.ptes) - 1 > depth and target_of(walk.ptes[depth], 1) == target_of(entry.pte, 1)


def culprit_of(memory: Memory, entry: Entry, hart: Hart, walk: Walk, needs: Needs, va: int) -> Write | Switch:
    """Return what made an entry and memory differ: since they agreed last, the first record after which they do not."""
    if hart.space is not None and hart.space.root != entry.space.root:
        switch = hart.switch_since(entry)
        if switch is not None:
            return switch
    culprit = None
    for write in memory.writes_since({*entry.places, *walk.places}, entry.filled):
        then = memory.walk_then(entry.space, va, write.number)
        if entry.pointer:
            agrees = same_pointer(entry, then)
        elif needs == ANY:
            agrees = not grants_more(entry.leaf(va), then.leaf)
        else:
            agrees = lets_through(entry.leaf(va), then.leaf, needs)
        culprit = None if agrees else culprit or write
    return culprit or hart.last_switch(entry)


def mistake_of(
    frames: Frames, entry: Entry, hart: Hart, held: Leaf, walk: Walk, culprit: Write | Switch
) -> tuple[Mistake, int]:
    """Return what was done wrong, and the record that shows it, 0 for none."""
    if isinstance(culprit, Switch):
        return Mistake.ASID_REUSED, 0
    unmapped = walk.leaf is None or walk.leaf.page != held.page
    fate = frames.fate(entry, held.page, culprit.number, unmapped)
    if fate is not None:
        return fate
    leaves = all(pte & V and pte & (R | X) for pte in (culprit.before, culprit.value))
    if leaves and culprit.pages[0] != culprit.pages[1]:
        return Mistake.MADE_FIRST, 0
    idle = hart.idle
    if idle is not None and idle.number < culprit.number and idle.covers(entry.va, entry.space.asid):
        return Mistake.EARLY_FLUSH, idle.number
    return Mistake.NO_FLUSH, 0
