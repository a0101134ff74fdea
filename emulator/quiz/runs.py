"""The run that is asked about, and those made beside it, each only when a question needs it."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from emulator.base.bits import PAGE_BYTES, page_of
from emulator.base.kernel_names import FlushCause
from emulator.base.names import Event
from emulator.machine import Machine
from emulator.observe.flush_words import REASONS
from emulator.observe.pieces import Piece, pieces_of
from emulator.observe.scene import Scene
from emulator.observe.story import OUTCOMES
from emulator.quiz.accesses import Access, accesses_of
from emulator.quiz.order import number_of
from emulator.result import Result

CALLS = (Event.SYSCALL, Event.FORK)
Maker = Callable[[Mapping[str, str]], Machine]  # a new machine with its program, these settings changed
ORDERS = 100  # seeds of a changed order


class Runs:
    """A run of a program on a new machine of `make`, of at most `most` instructions, and changed runs of it.

    Raises KeyboardInterrupt where a run was cut by Ctrl-C.
    """

    def __init__(self, make: Maker, most: int | None = None) -> None:
        self._make, self._most = make, most
        self.result = self._run({})
        self.scene = Scene.of(self.result)
        self.seed = int(self.result.settings["seed"])  # of the machine; it chooses the questions, too

    def _run(self, changes: Mapping[str, str]) -> Result:
        result = self._make(changes).run(self._most)
        if result.ended == "interrupt":
            raise KeyboardInterrupt
        return result

    @cached_property
    def eager(self) -> Result:
        """The same with copying at fork."""
        return self._run({"fork": "eager"})

    @cached_property
    def order(self) -> Mapping[str, str]:
        """The settings of a run in another order: on one hart only there would be none."""
        more = {"harts": "2"} if len(self.result.per_hart) == 1 else {}
        return {**more, "schedule": f"seed:{1 + number_of(self.seed, 'order') % ORDERS}"}

    @cached_property
    def reordered(self) -> Result:
        """The same in another order."""
        return self._run(self.order)

    @cached_property
    def quiet(self) -> tuple[Access, ...]:
        """Loads and stores that never faulted at their page; of them those to pages where others did, if any."""
        if self.result.events_left_out:
            return ()
        loud = set(map(tuple, self._where[self._is_fault].tolist()))
        pages = {page for _, _, page in loud}
        made = accesses_of(self._make({}), self.result.images[0], self._most)
        found = [it for it in made if (it.pid, it.pc, it.page) not in loud]
        return tuple([it for it in found if it.page in pages] or found)

    @cached_property
    def faults(self) -> tuple[int, ...]:
        """Places of told faults whose instruction faults only once at its page: a question can name them."""
        told = [piece.events[0] for piece in pieces_of(self.result) if isinstance(piece, Piece)]
        once = _once(self._where, self._is_fault)
        return tuple(place for place in told if once[place])

    @cached_property
    def calls(self) -> tuple[int, ...]:
        """Places of system calls and forks that are made once with these arguments: a question can name them."""
        events = self.result.events
        named = np.column_stack([self._where[:, :2], np.asarray(events["arguments"])])
        return tuple(np.flatnonzero(_once(named, np.isin(events["kind"], CALLS))).tolist())

    @cached_property
    def _is_fault(self) -> npt.NDArray[np.bool_]:
        return np.isin(self.result.events["kind"], list(OUTCOMES))

    @cached_property
    def _where(self) -> npt.NDArray[np.int64]:
        """Process, instruction and page of each event."""
        events = self.result.events
        pages = np.asarray(events["va"]) & -PAGE_BYTES
        return np.column_stack([np.asarray(events["pid"]), np.asarray(events["pc"]), pages])

    @cached_property
    def _fault_numbers(self) -> npt.NDArray[np.int64]:
        return np.cumsum(self._is_fault)

    def number_of_fault(self, place: int) -> int:
        """Return the number that the story gives to the fault at `place`."""
        return int(self._fault_numbers[place])

    def flushes_of(self, place: int) -> npt.NDArray[Any]:
        """Return the rows of the ledger that the event at `place` made for what it changed itself."""
        rows = self.scene.flushes_of([place])
        return rows[[FlushCause(cause) not in REASONS for cause in rows["cause"].tolist()]] if len(rows) else rows

    def parents(self) -> set[int]:
        """Return the processes that have forked another."""
        return {process.parent for process in self.result.processes}


def where(event: Any) -> tuple[int, int, int]:
    """Return process, instruction and page of an access."""
    return int(event["pid"]), int(event["pc"]), int(page_of(int(event["va"])))


def _once(rows: npt.NDArray[np.int64], among: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return which of `rows` are `among` those that are asked for, and like no other one of them."""
    found = np.zeros(len(rows), bool)
    _, groups, counts = np.unique(rows[among], axis=0, return_inverse=True, return_counts=True)
    found[among] = counts[groups.ravel()] == 1
    return found
