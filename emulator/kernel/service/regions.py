"""What address spaces say of themselves: their regions and what is in memory of them, heaps, users.

A space is named by its slot in the kernel's record.
"""

from typing import NamedTuple

import numpy as np

from emulator.base.bits import PAGE_BYTES
from emulator.base.kernel_names import Backing, RegionKind
from emulator.base.world import World
from emulator.kernel.doors import entries, reclaim
from emulator.world.memory import REGION


class Piece(NamedTuple):
    """What a range has of one region."""

    start: int
    end: int
    region_start: int
    region_end: int
    prot: int  # R, W, X
    shared: int
    traits: int
    backing: int
    object: int
    object_offset: int


class Regions:
    """Those of all address spaces of a machine."""

    def __init__(self, world: World) -> None:
        self.world = world

    def users(self, space: int) -> int:
        """Return how many processes run in `space`."""
        return int(self.world.space[space]["users"])

    def pieces(self, space: int, start: int, end: int) -> list[Piece]:
        """Return what regions of `space` have of `start` to `end`, ascending; ranges that are held are in none."""
        record = self.world.space[space]
        first, count = int(record["first_region"]), int(record["regions"])
        regions = self.world.pool.region[first : first + count]
        found = []
        for i in range(int(np.searchsorted(regions["end"], start, side="right")), count):
            region = dict(zip(REGION.names or (), regions[i].item(), strict=True))
            low, high = region["start"], region["end"]
            if start >= end or low >= end:
                break
            if region["kind"] != RegionKind.HELD:
                numbers = (region[name] for name in ("prot", "shared", "traits", "backing", "object", "object_offset"))
                found.append(Piece(max(low, start), min(high, end), low, high, *numbers))
        return found

    def is_there(self, space: int, piece: Piece, va: int) -> bool:
        """Return whether the page of `va`, which `piece` of `space` holds, is in memory, mapped there or not."""
        root, place = int(self.world.space[space]["root"]), va
        offset = piece.object_offset + va - piece.region_start
        if piece.backing == Backing.FILE:
            found = bool(entries.find_pte(self.world, root, va))
            return bool(reclaim.is_resident(self.world, root, va)) if found else self.is_cached(piece.object, offset)
        if piece.backing == Backing.OBJECT:
            root, place = piece.object, offset
        if piece.backing == Backing.IMAGE and not int(entries.find_pte(self.world, root, place)):
            return True
        return bool(reclaim.is_resident(self.world, root, place))

    def is_cached(self, root: int, offset: int) -> bool:
        """Return whether the page at `offset` of the file at `root` is in a frame."""
        limit = int(self.world.allocator.frame_limit) * PAGE_BYTES
        pages = int(self.world.frame["cached"][root // PAGE_BYTES])
        return offset < pages * PAGE_BYTES and 0 < int(entries.find_place(self.world, root, offset)) < limit

    def heap(self, space: int) -> tuple[int, int]:
        """Return where the heap of `space` begins and ends (brk)."""
        record = self.world.space[space]
        return int(record["brk_start"]), int(record["brk"])

    def set_heap(self, space: int, end: int) -> None:
        """Set where the heap of `space` ends."""
        self.world.space[space]["brk"] = end

    def new_traits(self, space: int) -> int:
        """Return the traits that regions of `space` will have from their beginning on."""
        return int(self.world.space[space]["new_traits"])

    def set_new_traits(self, space: int, traits: int) -> None:
        """Set those traits."""
        self.world.space[space]["new_traits"] = traits
