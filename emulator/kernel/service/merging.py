"""Looking for equal pages that programs have offered (MADV_MERGEABLE) and making them one (`ksm`).

Linux has a thread for it. Here a scan goes over all that is offered at the first system call after each `ksm` cycles,
on the hart that makes it; what it changes is paid for, looking at the pages is not. Pages are private and small, have
one reference, and are mapped; of equal ones the first by address space and address stays, and one that is merged yet
before all others. How one page goes is in `kernel/steps/merging.py`.
"""

from collections.abc import Iterator
from typing import NamedTuple

from emulator.base.bits import PAGE_BYTES, W, frame_of, huge_of
from emulator.base.kernel_names import Backing, Cached, Trait
from emulator.base.names import Event
from emulator.base.world import World
from emulator.hardware.memory import read_bytes
from emulator.kernel.doors import entries, huge_pages, reclaim
from emulator.kernel.memory.page_table import maps
from emulator.kernel.programs.layout import USER_END
from emulator.kernel.service.regions import Piece
from emulator.kernel.service.served import ServedHart
from emulator.kernel.service.spaces import Spaces
from emulator.kernel.steps.collapse import HUGE
from emulator.paging import format as paging


class Page(NamedTuple):
    """A page that is mapped."""

    space: int
    va: int
    frame: int
    is_writable: bool


class Merging:
    """Merges pages of a machine, on the `hart` that is served."""

    def __init__(self, world: World, hart: ServedHart, spaces: Spaces) -> None:
        self._world, self._hart, self._spaces = world, hart, spaces

    @property
    def is_due(self) -> bool:
        """Whether the time of a scan has come."""
        return bool(self._world.policy.ksm and self._hart.clock >= self._world.reclaim.next_scan)

    def scan(self) -> None:
        """Merge what is equal."""
        self._world.reclaim.next_scan = self._hart.clock + self._world.policy.ksm
        with self._hart.apart():
            merged = self._merge(sorted(self._offered(), key=lambda page: not self._is_merged(page.frame)))
            if merged:
                self._hart.note(Event.MERGE, value=merged)

    def undo(self, space: int, start: int, end: int) -> bool:
        """Give pages from `start` to `end` of `space`, which the hart is in, frames of their own; False: without room.

        What may not be written stays as it is.
        """
        return all(
            self._spaces.populate(space, page.va, page.va + PAGE_BYTES, write=True)
            for piece in self._spaces.pieces(space, start, end)
            if piece.prot & W
            for page in self._pages_of(space, piece)
            if self._is_merged(page.frame) and not page.is_writable
        )

    def _merge(self, pages: list[Page]) -> int:
        """Let `pages` have what an equal one before them has; return how many that were."""
        first: dict[bytes, Page] = {}
        merged = 0
        for page in pages:
            other = first.setdefault(self._content(page.frame), page)
            if other.frame == page.frame or self._is_merged(page.frame):
                continue
            if other.is_writable:
                reclaim.hold_still(self._world, self._hart.number, other.space, other.va)
                self._spaces.settle()
                first[self._content(page.frame)] = other._replace(is_writable=False)
            reclaim.hide(self._world, self._hart.number, page.space, page.va)
            self._spaces.settle()
            merged += int(reclaim.finish_merge(self._world, self._hart.number, page.space, page.va, other.frame))
            self._spaces.make_ledger_room()
        return merged

    def _offered(self) -> Iterator[Page]:
        """Yield the pages that may be merged, by address space and address."""
        for space in range(int(self._world.pool.spaces)):
            if self._world.space[space]["users"]:
                for piece in self._spaces.pieces(space, 0, USER_END):
                    if piece.traits & Trait.MERGEABLE and piece.backing != Backing.OBJECT:
                        yield from filter(self._may_be_merged, self._pages_of(space, piece))

    def _pages_of(self, space: int, piece: Piece) -> Iterator[Page]:
        """Yield the small pages of a piece that are mapped to frames."""
        hart, root = self._world.hart[0], int(self._world.space[space]["root"])
        for va in range(piece.start, piece.end, PAGE_BYTES):
            pte = int(entries.find_pte(self._world, root, va))
            if pte and maps(hart, pte) and not self._is_huge(space, va):
                frame = frame_of(paging.target_of(hart, pte, 0))
                if frame >= self._world.allocator.first_frame:
                    yield Page(space, va, frame, bool(paging.rights_of(hart, pte) & W))

    def _is_huge(self, space: int, va: int) -> bool:
        if not self._world.space[space]["huge"]:
            return False
        return int(huge_pages.mapped_by(self._world, self._hart.number, space, huge_of(va))) == HUGE

    def _may_be_merged(self, page: Page) -> bool:
        return self._is_merged(page.frame) or self._world.frame[page.frame]["refs"] == 1

    def _is_merged(self, frame: int) -> bool:
        return bool(self._world.frame[frame]["cached"] == Cached.MERGED)

    def _content(self, frame: int) -> bytes:
        return read_bytes(self._world.memory, frame * PAGE_BYTES, PAGE_BYTES)
