"""What is known around an event when it is told: its process, thread and hart, its instruction, its invalidations."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from emulator.base.names import COSTS, Event
from emulator.observe import story
from emulator.observe.place import Place, place_of
from emulator.observe.story import plural
from emulator.result import Result
from isa import Program

INSTRUCTION_BYTES = 4
BARE_CALL = "ecall"
IN_CALLS = (Event.FORK, Event.EXIT, Event.SYSCALL, Event.WAIT, Event.THREAD_EXIT)


@dataclass(frozen=True)
class Scene:
    """A run, seen by whoever tells of its events."""

    result: Result
    threaded: frozenset[int]  # the processes of which more than one thread was seen
    flushes: Mapping[int, npt.NDArray[np.int64]]  # by event: its invalidations, without those of events within it

    @staticmethod
    def of(result: Result) -> "Scene":
        """Return the scene of `result`."""
        events = result.events
        more = np.asarray(events["pid"])[np.asarray(events["tid"] != events["pid"])]
        return Scene(result, frozenset(more.tolist()), _flushes(result))

    def who(self, event: Any) -> list[str]:
        """Name the process, and the thread and the hart where there is more than one."""
        names = [f"pid {event['pid']}"]
        if int(event["pid"]) in self.threaded:
            names.append(f"thread {event['tid']}")
        return names + self.where(event)

    def where(self, event: Any) -> list[str]:
        """Name the hart where there is more than one."""
        return [f"hart {event['hart']}"] if len(self.result.per_hart) > 1 else []

    def place(self, event: Any) -> Place:
        """Return where the instruction stands that led to an event."""
        return place_of(self.program(event), self.pc(event))

    def program(self, event: Any) -> Program | None:
        """Return the program that the process of an event runs."""
        image = int(event["image"])
        return self.result.images[image] if 0 <= image < len(self.result.images) else None

    def pc(self, event: Any) -> int:
        """Return the address of the instruction that led to an event: in a system call PC is past its ECALL already."""
        in_call = event["usercopy"] or int(event["kind"]) in IN_CALLS
        return int(event["pc"]) - (INSTRUCTION_BYTES if in_call else 0)

    def flushes_of(self, places: Iterable[int]) -> npt.NDArray[Any]:
        """Return the rows of the ledger that the events at `places` made."""
        rows = [self.flushes[place] for place in places if place in self.flushes]
        return self.result.invalidations[np.concatenate(rows) if rows else np.zeros(0, np.int64)]

    def cost(self, places: Iterable[int]) -> str:
        """Return the cycles of events and of their phases, in the order of the table of costs."""
        sums = np.asarray(self.result.events["cost"])[list(places)].astype(np.int64).sum(axis=0)
        found = [
            f"{story.PHASES.get(row.name, row.name)} {spent:,}"
            for row, spent in zip(COSTS, sums.tolist(), strict=True)
            if spent
        ]
        return f"{cycles_of(int(sums.sum()))}{': ' if found else ''}{', '.join(found)}"

    def cycles(self, places: Iterable[int]) -> str:
        """Return the cycles of events."""
        return cycles_of(int(np.asarray(self.result.events["cost"])[list(places)].sum(dtype=np.int64)))


def cycles_of(count: int) -> str:
    """Return `1 cycle`, `1,900 cycles`."""
    return plural(count, "cycle") if count < 1000 else f"{count:,} cycles"


def _flushes(result: Result) -> dict[int, npt.NDArray[np.int64]]:
    """Return the invalidations of each event that made some: those within it came before it and have theirs already."""
    free = np.ones(len(result.invalidations), bool)
    found = {}
    first, count = result.events["invalidation"], result.events["invalidations"]
    for place in np.flatnonzero(np.asarray(count)).tolist():
        start, end = int(first[place]), min(int(first[place]) + int(count[place]), len(free))
        rows = start + np.flatnonzero(free[start:end])
        free[start:end] = False
        if len(rows):
            found[place] = rows
    return found
