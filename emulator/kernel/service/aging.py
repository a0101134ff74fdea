"""What programs say of pages that a swap device may have (madvise): they can go, or will be wanted."""

from emulator.base.bits import PAGE_BYTES
from emulator.base.names import Access
from emulator.base.world import World
from emulator.kernel.doors import address_spaces, reclaim
from emulator.kernel.doors.drive import PAGE_OUT, drive
from emulator.kernel.service.served import ServedHart
from emulator.kernel.service.spaces import Spaces

AT_ONCE = 1024 * PAGE_BYTES  # bytes that are taken away between two looks at the ledger's room


class Aging:
    """Ages pages of `spaces` on the `hart` that is served; each range is one of a space that the hart is in."""

    def __init__(self, world: World, hart: ServedHart, spaces: Spaces) -> None:
        self._world, self._hart, self._spaces = world, hart, spaces

    def page_out(self, space: int, start: int, end: int) -> None:
        """Take away the small pages from `start` to `end` that nobody else maps (MADV_PAGEOUT)."""
        for first in range(start, end, AT_ONCE):
            self._hart.prepare(first, Access.LOAD)
            drive(self._world, PAGE_OUT, self._hart.number, (min(first + AT_ONCE, end) - first) // PAGE_BYTES)
            self._spaces.make_ledger_room()
        self._end(space)

    def cool(self, space: int, start: int, end: int) -> None:
        """Let them go first when pages are taken away (MADV_COLD)."""
        reclaim.cool(self._world, self._hart.number, space, start, end)
        self._end(space)

    def give_up(self, space: int, start: int, end: int) -> None:
        """Let them be dropped when they are taken away, unless they are written to again (MADV_FREE)."""
        reclaim.give_up(self._world, self._hart.number, space, start, end)
        self._end(space)

    def bring_back(self, space: int, start: int, end: int) -> None:
        """Read those of them that are swapped out, as long as there are frames (MADV_WILLNEED)."""
        reclaim.bring_back(self._world, self._hart.number, space, start, end)
        self._end(space)

    def _end(self, space: int) -> None:
        self._spaces.settle()
        address_spaces.end_reading(self._world, self._hart.number, space)
