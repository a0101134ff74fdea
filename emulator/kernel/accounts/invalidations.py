"""Taking the ledger of invalidations out of compiled code: whole rows, with what each induced later."""

from collections.abc import Iterator

from emulator.base.world import World
from emulator.config.limits import MOST_INVALIDATIONS
from emulator.result import InvalidationPart
from emulator.world.invalidation import INVALIDATIONS

KEPT = INVALIDATIONS // 2  # the latest stay in the ring: later misses may still be induced by them


class Invalidations:
    """The first `most` invalidations of a machine, in order; the rest is counted."""

    def __init__(self, world: World, most: int = MOST_INVALIDATIONS) -> None:
        self._ledger = world.ledger
        self._most = most
        self._taken: list[InvalidationPart] = []

    def make_room(self) -> None:
        """Take out the oldest rows when the ring is more than half full."""
        count, taken = int(self._ledger.rows), int(self._ledger.collected)
        if count - taken > KEPT:
            if taken < self._most:
                self._taken.extend(self._copies(taken, count - KEPT // 2))
            self._ledger.collected = count - KEPT // 2

    def parts(self) -> tuple[InvalidationPart, ...]:
        """Return the rows kept, in the parts in which they were taken out; `Result.invalidations` joins them."""
        return (*self._taken, *self._copies(int(self._ledger.collected), int(self._ledger.rows)))

    @property
    def left_out(self) -> int:
        """How many rows are not kept."""
        return max(0, int(self._ledger.rows) - self._most)

    def _copies(self, first: int, end: int) -> Iterator[InvalidationPart]:
        """Yield copies of the rows `first` to `end` - 1, cut where the ring begins anew; at least one part."""
        end = max(first, min(end, self._most))
        while True:
            place = first % INVALIDATIONS
            stop = min(place + end - first, INVALIDATIONS)
            fields = (self._ledger.row, self._ledger.induced_misses, self._ledger.induced_cycles)
            columns = [field[place:stop].copy() for field in fields]
            for column in columns:
                column.flags.writeable = False
            yield InvalidationPart(*columns)
            first += stop - place
            if first == end:
                return
