"""What `Machine.next` and `previous` can be asked for: an event of some kind, or of a family of kinds."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from emulator.base.errors import TravelError, nearest, shown
from emulator.base.names import Event

FAULTS = (
    *(Event.COPY, Event.REUSE, Event.ZERO_MAP, Event.ZERO_FILL, Event.SHARE, Event.UPGRADE, Event.SPURIOUS),
    *(Event.HUGE_MAP, Event.HUGE_FILL, Event.HUGE_SHARE, Event.HUGE_COPY, Event.HUGE_REUSE),
    *(Event.FILE_MAP, Event.FILE_FILL, Event.SWAP_IN, Event.SWAP_MAP, Event.REFUSED, Event.OUT_OF_MEMORY),
)
CALLS = (Event.SYSCALL, Event.FORK, Event.EXEC, Event.WAIT, Event.EXIT, Event.THREAD_EXIT)
FAMILIES = {
    "fault": FAULTS,
    "syscall": CALLS,
    "exit": (Event.EXIT, Event.SIGNAL),
    "invalidation": tuple(Event),
    "event": tuple(Event),
}
NAMES = (*FAMILIES, *(kind.name.lower() for kind in Event if kind.name.lower() not in FAMILIES))


class Wanted(NamedTuple):
    """Events of `kinds`; with `invalidating`, those alone that made TLBs drop something."""

    kinds: tuple[Event, ...]
    invalidating: bool

    @property
    def mask(self) -> int:
        """The kinds, a bit each."""
        return sum(1 << kind for kind in self.kinds)

    def among(self, events: npt.NDArray[np.void]) -> npt.NDArray[np.intp]:
        """Return which of `events`, shape (n,), are wanted: their places, ascending."""
        found = np.isin(events["kind"], self.kinds)
        if self.invalidating:
            found &= events["invalidations"] > 0
        return np.flatnonzero(found)


def wanted(name: str) -> Wanted:
    """Return what `name` asks for: a kind of events (docs/events.md), or one of `FAMILIES`. Raises TravelError."""
    if name not in NAMES:
        near = nearest(name, NAMES) if isinstance(name, str) else ""
        raise TravelError(f"kind: '{shown(name)}' is no kind of event; {', '.join(NAMES)} are{near}")
    kinds = FAMILIES[name] if name in FAMILIES else (Event[name.upper()],)
    return Wanted(kinds, name == "invalidation")
