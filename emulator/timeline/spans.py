"""When each event began and ended on its hart, and within which other it happened.

An event tells its own cost and one end of its time: faults, forks and sweeps when they began, all others when they
were over. What happens within an event comes before it and has its cost for itself, so an event that was over at
cycle t began its own cost, and that of all within it, earlier.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from emulator.base.names import Event
from emulator.observe.story import OUTCOMES
from emulator.result import Events

BEGINS = (*OUTCOMES, Event.FORK, Event.SWEEP)  # events whose `cycle` is when they began; others': when they ended
NOWHERE = -1

Cycles = npt.NDArray[np.int64]


class Spans(NamedTuple):
    """For each event, arrays of shape (n,): its time in cycles, and the place of the event around it, -1 for none."""

    begin: Cycles
    end: Cycles
    around: Cycles

    def in_order(self, places: Cycles) -> Cycles:
        """Return `places`, of one hart's events, in the order in which they began, each before what is within it."""
        depth = np.zeros(len(self.around), np.int64)
        for place in places[::-1].tolist():  # what is around an event comes after it
            if self.around[place] != NOWHERE:
                depth[place] = depth[self.around[place]] + 1
        return places[np.lexsort((places, depth[places], self.begin[places]))]


def spans_of(events: Events) -> Spans:
    """Return when each of `events` began and ended, so that those of one hart lie within or beside each other."""
    cycle = np.asarray(events["cycle"])
    own = np.asarray(events["cost"]).sum(axis=1, dtype=np.int64)
    begins = np.isin(events["kind"], BEGINS)
    spans = Spans(cycle.copy(), cycle + own, np.full(len(events), NOWHERE, np.int64))
    last: dict[int, list[int]] = {}  # by hart: events that nothing is around so far
    for place, (hart, known) in enumerate(zip(events["hart"].tolist(), begins.tolist(), strict=True)):
        before = last.setdefault(hart, [])
        cost, end = int(own[place]), int(cycle[place])
        begin = end if known else end - cost
        inside = 0
        while before and (spans.begin[before[-1]] >= begin if known else spans.end[before[-1]] > begin):
            within = before.pop()
            spans.around[within] = place
            took = int(spans.end[within] - spans.begin[within])
            inside += took
            if not known:
                begin = min(begin - took, int(spans.begin[within]))
        if known:
            begin = max(begin, int(spans.end[before[-1]]) if before else begin)
            end = begin + cost + inside
        spans.begin[place], spans.end[place] = begin, max(begin, end)
        before.append(place)
    return spans
