"""Taking the ledger of invalidations out of compiled code: whole rows, with what each induced later."""

from collections.abc import Iterator

from emulator.base.world import World
from emulator.hardware.state import INVALIDATIONS
from emulator.result import InvalidationPart

KEPT = INVALIDATIONS // 2  # the latest stay in the ring: later misses may still be induced by them


class Invalidations:
    """All invalidations of a machine so far, in order."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._taken: list[InvalidationPart] = []

    def make_room(self) -> None:
        """Take out the oldest rows when the ring is more than half full."""
        kernels = self._world.kernels
        count, taken = int(kernels["invalidations"][0]), int(kernels["collected"][0])
        if count - taken > KEPT:
            self._taken.extend(self._copies(taken, count - KEPT // 2))
            kernels["collected"] = count - KEPT // 2

    def parts(self) -> tuple[InvalidationPart, ...]:
        """Return every row, in the parts in which they were taken out; `Result.invalidations` joins them."""
        kernels = self._world.kernels
        first, end = int(kernels["collected"][0]), int(kernels["invalidations"][0])
        return (*self._taken, *self._copies(first, end))

    def _copies(self, first: int, end: int) -> Iterator[InvalidationPart]:
        """Yield copies of the rows `first` to `end` - 1, cut where the ring begins anew; at least one part."""
        kernels, chips = self._world.kernels, self._world.chips
        while True:
            place = first % INVALIDATIONS
            stop = min(place + end - first, INVALIDATIONS)
            yield InvalidationPart(
                kernels["invalidation"][0, place:stop].copy(),
                chips["induced_misses"][0, place:stop].copy(),
                chips["induced_cycles"][0, place:stop].copy(),
            )
            first += stop - place
            if first == end:
                return
