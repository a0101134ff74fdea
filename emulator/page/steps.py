"""The steps of a page: what is told at each, where the program stands, what it cost, and what it changed."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from emulator.base.names import COSTS, Event
from emulator.observe import line, paragraph, story
from emulator.observe.pieces import Piece, pieces_of
from emulator.observe.scene import Scene
from emulator.observe.sources import Sources
from emulator.page.recorder import Change

PHASES = [story.PHASES.get(row.name, row.name) for row in COSTS]
BEGINS = (*story.OUTCOMES, Event.FORK, Event.SWEEP)  # events whose `cycle` is when they began; others': when they ended


class Words:
    """Texts that are kept once each: steps have their numbers."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        """Return the number of `text`."""
        return self._numbers.setdefault(text, len(self._numbers))

    def written(self) -> list[str]:
        """Return all texts by number."""
        return list(self._numbers)


class Book(NamedTuple):
    """What steps refer to."""

    sources: Sources
    words: Words


def steps_of(scene: Scene, changes: list[Change], book: Book, most: int) -> Iterator[dict[str, Any]]:
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
        yield _step(scene, piece, int(faults[first]), book) | {"d": values}


def _step(scene: Scene, piece: Piece, fault: int, book: Book) -> dict[str, Any]:
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
        "at": book.sources.place(scene.program(event), scene.pc(event)),
    }
    if kind not in story.OUTCOMES:
        said = line.told_of(scene, piece)
        return step | _told(said.title, {"": said.words}, book.words)
    told = paragraph.told_of(scene, first, fault)
    rows = {label: words for label, words in told.rows.items() if label != "cost"}
    step |= {"fault": fault, "va": f"{int(event['va']) & (1 << 64) - 1:x}"}
    frames = int(event["frame_before"]), int(event["frame_after"])
    if all(frames):
        step["frames"] = frames
    return step | _told(told.title, rows, book.words)


def _told(title: Sequence[str], rows: Mapping[str, str], words: Words) -> dict[str, Any]:
    return {
        "title": [words.number(part) for part in title],
        "rows": [[words.number(label), words.number(text)] for label, text in rows.items()],
    }
