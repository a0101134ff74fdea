"""Page tables as the writes in a log leave them: every word's value now, and what it was after each write.

A word that nothing was written to is 0: not valid. What the log has no record of, hardware's setting of A and D, is
done here when an access needs it, as F18 says: an access that took place has found them set, or has set them.
"""

from bisect import bisect_right
from collections.abc import Callable
from typing import NamedTuple

from emulator.audit.space import Space
from emulator.base.bits import A, D, G, R, U, W, X, nth_entry, page_of
from emulator.paging.riscv import WITHOUT_EXTENSIONS, fault_in, index_of, is_pointer, rights_of, span, target_of

GRANTS = R | W | X | U | D  # what an entry may wrongly keep; A is a matter of ageing pages, G of which entries match


class Write(NamedTuple):
    """One write of a PTE: record number, what was written where, over what, and who did it (`pc` -1: not known)."""

    number: int
    place: int
    before: int
    value: int
    hart: int
    pc: int

    @property
    def pages(self) -> tuple[int, int]:
        """Return where the PTE led to before, and where it does now."""
        return target_of(self.before, 0), target_of(self.value, 0)


class Leaf(NamedTuple):
    """What a walk finds: the page of 4 KiB that the address lies in, what is granted, and the PTE and its level."""

    page: int
    rights: int
    pte: int
    level: int


class Walk(NamedTuple):
    """A walk: the places of the PTEs that it read, root first, what they held, and its leaf, None for a fault."""

    places: tuple[int, ...]
    ptes: tuple[int, ...]
    leaf: Leaf | None

    def global_from(self) -> int:
        """Return how many PTEs come before those in every address space: the first that has G, and all below it."""
        for depth, pte in enumerate(self.ptes):
            if pte & G:
                return depth
        return len(self.ptes)


def leaf_of(pte: int, level: int, va: int) -> Leaf:
    """Return what a leaf at `level` grants at `va`."""
    return Leaf(target_of(pte, level) + (page_of(va) & (span(level) - 1)), rights_of(pte), pte, level)


def walk_from(table: int, level: int, va: int, read: Callable[[int], int]) -> Walk:
    """Walk down from `table`, whose entries stand at `level`; `read` tells what a place holds (F12-F14)."""
    places: list[int] = []
    ptes: list[int] = []
    while True:
        place = nth_entry(table, index_of(va, level))
        pte = read(place)
        places.append(place)
        ptes.append(pte)
        if is_pointer(pte, level):
            table = target_of(pte, level)
            level -= 1
            continue
        leaf = None if fault_in(pte, level, span(level), WITHOUT_EXTENSIONS) else leaf_of(pte, level, va)
        return Walk(tuple(places), tuple(ptes), leaf)


class Memory:
    """The words that a log has written."""

    def __init__(self) -> None:
        self.words: dict[int, int] = {}
        self.history: dict[int, list[Write]] = {}

    def read(self, place: int) -> int:
        """Return what `place` holds."""
        return self.words.get(place, 0)

    def write(self, write: Write) -> None:
        """Carry out a write."""
        self.words[write.place] = write.value
        self.history.setdefault(write.place, []).append(write)

    def read_then(self, place: int, number: int) -> int:
        """Return what `place` held once record `number` had been carried out."""
        history = self.history.get(place, [])
        after = bisect_right(history, number, key=lambda write: write.number)
        return history[after - 1].value if after else 0

    def walk(self, space: Space, va: int) -> Walk:
        """Walk for `va` as memory is now."""
        if not space.canonical(va):
            return Walk((), (), None)
        return walk_from(space.root, space.levels - 1, va, self.read)

    def walk_then(self, space: Space, va: int, number: int) -> Walk:
        """Walk for `va` as memory was once record `number` had been carried out."""
        return walk_from(space.root, space.levels - 1, va, lambda place: self.read_then(place, number))

    def set_bits(self, walk: Walk, dirty: bool, number: int, hart: int) -> Walk:
        """Set A, and D if `dirty`, in the leaf of `walk`, as hardware does; return the walk as it would go now."""
        pte, bits = walk.ptes[-1], A | (D if dirty else 0)
        if walk.leaf is None or pte & bits == bits:
            return walk
        self.write(Write(number, walk.places[-1], pte, pte | bits, hart, -1))
        leaf = walk.leaf._replace(rights=walk.leaf.rights | bits, pte=pte | bits)
        return Walk(walk.places, (*walk.ptes[:-1], pte | bits), leaf)

    def writes_since(self, places: set[int], number: int) -> list[Write]:
        """Return the writes to any of `places` after record `number`, in order."""
        found = [write for place in places for write in self._after(place, number)]
        return sorted(found)

    def _after(self, place: int, number: int) -> list[Write]:
        history = self.history.get(place, [])
        return history[bisect_right(history, number, key=lambda write: write.number) :]
