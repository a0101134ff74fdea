"""What a run leaves behind: output, counters, costs, events, processes. Readers of a run need nothing else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from emulator.base import html
from emulator.base.bits import PAGE_BYTES
from emulator.base.names import Event
from emulator.ledger import FrameLedger
from emulator.paging.modes import MODES
from isa import Program

if TYPE_CHECKING:
    import polars


class Events(np.ndarray[Any, Any]):
    """The events of a run in order: a structured array, one field a column; see `docs/events.md`."""

    def to_frame(self) -> "polars.DataFrame":
        """Return the events as a polars DataFrame, one row each; the cost of each is spread over `cost.*` columns."""
        import polars

        from emulator.base.names import COSTS

        columns: dict[str, Any] = {}
        for name in self.dtype.names or ():
            column = np.asarray(self[name])
            if name == "cost":
                columns |= {f"cost.{row.name}": column[:, place] for place, row in enumerate(COSTS)}
            elif column.ndim > 1:
                columns[name] = column.tolist()
            else:
                columns[name] = column
        frame = polars.DataFrame(columns)
        return frame.with_columns(polars.Series("kind", [Event(kind).name.lower() for kind in self["kind"]]))


@dataclass(frozen=True)
class ProcessReport:
    """How one process of a run ended."""

    pid: int
    parent: int
    image: int  # index into `Result.images` of the program it ran last
    status: int | None  # exit status 0-255; None while it runs or when a signal ended it
    signal: int | None  # the signal that ended it


class KeptFile(NamedTuple):
    """A file's bytes: its size, and its pages by number, those left out that hold zeros."""

    size: int
    pages: Mapping[int, bytes]


class Files(Mapping[str, bytes]):
    """What files hold, by path, put together when asked for."""

    def __init__(self, kept: Mapping[str, KeptFile]) -> None:
        self._kept = dict(kept)

    def __getitem__(self, path: str) -> bytes:
        size, pages = self._kept[path]
        content = bytearray(size)
        for number, page in pages.items():
            content[number * PAGE_BYTES : number * PAGE_BYTES + len(page)] = page
        return bytes(content)

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)


class InvalidationPart(NamedTuple):
    """Some rows of the ledger of invalidations, and what each of them induced later; arrays of shape (n,)."""

    rows: npt.NDArray[Any]
    misses: npt.NDArray[np.int64]
    cycles: npt.NDArray[np.int64]

    def joined(self) -> npt.NDArray[Any]:
        """Return one structured array with all three, `induced_misses` and `induced_cycles` last."""
        kept = [(name, self.rows.dtype[name]) for name in self.rows.dtype.names or ()]
        table = np.zeros(len(self.rows), [*kept, ("induced_misses", np.int64), ("induced_cycles", np.int64)])
        for name, _ in kept:
            table[name] = self.rows[name]
        table["induced_misses"], table["induced_cycles"] = self.misses, self.cycles
        return table


class Spent(NamedTuple):
    """What one hart has counted and spent between two marks, by dotted name; the costs sum to the cycles."""

    counters: Mapping[str, int]
    costs: Mapping[str, int]

    @property
    def cycles(self) -> int:
        """The cycles."""
        return self.counters["cycles"]


@dataclass(frozen=True)
class Mark:
    """What every hart had counted and spent when a program made the system call `mark`.

    `cycle` is the clock of `hart`, which made it; `per_hart` holds counters and costs as `Result.per_hart` does.
    """

    number: int
    hart: int
    cycle: int
    per_hart: tuple[tuple[Mapping[str, int], Mapping[str, int]], ...]

    def until(self, last: "Mark") -> Spent:
        """Return what the hart that made this mark has counted and spent until `last`: the difference of the two."""
        pairs = zip(self.per_hart[self.hart], last.per_hart[self.hart], strict=True)
        return Spent(*({name: late[name] - early[name] for name in late} for early, late in pairs))


class OwnCosts(NamedTuple):
    """What no event tells of a hart's cycles: instructions of one process, and what other harts took meanwhile (F100).

    `pid` is 0 for what they took while the hart had nothing to run. `costs` is by dotted name, without zeros.
    """

    hart: int
    pid: int
    costs: Mapping[str, int]


