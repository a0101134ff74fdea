"""What a hart's track shows: a slice for each event, in it one for each phase, in the order of a trap's road.

An event knows how many cycles each phase took, not when: phases stand one after the other in the order of the table of
costs, each once. Where an event happened within another, the phase of the outer one under way then goes on after it.
"""

from collections.abc import Iterator

import numpy as np

from emulator.base.names import COSTS, Event, Fault
from emulator.observe.call_words import name_of
from emulator.observe.pieces import CALLS
from emulator.observe.story import PHASES
from emulator.result import Events
from emulator.timeline.marks import Mark, What
from emulator.timeline.spans import NOWHERE, Cycles, Spans

PHASE_NAMES = tuple(PHASES.get(row.name, row.name) for row in COSTS)


class Slice:
    """The slice of an event, drawn as far as `_now`."""

    def __init__(self, track: int, begin: int, end: int, costs: list[int]) -> None:
        self.end = end
        self._track, self._now = track, begin
        self._left = [(name, cycles) for name, cycles in zip(PHASE_NAMES, costs, strict=True) if cycles][::-1]
        self._open = False  # whether the first phase that is left has begun

    def go_on(self, until: int) -> Iterator[Mark]:
        """Yield its phases as far as `until`, where another slice begins within it, or it ends."""
        while self._left and (self._open or self._now < until):
            name, cycles = self._left[-1]
            if not self._open:
                yield Mark(self._now, What.BEGIN, self._track, name)
                self._open = True
            if self._now + cycles > until:
                self._left[-1] = name, cycles - (until - self._now)
                self._now = until
                return
            self._now += cycles
            yield self._closed(self._now)

    def go_on_after(self, cycle: int) -> None:
        """Let what is left of its phases stand after `cycle`."""
        self._now = max(self._now, cycle)

    def close(self) -> Iterator[Mark]:
        """Yield the rest of it."""
        yield from self.go_on(self.end)
        if self._open:
            yield self._closed(self.end)
        yield Mark(self.end, What.END, self._track)

    def _closed(self, cycle: int) -> Mark:
        self._open = False
        self._left.pop()
        return Mark(cycle, What.END, self._track)


def traps_of(events: Events, spans: Spans, places: Cycles, track: int) -> Iterator[Mark]:
    """Yield what `track` shows of the events at `places`, all those of one hart, in order of time."""
    around: list[tuple[int, Slice]] = []

    def close_until(outer: int) -> Iterator[Mark]:
        while around and around[-1][0] != outer:
            _, closing = around.pop()
            yield from closing.close()
            if around:
                around[-1][1].go_on_after(closing.end)

    for place in spans.in_order(places).tolist():
        yield from close_until(int(spans.around[place]))
        begin, end = int(spans.begin[place]), int(spans.end[place])
        if around:
            yield from around[-1][1].go_on(begin)
        event = events[place]
        yield Mark(begin, What.BEGIN, track, name_of_event(event), _details(place, event))
        around.append((place, Slice(track, begin, end, event["cost"].tolist())))
    yield from close_until(NOWHERE)


def name_of_event(event: np.void) -> str:
    """Return what an event's slice is called: the system call, or the kind of event."""
    kind = int(event["kind"])
    return name_of(int(event["pages"])) if kind in CALLS else Event(kind).name.lower()


def _details(place: int, event: np.void) -> tuple[tuple[str, int], ...]:
    found = [("event", place), ("pid", int(event["pid"])), ("tid", int(event["tid"])), ("pc", int(event["pc"]))]
    if int(event["fault"]) != Fault.NONE:
        found.append(("va", int(event["va"])))
    return (*found, ("cycle", int(event["cycle"])), ("cycles", int(event["cost"].sum())))
