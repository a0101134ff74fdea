"""What is told of a run, in order: events that belong together as one piece, and repetitions folded into a count.

A fork is one piece with the `clone` that asked for it, and a new program with its `execve`. Pieces of a hart that come
again in the same order, up to `LONGEST` of them, are told once: what is equal is the instruction, the process, the
access or call, its arguments but for the first address, and what the kernel did, but not its cycles.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from emulator.base.names import Event
from emulator.observe.story import OUTCOMES
from emulator.result import Events, Result

WORD = "w"  # the kind of an argument that is an address or a length
LONGEST = 6  # pieces in a pattern that repeats
CALLS = (Event.SYSCALL, Event.WAIT)
ASKED_BY = {Event.FORK: 220, Event.EXEC: 221, Event.MOVE: 216}  # clone, execve, mremap
EACH_ITS_OWN = (Event.FORK, Event.EXEC, Event.EXIT, Event.SIGNAL, Event.THREAD_EXIT, Event.EXEC_FAILED)
ALIKE = ("kind", "pid", "tid", "pc", "access", "fault", "usercopy", "region_kind", "region_prot", "region_shared")


@dataclass(frozen=True)
class Piece:
    """Events that are told as one, by their places in `result.events`; the first one leads."""

    events: tuple[int, ...]


@dataclass(frozen=True)
class Again:
    """Pieces that repeat the `pattern` before them, `times` times; `events` are theirs."""

    pattern: tuple[Piece, ...]
    times: int
    events: tuple[int, ...]


def pieces_of(result: Result, fold: bool = True) -> Iterator[Piece | Again]:
    """Yield all that is told of `result`, in order; without `fold` every piece for itself."""
    events = result.events
    followed = followed_by(events)
    leads = np.setdiff1d(np.arange(len(events)), np.fromiter(followed.values(), np.int64, len(followed)))
    told: list[tuple[int, int, Piece | Again]] = []
    keys = _keys(result)
    for hart in np.unique(events["hart"]):
        places = leads[np.asarray(events["hart"])[leads] == hart].tolist()
        pieces = [Piece((place, followed[place]) if place in followed else (place,)) for place in places]
        once = ((first, 1, 1) for first in range(len(pieces)))
        for first, period, times in _repeats(keys[places].tolist()) if fold else once:
            pattern = tuple(pieces[first : first + period])
            told.extend((piece.events[0], 0, piece) for piece in pattern)
            if times > 1:
                rest = pieces[first + period : first + period * times]
                again = Again(pattern, times - 1, tuple(place for piece in rest for place in piece.events))
                told.append((pattern[-1].events[0], 1, again))
    told.sort(key=lambda entry: entry[:2])
    for _, _, piece in told:
        yield piece


def followed_by(events: Events) -> dict[int, int]:
    """Return the place of the system call that asked for each fork and each new program, by the place of that event."""
    found = {}
    last: dict[int, int] = {}  # by hart: the latest fork or new program whose call is not over
    for place in np.flatnonzero(~np.isin(events["kind"], list(OUTCOMES))).tolist():
        event = events[place]
        kind, hart = int(event["kind"]), int(event["hart"])
        before = last.pop(hart, None)
        if kind in ASKED_BY:
            last[hart] = place
        elif before is not None and kind in CALLS and event["pages"] == ASKED_BY[Event(int(events[before]["kind"]))]:
            found[before] = place
    return found


def free_argument(result: Result, number: int) -> int:
    """Return the place of the argument in which calls that are alike may differ: the first address; -1 for none."""
    return result.calls.get(number, "").find(WORD)


def _keys(result: Result) -> npt.NDArray[np.int64]:
    """Return a number for each event, the same for those that are alike."""
    events = result.events
    kind = np.asarray(events["kind"])
    columns = [np.asarray(events[name]).astype(np.int64) for name in ALIKE]
    switch = kind == Event.SWITCH
    for name in ("pid", "tid", "pc"):
        columns[ALIKE.index(name)][switch] = 0
    call = np.isin(kind, CALLS)
    columns.append(np.where(call, events["pages"], 0))
    columns.append(np.where(call, np.minimum(events["value"], 0), 0))
    arguments = np.asarray(events["arguments"]).copy()
    for number in np.unique(events["pages"][call]).tolist():
        free = free_argument(result, number)
        compared = [i for i in range(len(result.calls.get(number, ""))) if i != free]
        others = np.setdiff1d(np.arange(arguments.shape[1]), compared)
        arguments[np.ix_(call & (events["pages"] == number), others)] = 0
    columns.extend(arguments.T)
    columns.append(np.where(np.isin(kind, EACH_ITS_OWN), np.arange(len(events)), -1))
    if not len(events):
        return np.zeros(0, np.int64)
    return np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)[1].ravel()


def _repeats(keys: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Yield (first, period, times) of the parts of `keys`, in order: each is a pattern that stands there so often."""
    first = 0
    while first < len(keys):
        best, spared = (1, 1), 0
        for period in range(1, LONGEST + 1):
            pattern, times = keys[first : first + period], 1
            while keys[first + times * period : first + (times + 1) * period] == pattern and len(pattern) == period:
                times += 1
            if (times - 1) * period > spared and (period == 1 or times > 2):
                best, spared = (period, times), (times - 1) * period
        yield first, *best
        first += best[0] * best[1]
