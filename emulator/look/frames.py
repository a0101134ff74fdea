"""The frames in use: what each holds follows from who leads to it."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from emulator.base.world import World
from emulator.kernel.programs.image import Image
from emulator.state import Frame, Holds, Owner, Space, Table


class Use(NamedTuple):
    """What a frame is used for."""

    holds: Holds
    level: int = 0


def uses_of(world: World, spaces: Iterable[Space], images: Iterable[Image], trees: Iterable[Table]) -> dict[int, Use]:
    """Return what frames are used for that are no plain data; `trees` say where shared mappings have their pages."""
    uses = {int(world.allocator.zero_frame): Use(Holds.ZEROS)}
    for image in images:
        uses |= dict.fromkeys(image.frames.values(), Use(Holds.PROGRAM))
    for tree in trees:
        uses |= {table.frame: Use(Holds.INDEX, table.level) for table in tree.tables()}
        uses |= {page.frame: Use(Holds.SHARED) for page in tree.pages()}
    for space in spaces:
        uses |= {table.frame: Use(Holds.TABLE, table.level) for table in space.root.tables()}
    return uses


def owners_of(spaces: Iterable[Space]) -> dict[int, list[Owner]]:
    """Return who has which frame, pages and page tables alike."""
    owners: dict[int, list[Owner]] = {}
    for space in spaces:
        for table in space.root.tables():
            owners.setdefault(table.frame, []).append(Owner(space.number, table.va))
        for page in space.root.pages():
            owners.setdefault(page.frame, []).append(Owner(space.number, page.va))
    return owners


def frames_of(world: World, uses: dict[int, Use], owners: dict[int, list[Owner]]) -> Iterator[Frame]:
    """Yield the frames in use by number; those that nobody leads to are held for a while, or the kernel's own."""
    first = int(world.allocator.first_frame)
    refs = world.frame["refs"][: int(world.allocator.next_frame)]
    taken = first + np.flatnonzero(refs[first:])
    for number in [*range(first), *taken.tolist()]:
        own = tuple(owners.get(number, ()))
        use = uses.get(number) or Use(Holds.DATA if own else Holds.KERNEL if number < first else Holds.HELD)
        yield Frame(number, int(refs[number]), use.holds, use.level, own)


def highest_used(world: World) -> int:
    """Return one more than the highest number of a frame that was ever in use."""
    allocator = world.allocator
    count = int(allocator.next_frame)
    if not allocator.free_list or count < int(allocator.frame_limit):
        return count
    used = np.flatnonzero(world.frame["taken"][:count])  # all frames were chained at boot (`placement`)
    return max(int(allocator.first_frame), int(used[-1]) + 1 if len(used) else 0)


def free_frames(world: World) -> int:
    """Return how many frames are free."""
    return int(world.allocator.frame_limit) - int(world.allocator.in_use)
