"""PTEs that were changed, and where a hart has had no fence since: what makes a fence needed, or not.

Where a change belongs, in which address spaces and at which addresses, is found by going up from its table to the
roots: a table knows the places that point to it. A change in a table that no root leads to yet belongs to any.
"""

from collections.abc import Iterator
from typing import NamedTuple

from emulator.audit.memory import Write
from emulator.audit.record import WORD_LIMIT
from emulator.audit.remembered import DEPTH, EVERYWHERE, key_of, keys_of
from emulator.audit.space import Space
from emulator.base.bits import G, V, offset_of, page_of, vpn_of, word_of
from emulator.paging.riscv import is_pointer, span, target_of

ANYWHERE = -2  # in the place of an ASID: a change in a table that no root leads to
LOOSE = ((ANYWHERE, 0),)
MOST_PATHS = 8  # from a table up: those of tables that many address spaces share are alike
A_POINTER = 1  # a level at which pointers may stand: what tells one from a leaf there is its rights


class Change(NamedTuple):
    """A PTE's change: its place, whether it made it valid, and where it belongs: (ASID, key of the page) each."""

    place: int
    made_valid: bool
    pointer: bool
    where: tuple[tuple[int, int], ...]


class Tables:
    """Which places point to which tables, and which tables are roots."""

    def __init__(self) -> None:
        self.parents: dict[int, set[int]] = {}
        self.roots: dict[int, list[Space]] = {}
        self.changes: list[Change] = []

    def declare(self, space: Space) -> None:
        """Note the root of a space."""
        self.roots.setdefault(space.root, []).append(space)

    def note(self, write: Write) -> None:
        """Note a write that changed a PTE."""
        was, now = (is_pointer(pte, A_POINTER) for pte in (write.before, write.value))
        if was:
            self.parents[target_of(write.before, A_POINTER)].discard(write.place)
        if now:
            self.parents.setdefault(target_of(write.value, A_POINTER), set()).add(write.place)
        if not (write.before | write.value) & V:
            return  # there was nothing to remember, and there is nothing
        made_valid = not write.before & V
        table = page_of(write.place)
        linked = table in self.roots or self.parents.get(table)
        where = tuple(dict.fromkeys(self._where(write))) if linked else LOOSE
        self.changes.append(Change(write.place, made_valid, was or now, where))

    def _where(self, write: Write) -> Iterator[tuple[int, int]]:
        """Yield the ASIDs and pages that the PTE at `write.place` is for."""
        crosses = (write.before | write.value) & G
        found = False
        for space, level, va in self._paths(write.place):
            found = True
            yield EVERYWHERE if crosses else space.asid, key_of(va, level)
        if not found:
            yield from LOOSE

    def _paths(self, place: int) -> Iterator[tuple[Space, int, int]]:
        """Yield each way to `place`: the space, the level that it stands at, and its first address."""
        left = MOST_PATHS
        waiting: list[tuple[int, tuple[int, ...]]] = [(place, ())]  # where, and the indexes below it, highest first
        while waiting and left:
            place, below = waiting.pop()
            indexes = (word_of(offset_of(place)), *below)
            table = page_of(place)
            for space in self.roots.get(table, ()):
                if space.levels >= len(indexes):
                    left -= 1
                    yield space, space.levels - len(indexes), _address(space, indexes)
            if len(indexes) < DEPTH:
                waiting += [(parent, indexes) for parent in list(self.parents.get(table, ()))[:MOST_PATHS]]


def _address(space: Space, indexes: tuple[int, ...]) -> int:
    """Return the first address under these indexes, root first, its sign extended."""
    levels = range(space.levels - 1, -1, -1)
    va: int = sum(index * span(level) for level, index in zip(levels, indexes, strict=False))
    extension: int = WORD_LIMIT - span(space.levels)
    return va if space.canonical(va) else va + extension


class Owed:
    """The changes that one hart has had no fence for."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.seen = 0
        self.by_asid: dict[int, dict[int, dict[int, Change]]] = {}

    def covered(self, va: int | None, asid: int | None) -> list[Change]:
        """Return what a fence covers of it, owed no longer; a fence with an address leaves pointers owed (F21)."""
        self._catch_up()
        asids = list(self.by_asid) if asid is None else [each for each in (asid, ANYWHERE) if each in self.by_asid]
        found: list[Change] = []
        for each in asids:
            if va is None:
                for changes in self.by_asid.pop(each).values():
                    found += changes.values()
                continue
            for key in keys_of(vpn_of(va), DEPTH):
                changes = self.by_asid[each].get(key, {})
                found += changes.values()
                left = {place: change for place, change in changes.items() if change.pointer}
                if left:
                    self.by_asid[each][key] = left
                elif changes:
                    del self.by_asid[each][key]
        return found

    def _catch_up(self) -> None:
        """Take in the changes made since the last fence."""
        changes = self.tables.changes
        for change in changes[self.seen :]:
            for asid, key in change.where:
                places = self.by_asid.setdefault(asid, {}).setdefault(key, {})
                before = places.get(change.place)
                if before is None or change.made_valid or not before.made_valid:
                    places[change.place] = change
        self.seen = len(changes)