@dataclass(frozen=True)
class Result:
    """A run, as it ended.

    `counters` and `costs` are of the whole machine, by dotted name (`emulator.base.names`); `per_hart` holds the same
    two for each hart, whose costs sum to its `cycles`. `invalidations` is a structured array, a row each, and `stale`
    another, of TLB entries that were used but should have been dropped (docs/events.md). Of events and invalidations
    the first are kept; `events_left_out` and `invalidations_left_out` count the others. `intervals`, where they were
    asked for, says who had which hart when: hart, pid, tid, image, and the hart's clock at begin and end; `ledger`,
    where it was, what was done with each frame. `files` holds by path what files hold that programs have made or
    changed, or the machine was given. `ended` is "exit", "limit" (the instruction limit), "interrupt", "blocked" (every
    thread that is left waits for ever), or, where `Control` asked for one, "stop" or "ebreak". Bytes of `stdout` and
    `stderr` that are no UTF-8 are kept as `surrogateescape` keeps them.
    """

    exit_status: int
    stdout: str
    stderr: str
    counters: Mapping[str, int]
    costs: Mapping[str, int]
    event_parts: tuple[npt.NDArray[Any], ...]  # the events as they were collected, `EVENT` records of shape (n,)
    processes: tuple[ProcessReport, ...] = ()
    images: tuple[Program, ...] = ()
    per_hart: tuple[tuple[Mapping[str, int], Mapping[str, int]], ...] = ()
    marks: tuple[Mark, ...] = ()
    invalidation_parts: tuple[InvalidationPart, ...] = ()  # as they were collected
    stale: npt.NDArray[Any] = field(default_factory=lambda: np.zeros(0))
    ended: str = "exit"
    unknown_calls: Mapping[int, int] = field(default_factory=dict)  # how often, by number, ascending
    calls: Mapping[int, str] = field(default_factory=dict)  # the system calls by number: a letter for each argument
    settings: Mapping[str, str] = field(default_factory=dict)
    own: tuple[OwnCosts, ...] = ()  # with the costs of all events they sum to `costs`, hart by hart
    intervals: npt.NDArray[Any] = field(default_factory=lambda: np.zeros(0))
    files: Mapping[str, bytes] = field(default_factory=dict)
    events_left_out: int = 0
    invalidations_left_out: int = 0
    ledger: FrameLedger = field(default_factory=FrameLedger)

    @cached_property
    def events(self) -> Events:
        """The events that were kept, in order, shape (n,); put together when first asked for."""
        return np.concatenate(self.event_parts).view(Events)

    @cached_property
    def invalidations(self) -> npt.NDArray[Any]:
        """The invalidations kept, in order, shape (n,), put together when first asked for; no fields without any."""
        return np.concatenate([part.joined() for part in self.invalidation_parts] or [np.zeros(0)])

    def rights_of(self, pte: int) -> int:
        """Return what a PTE of the run grants, as bits of `emulator.base.bits`."""
        return int(MODES[self.settings["paging"]].format.rights_of(int(pte)))

    @property
    def cycles(self) -> int:
        """Cycles of all harts together."""
        return self.counters["cycles"]

    @property
    def instructions(self) -> int:
        """Instructions retired by all harts together."""
        return self.counters["instructions"]

    def _repr_html_(self) -> str:
        """Return how the run went for a notebook: how it ended, costs, what was written, and, folded, counters."""
        length = f"{self.instructions:,} instructions in {self.cycles:,} cycles"
        status = f"status {self.exit_status}" if self.ended == "exit" else f"not ended: {self.ended}"
        counted = html.table(("counter", ">count"), _told(self.counters))
        written = html.verbatim(self.stdout) if self.stdout else ""
        return (
            html.title(f"{length}, {status}")
            + html.beside(html.table(("cost", ">cycles"), _told(self.costs)), written)
            + html.folded("counters", counted)
        )


def _told(values: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return names and values, without those that are 0."""
    return [(name, int(value)) for name, value in values.items() if value]
