"""The frame ledger of a run: for every frame who had it when, how many references it had, and why each came and went.

result = machine.run()                  # of a Machine(..., ledger=True)
result.ledger.of(0x2b)                  # the history of one frame, a row each; str(row) is a line of text
result.ledger.rows                      # all rows, a structured array; `to_frame` makes a polars table of them
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from emulator.base.frame_names import FRAME_USES, FrameStep, FrameUse

if TYPE_CHECKING:
    import polars

VERBS = {
    FrameStep.TAKE: "taken by",
    FrameStep.SHARE: "shared with",
    FrameStep.REUSE: "made writable again for",
    FrameStep.DROP: "dropped by",
    FrameStep.FREE: "given back by",
}


class FrameRow(NamedTuple):
    """What was done with a frame at one time; docs/ledger.md has the columns."""

    frame: int
    step: FrameStep
    use: FrameUse
    refs: int
    other: int
    pid: int
    hart: int
    va: int
    cycle: int
    event: int

    def __str__(self) -> str:
        """Return it as a line, which does not name the frame."""
        who = f"pid {self.pid}" if self.pid else "the kernel"
        where = f" at va {self.va:#x}" if self.va else ""
        why = FRAME_USES[self.use]
        if self.other:
            why += f" of frame {self.other:#x}" if self.step is FrameStep.TAKE else f", now frame {self.other:#x}"
        left = f"{self.refs} reference{'' if self.refs == 1 else 's'}"
        when = f"cycle {self.cycle:,}, hart {self.hart}, event {self.event}"
        return f"{when}: {VERBS[self.step]} {who}{where}, {why}; {left}"


@dataclass(frozen=True)
class FrameLedger:
    """The first rows of a run's frame ledger in order, as a structured array; `left_out` counts the others.

    It has none unless the machine was to keep it: `Machine(..., ledger=True)`.
    """

    rows: npt.NDArray[Any] = field(default_factory=lambda: np.zeros(0, [("frame", np.int32)]))
    left_out: int = 0

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[FrameRow]:
        return map(_typed, self.rows)

    def of(self, frame: int) -> tuple[FrameRow, ...]:
        """Return the history of `frame`, its rows in order; none of a frame that was never taken."""
        places = self._places.get(frame, ())
        return tuple(_typed(self.rows[place]) for place in places)

    def frames(self) -> list[int]:
        """Return the frames that have a history, ascending."""
        return sorted(self._places)

    def to_frame(self) -> "polars.DataFrame":
        """Return the rows as a polars DataFrame; what was done and what for are words."""
        import polars

        columns: dict[str, Any] = {name: np.asarray(self.rows[name]) for name in self.rows.dtype.names or ()}
        for name, words in (("step", FrameStep), ("use", FrameUse)):
            if name in columns:
                columns[name] = [words(number).name.lower() for number in columns[name].tolist()]
        return polars.DataFrame(columns)

    @cached_property
    def _places(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for place, frame in enumerate(self.rows["frame"].tolist()):
            found.setdefault(frame, []).append(place)
        return found


def _typed(row: Any) -> FrameRow:
    frame, step, use, *rest = row.item()
    return FrameRow(frame, FrameStep(step), FrameUse(use), *rest)
