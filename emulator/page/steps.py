"""The steps of a page: what is told at each, where the program stands, what it cost, and what it changed."""

from collections import deque
from collections.abc import Iterator
from typing import Any

import numpy as np

from emulator.base.names import COSTS, Event
from emulator.observe import line, paragraph, story
from emulator.observe.pieces import Piece, pieces_of
from emulator.observe.scene import Scene
from emulator.page.recorder import Change
from emulator.page.sources import Sources

PHASES = [story.PHASES.get(row.name, row.name) for row in COSTS]
BEGINS = (*story.OUTCOMES, Event.FORK, Event.SWEEP)  # events whose `cycle` is when they began; others': when they ended


def steps_of(scene: Scene, changes: list[Change], sources: Sources, most: int) -> Iterator[dict[str, Any]]:
    """Yield the steps of the first `most` events of a run, each with what has changed since the one before.

    Where the machine could be stopped only after several events, the first of them has the changes of all.
    """
    events = scene.result.events
    faults = np.cumsum(np.isin(events["kind"], list(story.OUTCOMES)))
    begins = [0, *(change.events for change in changes)]  # how many events had been when each change began
    left = deque(zip(begins, changes, strict=False))
    for piece in pieces_of(scene.result, fold=False):
        assert isinstance(piece, Piece)
        first = piece.events[0]
        if first >= most:
            break
        values: dict[str, Any] = {}
        while left and left[0][0] <= first:
            values |= left.popleft()[1].values
        yield _step(scene, piece, int(faults[first]), sources) | {"d": values}


def _step(scene: Scene, piece: Piece, fault: int, sources: Sources) -> dict[str, Any]:
    first = piece.events[0]
    event = scene.result.events[first]
    kind = Event(int(event["kind"]))
    cost = np.asarray(scene.result.events["cost"])[list(piece.events)].sum(axis=0, dtype=np.int64)
    cycles, begin = int(cost.sum()), int(event["cycle"])
    if kind not in BEGINS:
        begin -= cycles
    step: dict[str, Any] = {
        "n": first + 1,
        "kind": kind.name.lower(),
        "hart": int(event["hart"]),
        "pid": int(event["pid"]),
        "tid": int(event["tid"]),
        "cost": [[place, spent] for place, spent in enumerate(cost.tolist()) if spent],
        "span": [begin, begin + cycles],
        "at": sources.place(scene.program(event), scene.pc(event)),
    }
    if kind in story.OUTCOMES:
        told = paragraph.told_of(scene, first, fault)
        rows = {label: words for label, words in told.rows.items() if label != "cost"}
        step |= {"fault": fault, "va": f"{int(event['va']) & (1 << 64) - 1:x}"}
        frames = int(event["frame_before"]), int(event["frame_after"])
        step |= {"frames": list(frames)} if all(frames) else {}
        return step | {"title": list(told.title), "rows": list(rows.items())}
    said = line.told_of(scene, piece)
    return step | {"title": list(said.title), "rows": [["", said.words]]}
