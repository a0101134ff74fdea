"""What a timeline shows beside the steps: who had which hart when, and who told whom of an invalidation."""

from typing import Any

import numpy as np

from emulator.base.kernel_names import FlushCause
from emulator.result import Result

BITS = 32  # of a word of the field `harts`


def lanes_of(result: Result, shown: int) -> dict[str, Any]:
    """Return intervals [hart, pid, tid, begin, end], and messages, of the time of the first `shown` events.

    A message is an invalidation that other harts were told of: [number, cause, sender, cycle when the first PTE was
    changed, cycle when the sender had told them, cycle when the last of them had dropped it, cycle when the sender went
    on, [receiver, ...]].
    """
    events = result.events[:shown]
    end = int(events["cycle"].max()) if len(events) else 0
    intervals = [
        [int(row[name]) for name in ("hart", "pid", "tid", "begin", "end")]
        for row in result.intervals
        if int(row["begin"]) <= end
    ]
    return {"intervals": intervals, "messages": _messages(result, end)}


def _messages(result: Result, end: int) -> list[list[Any]]:
    rows = result.invalidations
    found = []
    for row in rows[np.asarray(rows["told"]) > 0] if len(rows) else ():
        begin, sent = int(row["cycle"]), int(row["cycle"]) + int(row["own"]) + int(row["send"])
        if begin <= end:
            dropped = max(begin + int(row["window"]), sent)
            cause = FlushCause(int(row["cause"])).name.lower()
            receivers = [
                w * BITS + b for w, word in enumerate(row["harts"].tolist()) for b in range(BITS) if word >> b & 1
            ]
            went_on = max(sent + int(row["wait"]), dropped if row["wait"] else sent)
            found.append([int(row["number"]), cause, int(row["hart"]), begin, sent, dropped, went_on, receivers])
    return found
