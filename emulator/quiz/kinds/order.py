"""What does another order of processes and threads change? The program is run in that order to find out."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from emulator.base.names import Event
from emulator.quiz.draft import Draft, Wrong
from emulator.quiz.runs import Runs
from emulator.result import Result

PAID = (Event.COPY, Event.REUSE)
TEXTS = {
    (False, False): "Neither what it prints nor who pays for copies and re-uses.",
    (True, False): "What it prints, but not who pays for copies and re-uses.",
    (False, True): "Who pays for copies and re-uses, but not what it prints.",
    (True, True): "Both what it prints and who pays for copies and re-uses.",
}
WHY = {True: "order-counts", False: "order-free"}  # by whether the wrong answer says that something changes


def drafts(runs: Runs) -> Iterator[Draft]:
    """Yield what a changed order changes, for a run with more than one thread or process."""
    events = runs.result.events
    if len(np.unique(events["tid"])) < 2 or runs.result.events_left_out or runs.reordered.events_left_out:
        return
    before, after = printed(runs.result), printed(runs.reordered)
    paid_before, paid_after = paid(runs.result), paid(runs.reordered)
    words = " ".join(f"--{name} {value}" for name, value in runs.order.items())
    right = (before != after, paid_before != paid_after)
    yield Draft(
        key="order",
        text=f"The same run with `{words}`, in which chance decides who runs when: what changes?",
        right=TEXTS[right],
        wrong=tuple(Wrong(WHY[sum(key) > sum(right)], text) for key, text in TEXTS.items() if key != right),
        because=f"Here {_told(paid_before)}; there {_told(paid_after)}. What it printed and returned is "
        f"{'another' if right[0] else 'the same'}.",
        rule="F4",
    )


def printed(result: Result) -> Any:
    """Return what others see of a run."""
    return result.stdout, result.stderr, result.exit_status, result.ended


def paid(result: Result) -> dict[int, tuple[int, int]]:
    """Return the copies and re-uses of each process."""
    kinds, pids = np.asarray(result.events["kind"]), np.asarray(result.events["pid"])
    found = {}
    for pid in np.unique(pids[np.isin(kinds, PAID)]).tolist():
        found[int(pid)] = tuple(int(((kinds == kind) & (pids == pid)).sum()) for kind in PAID)
    return found  # type: ignore[return-value]


def _told(paid_by: dict[int, tuple[int, int]]) -> str:
    words = [f"pid {pid} copied {copies} and re-used {reuses}" for pid, (copies, reuses) in paid_by.items()]
    return ", ".join(words) or "nobody copied or re-used a page"
