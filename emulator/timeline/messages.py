"""Who told whom of an invalidation: an arrow from the sender to each hart that it interrupted, and back to it.

The ledger (docs/events.md) knows when a sender began, had told all, and went on, and when the last of them had dropped
what it was told to. So the slices of all that were told of one invalidation are alike, from the second of these times
to the last.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from emulator.base.kernel_names import FlushCause
from emulator.result import Result
from emulator.timeline.marks import Agenda, Mark, What
from emulator.timeline.tracks import Lanes

WORD_BITS = 32  # of a word of the field `harts`
HARTS = 256  # words and bits: an arrow's number is that of its invalidation times this, and the hart's

Rows = npt.NDArray[np.void]


def told_of(result: Result) -> Rows:
    """Return the rows of the ledger that other harts were told of."""
    rows = result.invalidations
    return rows[np.asarray(rows["told"]) > 0] if len(rows) else rows


def senders_of(rows: Rows, lanes: Lanes) -> Iterator[Mark]:
    """Yield what invalidations show on their senders' tracks, in order of time."""
    agenda = Agenda()
    for row in _by(rows, rows["cycle"]) if len(rows) else ():
        begin, sent = int(row["cycle"]), int(_sent(row))
        went_on = sent + int(row["wait"])
        yield from agenda.until(begin)
        track = lanes.take(int(row["hart"]), begin, went_on)
        arrows = tuple(_arrow(row, hart) for hart in receivers_of(row)) if row["ipis"] else ()
        details = ("invalidation", int(row["number"])), ("va", int(row["va"])), ("pages", int(row["pages"]))
        yield Mark(begin, What.BEGIN, track, _name(row), details, flows=arrows)
        agenda.put(Mark(went_on, What.END, track))
        if arrows:
            answered = went_on if row["wait"] else int(_dropped(row))
            agenda.put(Mark(answered, What.MOMENT, track, "answer", ending=arrows))
    yield from agenda.rest()


def interrupts_of(rows: Rows, lanes: Lanes) -> Iterator[Mark]:
    """Yield what invalidations show on the tracks of those that were told, in order of time."""
    agenda = Agenda()
    for row in _by(rows, _sent(rows)) if len(rows) else ():
        begin, end = int(_sent(row)), int(_dropped(row))
        details = (("invalidation", int(row["number"])), ("sender", int(row["hart"])))
        yield from agenda.until(begin)
        for hart in receivers_of(row):
            track = lanes.take(hart, begin, end)
            flows = (_arrow(row, hart),) if row["ipis"] else ()
            yield Mark(begin, What.BEGIN, track, _name(row), details, flows=flows)
            agenda.put(Mark(end, What.END, track))
    yield from agenda.rest()


def receivers_of(row: np.void) -> list[int]:
    """Return the harts that were told of an invalidation."""
    words = row["harts"].tolist()
    return [WORD_BITS * place + bit for place, word in enumerate(words) for bit in range(WORD_BITS) if word >> bit & 1]


def _by(rows: Rows, times: npt.NDArray[np.int64]) -> Rows:
    return rows[np.argsort(times, kind="stable")]


def _sent(row: np.void | Rows) -> npt.NDArray[np.int64]:
    return np.asarray(row["cycle"] + row["own"] + row["send"])


def _dropped(row: np.void | Rows) -> npt.NDArray[np.int64]:
    return np.asarray(np.maximum(_sent(row), row["cycle"] + row["window"]))


def _arrow(row: np.void, hart: int) -> int:
    return int(row["number"]) * HARTS + hart + 1  # 0 is no arrow


def _name(row: np.void) -> str:
    return str(FlushCause(int(row["cause"])).name.lower())
