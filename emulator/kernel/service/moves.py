"""Ranges of address spaces that move, grow and are shown twice, as Python does it in compiled steps (mremap)."""

from collections.abc import Callable

from emulator.base.bits import HUGE_BYTES
from emulator.base.kernel_names import FlushCause, Trait
from emulator.base.names import Event
from emulator.base.world import World
from emulator.kernel.doors import address_spaces, huge_pages, moving
from emulator.kernel.service.regions import Piece
from emulator.kernel.service.served import ServedHart
from emulator.kernel.service.spaces import Spaces
from emulator.kernel.steps import collapse


class Moves:
    """What `hart` does so in `spaces`; `make_room` is called between the many invalidations of one call."""

    def __init__(self, world: World, hart: ServedHart, spaces: Spaces, make_room: Callable[[], None]) -> None:
        self._world, self._hart = world, hart
        self._spaces = spaces
        self._make_room = make_room

    def extend(self, space: int, piece: Piece, end: int) -> bool:
        """Let the region of `piece` go on to `end` where nothing is in its way; return whether that was so."""
        if address_spaces.is_held(self._world, space, piece.region_end, end):
            self._spaces.catch_up(space)
        if self._spaces.pieces(space, piece.region_end, end):
            return False
        with self._spaces.changing(space, piece.region_start, end):
            moving.extend_region(self._world, space, piece.start, end)
        return True

    def show_again(self, space: int, va: int, start: int, end: int) -> bool:
        """Let the free range from `start` to `end` show what is at `va`, which stays; return whether there was room."""
        with self._spaces.changing(space, start, end):
            return bool(self._spaces.in_want(lambda: int(moving.show_again(self._world, space, va, start, end))))

    def move(self, space: int, piece: Piece, start: int, end: int, keep: bool = False) -> bool:
        """Move the pages of `piece`, a part of one region, to the free range from `start` to `end`, not a shorter one.

        With `keep` the region stays where it was, too, untouched and no more locked. Return whether there was room:
        if not, nothing has moved.
        """
        with self._spaces.changing(space):
            if not keep and not self._split(space, piece):
                return False
            if not self._spaces.own_tables(space, piece.start, piece.end):
                return False
            self._spaces.split_ends(space, piece.start, piece.end)
            self._split_misplaced(space, piece, start)
            if not self.show_again(space, piece.start, start, end):
                return False
            tables = (space, piece.start, piece.end, start)
            made = moving.make_tables(self._world, self._hart.number, *tables)
            while not made and self._spaces.make_room():
                made = moving.make_tables(self._world, self._hart.number, *tables)
            if not made or not self._spaces.own_tables(space, start, end):
                self._spaces.discard(space, start, end, FlushCause.UNMAP, for_good=True)
                address_spaces.remove_regions(self._world, self._hart.number, space, start, end)
                return False
            self._move_pages(space, piece, start, keep)
            if keep:
                whole = (space, piece.region_start, piece.region_end)
                address_spaces.change_traits(self._world, *whole, 0, int(Trait.LOCKED))
            else:
                address_spaces.remove_regions(self._world, self._hart.number, space, piece.start, piece.end)
            address_spaces.change_traits(self._world, space, start, end, 0, 0)  # neighbours that are alike become one
        return True

    def _split(self, space: int, piece: Piece) -> bool:
        attempt = (space, piece.start, piece.end)
        return bool(self._spaces.in_want(lambda: int(address_spaces.split_range(self._world, *attempt))))

    def _split_misplaced(self, space: int, piece: Piece, start: int) -> None:
        """Split the huge pages of `piece` that cannot be whole at `start`: not aligned, or a table stands there."""
        if not self._world.space[space].huge:
            return
        shift = start - piece.start
        for va in range(-(-piece.start // HUGE_BYTES) * HUGE_BYTES, piece.end - HUGE_BYTES + 1, HUGE_BYTES):
            if huge_pages.mapped_by(self._world, self._hart.number, space, va) != collapse.HUGE:
                continue
            goes = shift % HUGE_BYTES == 0
            if (
                not goes
                or huge_pages.mapped_by(self._world, self._hart.number, space, va + shift) != collapse.UNTOUCHED
            ):
                huge_pages.begin_split(self._world, self._hart.number, space, va)
                self._spaces.settle()
                huge_pages.finish_split(self._world, self._hart.number, space, va)
                self._make_room()

    def _move_pages(self, space: int, piece: Piece, start: int, keep: bool) -> None:
        """Clear, flush, wait, and only then write each PTE where it goes."""
        moved, h = 0, self._hart.number
        for first, last in self._spaces.batches(piece.start, piece.end):
            low = last if keep or last != piece.end else piece.start
            address_spaces.begin_unmap(self._world, h, space, first, last, FlushCause.MOVE.value, low)
            self._spaces.settle()
            to = start + first - piece.start
            moved += int(moving.move_pages(self._world, h, space, first, last, low, to))
            self._make_room()
        self._hart.note(Event.MOVE, pages=moved, va=piece.start, value=start)
