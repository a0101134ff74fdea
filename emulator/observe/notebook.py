"""The story of a run for a notebook: what `explain` prints, as HTML."""

from collections.abc import Iterator

import numpy as np

from emulator.base import html
from emulator.observe import line, paragraph
from emulator.observe.pieces import Again, Piece, pieces_of
from emulator.observe.scene import Scene
from emulator.observe.story import OUTCOMES, plural
from emulator.result import Result

MOST = 100  # events that are told unless somebody asks for others
EDGE = "gray"  # of what is no fault
DOT = " \N{MIDDLE DOT} "  # between the parts of a title


class Story:
    """The story of `result`, of its first `limit` paragraphs and lines; without `fold` each repetition in full."""

    def __init__(self, result: Result, limit: int = MOST, fold: bool = True) -> None:
        self._result, self._limit, self._fold = result, limit, fold

    def _repr_html_(self) -> str:
        return "".join(self._parts())

    def _parts(self) -> Iterator[str]:
        scene = Scene.of(self._result)
        faults = np.cumsum(np.isin(self._result.events["kind"], list(OUTCOMES)))
        told = left = 0
        for piece in pieces_of(self._result, self._fold):
            if told >= self._limit:
                left += piece.times if isinstance(piece, Again) else 1
            elif isinstance(piece, Again):
                yield html.edged(html.paragraph(line.again(scene, piece).plain.strip()), EDGE)
            else:
                told += 1
                yield _told(scene, piece, int(faults[piece.events[0]]))
        if left:
            yield html.paragraph(f"{plural(left, 'more event')} not told")


def _told(scene: Scene, piece: Piece, number: int) -> str:
    first = piece.events[0]
    if int(scene.result.events[first]["kind"]) in OUTCOMES:
        fault = paragraph.told_of(scene, first, number)
        rows = html.table(("", ""), fault.rows.items())
        return html.edged(html.title(DOT.join(fault.title)) + rows, fault.style)
    event = line.told_of(scene, piece)
    cost = html.paragraph(event.cost) if event.cost else ""
    return html.edged(html.title(DOT.join(event.title)) + html.paragraph(event.words) + cost, EDGE)
