"""Running a machine and keeping what each event changed."""

from typing import Any, NamedTuple

from emulator.base.names import Event
from emulator.config.limits import MOST_INSTRUCTIONS
from emulator.machine import Control, Machine
from emulator.page.view import View, changes, view_of
from emulator.result import Result

MOST_EVENTS = 10_000  # that a page shows: it opens in a second, and stays below 10 MB
MOST_VALUES = 120_000  # that they change, about 50 bytes each


class Change(NamedTuple):
    """What has changed since the stop before: new values by key, None for what is gone; `events` had been by then."""

    events: int
    values: dict[str, Any]


class Recorder:
    """Runs one machine, as it would run by itself, and looks at it after every event.

    It looks at the first `most`, or at fewer where they change more than `values` parts of what there is to see.
    """

    def __init__(self, most: int = MOST_EVENTS, values: int = MOST_VALUES) -> None:
        self._most, self._values = most, values
        self._view: View = {}
        self.changes: list[Change] = []

    @property
    def shown(self) -> int:
        """How many events the page shows."""
        return self.changes[-1].events if self.changes else 0

    def run(self, machine: Machine, max_instructions: int | None = None) -> Result:
        """Run `machine` until every process has ended, or that many instructions more were retired; return the result.

        Raises ConfigError for a limit below 1.
        """
        control = Control(machine)
        control.events = Event
        end = machine.core.retired + (MOST_INSTRUCTIONS if max_instructions is None else max_instructions)
        self._look(machine)
        why = "event"
        while why == "event":
            if self._full:
                control.events = ()
            why = control.run(end - machine.core.retired).why if machine.core.retired < end else "limit"
            self._look(machine)
        return machine.result(why)

    @property
    def _full(self) -> bool:
        return self.shown >= self._most or self._values < 0

    def _look(self, machine: Machine) -> None:
        if self._full:
            return
        state = machine.state()
        view = view_of(state)
        change = Change(state.events, changes(self._view, view))
        self.changes.append(change)
        self._values -= len(change.values)
        self._view = view
