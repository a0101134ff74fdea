"""The frames in use: what each holds follows from who leads to it."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from emulator.base.bits import HUGE_PAGES, PAGE_BYTES, pages_in
from emulator.base.world import World
from emulator.kernel.programs.image import Image
from emulator.state import Entry, Frame, Holds, Owner, Space, Table

Owners = dict[int, tuple[Owner, ...]]  # by frame


class Use(NamedTuple):
    """What a frame is used for."""

    holds: Holds
    level: int = 0


DATA, HELD, KERNEL = Use(Holds.DATA), Use(Holds.HELD), Use(Holds.KERNEL)
NOBODY: tuple[Owner, ...] = ()


class Frames:
    """Reads who has which frame; what has not changed since the last time is not put together again."""

    def __init__(self) -> None:
        self._frames: dict[int, Frame] = {}
        self._owners: dict[tuple[int, int], tuple[Table, Owners]] = {}  # by space and the frame of a last-level table

    def read(self, world: World, spaces: Iterable[Space], uses: dict[int, Use]) -> tuple[Frame, ...]:
        """Return the frames in use by number; those that nobody leads to are held for a while, or the kernel's own."""
        first = int(world.allocator.first_frame)
        refs = world.frame["refs"][: int(world.allocator.next_frame)]
        taken = np.concatenate([np.arange(first), first + np.flatnonzero(refs[first:])])
        owners = self._owners_of(spaces)
        found = {}
        for number, count in zip(taken.tolist(), refs[taken].tolist(), strict=True):
            own = owners.get(number, NOBODY)
            use = uses.get(number) or (DATA if own else KERNEL if number < first else HELD)
            known = self._frames.get(number)
            if known is None or known[1:] != (count, use.holds, use.level, own):
                known = Frame(number, count, use.holds, use.level, own)
            found[number] = known
        self._frames = found
        return tuple(found.values())

    def _owners_of(self, spaces: Iterable[Space]) -> Owners:
        """Return who has which frame, pages and page tables alike."""
        before, self._owners = self._owners, {}
        found: Owners = {}
        for space in spaces:
            for table in space.root.tables():
                known, own = before.get((space.number, table.frame), (None, {}))
                if known is not table:
                    own = _owners_in(space.number, table)
                if table.level == 0:
                    self._owners[space.number, table.frame] = table, own
                both = {frame: found[frame] + own[frame] for frame in found.keys() & own.keys()}
                found |= own
                found |= both
        return found


def _owners_in(space: int, table: Table) -> Owners:
    """Return who has a table and the pages that it maps itself."""
    found: Owners = {table.frame: (Owner(space, table.va),)}
    for entry in table.entries:
        for frame, va in _pages_of(entry):
            found[frame] = (*found.get(frame, NOBODY), Owner(space, va))
    return found


def _pages_of(entry: Entry) -> Iterator[tuple[int, int]]:
    """Yield the frames that a leaf maps, each with its address: several where the page is huge."""
    if entry.table is None and not entry.slot:
        yield from zip(
            range(entry.frame, entry.frame + pages_in(entry.size)),
            range(entry.va, entry.va + entry.size, PAGE_BYTES),
            strict=True,
        )


def uses_of(world: World, spaces: Iterable[Space], images: Iterable[Image], trees: Iterable[Table]) -> dict[int, Use]:
    """Return what frames are used for that are no plain data; `trees` say where shared mappings have their pages."""
    uses = {int(world.allocator.zero_frame): Use(Holds.ZEROS)}
    if world.allocator.huge_zero:
        head = int(world.allocator.huge_zero)
        uses |= dict.fromkeys(range(head, head + HUGE_PAGES), Use(Holds.ZEROS))
    for image in images:
        uses |= dict.fromkeys(image.frames(world).values(), Use(Holds.PROGRAM))
    for tree in trees:
        uses |= {table.frame: Use(Holds.INDEX, table.level) for table in tree.tables()}
        uses |= {frame: Use(Holds.SHARED) for page in tree.pages() for frame, _ in _pages_of(page)}
    for space in spaces:
        uses |= {table.frame: Use(Holds.TABLE, table.level) for table in space.root.tables()}
        spare = int(world.space[space.number]["spare_table"])
        while spare:
            uses[spare] = Use(Holds.SPARE)
            spare = int(world.frame["next"][spare])
    return uses


def free_frames(world: World) -> int:
    """Return how many frames are free."""
    return int(world.allocator.frame_limit) - int(world.allocator.in_use)
