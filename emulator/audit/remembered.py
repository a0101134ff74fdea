"""What a hart with an unlimited TLB remembers: each translation and each pointer that its walks have found (F21, F22).

The architecture lets a hart keep what a walk has found until a fence covers it, so this one does. A translation that
was found anew beside an older one of the same page is kept beside it: a hart may use either.
"""

from collections.abc import Iterator
from functools import lru_cache

from emulator.audit.finding import Finding
from emulator.audit.memory import Leaf, Walk, leaf_of
from emulator.audit.space import Space
from emulator.base.bits import level_key, vpn_of
from emulator.paging.riscv import is_pointer, span

DEPTH = 5  # levels of the deepest tables
EVERYWHERE = -1  # in the place of an ASID: global entries


class Entry:
    """One translation, or one pointer to a table, as a hart found it."""

    __slots__ = ("filled", "findings", "gone", "hart", "level", "places", "pointer", "pte", "space", "va")

    def __init__(self, hart: int, space: Space, va: int, walk: Walk, depth: int, filled: int) -> None:
        self.hart = hart
        self.space = space
        self.va = va
        self.level = space.levels - 1 - depth
        self.pte = walk.ptes[depth]
        self.places = walk.places[: depth + 1]
        self.pointer = is_pointer(self.pte, self.level)
        self.filled = filled  # the record of the access that filled it
        self.gone = 0  # the record of the fence that dropped it
        self.findings: dict[tuple[int, int], Finding] = {}  # what uses of it are, by what they needed of it

    def leaf(self, va: int) -> Leaf:
        """Return what a translation grants at `va`, an address of its page."""
        return leaf_of(self.pte, self.level, va)

    def address_of(self, frame: int) -> int:
        """Return the virtual address at which a translation has `frame`, a page of its own."""
        start: int = self.va - self.va % span(self.level)
        offset: int = frame % span(self.level)
        return start + offset


def key_of(va: int, level: int) -> int:
    """Return the number of the page, of the size at `level`, that `va` lies in, with its level."""
    return keys_of(vpn_of(va), DEPTH)[level]


@lru_cache(maxsize=1 << 16)  # a third of the time of an access that has something to find
def keys_of(page: int, levels: int) -> tuple[int, ...]:
    """Return `key_of` an address of `page` for each level below `levels`."""
    return tuple(level_key(page, level) << 3 | level for level in range(levels))


Entries = dict[int, list[Entry]]


class Shelf:
    """What is remembered under one ASID, or everywhere."""

    def __init__(self) -> None:
        self.leaves: Entries = {}
        self.pointers: Entries = {}

    def all(self) -> Iterator[Entry]:
        """Yield all entries."""
        for entries in (self.leaves, self.pointers):
            for some in entries.values():
                yield from some


class Remembered:
    """All that one hart remembers."""

    def __init__(self, hart: int) -> None:
        self.hart = hart
        self.shelves: dict[int, Shelf] = {}

    def leaves(self, asid: int, va: int, levels: int) -> list[Entry]:
        """Return the translations that a hart under `asid` may use for `va`."""
        shelves = [shelf for shelf in (self.shelves.get(asid), self.shelves.get(EVERYWHERE)) if shelf and shelf.leaves]
        keys = keys_of(vpn_of(va), levels)
        return [entry for shelf in shelves for key in keys for entry in shelf.leaves.get(key, ())]

    def pointers(self, asid: int, va: int, levels: int) -> list[Entry]:
        """Return the pointers that a walk under `asid` for `va` may begin at, without those above it."""
        shelves = [shelf for shelf in (self.shelves.get(asid), self.shelves.get(EVERYWHERE)) if shelf]
        keys = keys_of(vpn_of(va), levels)[1:]
        return [entry for shelf in shelves for key in keys for entry in shelf.pointers.get(key, ())]

    def fill(self, space: Space, va: int, walk: Walk, number: int) -> Entry | None:
        """Remember what `walk` has found; return the translation if it is new."""
        last, everywhere = len(walk.ptes) - 1, walk.global_from()
        keys = keys_of(vpn_of(va), space.levels)
        for depth in range(last + 1):
            shelf = self._shelf(EVERYWHERE if depth >= everywhere else space.asid)
            some = (shelf.leaves if depth == last else shelf.pointers).setdefault(keys[-1 - depth], [])
            for entry in some:
                if entry.pte == walk.ptes[depth] and entry.places == walk.places[: depth + 1]:
                    break
            else:
                entry = Entry(self.hart, space, va, walk, depth, number)
                some.append(entry)
                if depth == last:
                    return entry
        return None

    def _shelf(self, asid: int) -> Shelf:
        shelf = self.shelves.get(asid)
        if shelf is None:
            shelf = self.shelves[asid] = Shelf()
        return shelf

    def drop(self, va: int | None, asid: int | None, number: int) -> list[Entry]:
        """Forget what a fence covers, and return it: without an ASID all, with one not what is global; with an address
        the translations of that address only (F21).
        """
        asids = list(self.shelves) if asid is None else [asid] if asid in self.shelves else []
        dropped: list[Entry] = []
        for each in asids:
            if va is None:
                dropped += self.shelves.pop(each).all()
            else:
                leaves = self.shelves[each].leaves
                for key in keys_of(vpn_of(va), DEPTH):
                    dropped += leaves.pop(key, ())
        for entry in dropped:
            entry.gone = number
        return dropped
