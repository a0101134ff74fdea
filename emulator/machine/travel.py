"""Going back and forth in a machine's time.

A machine is deterministic: where a snapshot stands, it runs the same way again. To go to a time is to take the last
snapshot before it and run on from there, so that whoever looks around changes nothing. Snapshots are taken on the way,
where nobody has been yet.

A machine stands still between two instructions and after an event, but not everywhere: not between a fault and the
instruction that it runs again, not between LR and SC. To go to a time is to go to the first place there or after it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from emulator.base.errors import TravelError
from emulator.base.names import Reason
from emulator.config.limits import MOST_INSTRUCTIONS
from emulator.machine.core import Core
from emulator.machine.history import History, Place, Snapshot
from emulator.machine.kinds import Wanted
from emulator.machine.memento import Memento
from emulator.machine.pages import Pages

# How far it is from one snapshot to the next at first: some hundredths of a second to run again.
INSTRUCTIONS, PLAIN_INSTRUCTIONS = 1_000_000, 10_000
TRAPS = 300  # that Python serves
NEAR = 64  # instructions before a place, in which the stop before it is looked for first
STOPS = ("stop", "ebreak", "signal")  # how a run ends that was stopped, and goes on


def visit_all(ended: str) -> bool:
    """Say of every stop that it is one."""
    return bool(ended)


def nothing() -> None:
    """Do nothing."""


class Travel:
    """The time of `core`, from where it stands, or from `boot` on, a snapshot of it when it had booted.

    Raises ConfigError where `most` bytes hold no history of it.
    """

    def __init__(self, core: Core, most: int, boot: Snapshot | None = None) -> None:
        self._core = core
        self._pages = Pages(core.world)
        self._history = History(most)
        self._history.add(boot or self._snapshot())
        self._farthest = self.place

    @property
    def place(self) -> Place:
        """Where the machine stands."""
        return Place(self._core.retired, self._core.events.told)

    def run(self, most: int) -> str:
        """Run as `Core.run` does, taking snapshots on the way."""
        end = self._core.retired + most
        while True:
            stretch = INSTRUCTIONS if self._core.world.image else PLAIN_INSTRUCTIONS
            spread = self._history.spread
            ended = self._core.run(min(end - self._core.retired, stretch * spread), TRAPS * spread)
            self._farthest = max(self._farthest, self.place)
            over = ended not in ("limit", "traps") or self._core.retired >= end
            far = self._core.retired - self._history.last.instruction >= stretch * spread
            if self.place > self._history.last and (far or not over):
                self._history.add(self._snapshot())
            if over:
                return ended

    def changed(self) -> None:
        """Note that somebody has changed the machine by hand: what was to come is to come no more.

        Whoever goes back to before a change has undone it.
        """
        self._history.forget_from(self.place)
        self._history.add(self._snapshot()._replace(changed=True))
        self._farthest = self.place

    # going somewhere: to where it is possible, or nothing changes

    def to_instruction(self, number: int) -> None:
        """Go to where `number` instructions had been retired. Raises TravelError out of bounds."""
        with self._or_stay(number > self._farthest.instruction):
            self._to_instruction(number)

    def to_event(self, number: int) -> None:
        """Go to where `number` events had been told. Raises TravelError out of bounds."""
        with self._or_stay(number > self._farthest.event):
            self._to_event(number)

    def back(self, count: int) -> None:
        """Go `count` instructions back, and on to where the machine stood still. Raises TravelError out of bounds."""
        here = self.place
        target = here.instruction - count
        self._to_instruction(target)
        while self.place >= here and target > self._history.first.instruction:
            target -= 1
            self._to_instruction(target)

    def next(self, wanted: Wanted) -> bool:
        """Go on to the next event that is `wanted`; return whether there is one."""
        try:
            with self._or_stay(True), self._alone(wanted.mask):
                self._run_until(wanted)
        except TravelError:
            return False
        return True

    def previous(self, wanted: Wanted) -> bool:
        """Go back to the last event before this place that is `wanted`; return whether there is one."""
        here = self.place
        events = self._core.events.since(0)[: here.event]
        for number in reversed(wanted.among(events).tolist()):
            if not self._reaches_event(number + 1):
                break
            self._to_event(number + 1)
            if self.place < here:  # else it was told at this very place
                return True
        return False

    def previous_stop(self, visits: Callable[[str], bool] = visit_all, begin: Callable[[], None] = nothing) -> bool:
        """Go back to the last place before this one where a run stops, as `world.control` asks; to the first if none.

        Return whether there is one. `visits` says of a stop whether it is one, given how the run ended; it is asked
        for some in the order of their time, from a place on where `begin` was called. Nothing has changed if it raises.
        """
        here = end = self.place
        reach = NEAR
        with self._or_stay(True):
            while True:
                start = max(here.instruction - reach, self._history.first.instruction)
                last = 0
                self._to_instruction(start)
                began = min(self.place, end)
                begin()
                for number, ended in enumerate(self._stops_until(end, end < here), 1):
                    if visits(ended):
                        last = number
                self._to_instruction(start)
                if last:
                    begin()
                    for number, ended in enumerate(self._stops_until(end, end < here), 1):
                        if visits(ended) and number == last:
                            return True
                if start == self._history.first.instruction:
                    return False
                end, reach = began, 2 * reach

    def previous_step(self, tid: int) -> bool:
        """Go back to before the last instruction of thread `tid`; return whether there is one, as `previous_stop`."""
        with self._alone():
            self._core.world.control.stepping = tid
            return self.previous_stop()

    # how

    def _stops_until(self, end: Place, included: bool) -> Iterator[str]:
        """Run on and yield how the run ended at each stop before `end`, and there if that is `included`."""
        while self.place < end:
            ended = self._see(self.run(max(end.instruction - self._core.retired, 1)))
            if ended in STOPS and (self.place < end or (included and self.place == end)):
                yield ended
            elif ended not in STOPS and ended != "limit":
                return
            self._core.world.control.came = Reason.NONE

    def _to_instruction(self, number: int) -> None:
        first = self._history.first
        if number < first.instruction:
            raise TravelError(f"instruction {number}: the history begins at instruction {first.instruction}")
        self._approach(
            lambda place: place.instruction < number,
            lambda each: each.place.instruction == number and (each.changed or each.place == first),
        )
        if self._core.retired < number:
            with self._alone():
                self._see(self.run(number - self._core.retired))
        if self._core.retired < number:
            raise TravelError(f"instruction {number}: the run ends after instruction {self._core.retired}")

    def _reaches_event(self, number: int) -> bool:
        first = self._history.first
        return number > first.event or first.instruction == 0

    def _to_event(self, number: int) -> None:
        first = self._history.first
        if not self._reaches_event(number):
            raise TravelError(f"event {number}: the history begins after event {first.event}")
        self._approach(
            lambda place: place.event < number,
            lambda each: each.place == first or (each.changed and each.place.event == number),
        )
        left = number - self.place.event
        if left > 0:
            with self._alone():
                self._core.world.control.countdown = left
                self._see(self.run(MOST_INSTRUCTIONS))
        if self.place.event < number:
            raise TravelError(f"event {number}: the run ends after event {self.place.event}")

    def _run_until(self, wanted: Wanted) -> None:
        """Run until after an event that is `wanted`. Raises TravelError where none comes."""
        events = self._core.events
        ended, number = "stop", events.told
        while ended == "stop":
            ended = self._see(self.run(MOST_INSTRUCTIONS))
            self._core.world.control.came = Reason.NONE
            if len(wanted.among(events.since(number))):
                return
            number = events.told
        raise TravelError("no such event comes")

    @staticmethod
    def _see(ended: str) -> str:
        """Return how a run ended. Raises KeyboardInterrupt when it was that."""
        if ended == "interrupt":
            raise KeyboardInterrupt
        return ended

    def _approach(self, fits: Callable[[Place], bool], is_it: Callable[[Snapshot], bool]) -> None:
        """Go to the last snapshot whose place `fits`, to run on from there, or which itself `is_it`.

        Stay here if here is later, and fits.
        """
        found = self._history.latest(lambda each: fits(each.place) or is_it(each))
        assert found is not None, "the first snapshot of a history fits whatever it reaches"
        if not fits(self.place) or self.place < found.place:
            self._restore(found)

    @contextmanager
    def _alone(self, kinds: int = 0) -> Iterator[None]:
        """Let nothing stop runs meanwhile but events of `kinds`, a bit each, and the countdown."""
        record = self._core.world.records["control"]
        asked, held_back = record.copy(), self._core.holds_back
        record[...], self._core.holds_back = 0, frozenset()
        self._core.world.control.kinds = kinds
        try:
            yield
        finally:
            asked["countdown"], asked["came"] = 0, Reason.NONE
            self._core.world.records["control"][...], self._core.holds_back = asked, held_back

    @contextmanager
    def _or_stay(self, risky: bool) -> Iterator[None]:
        """Come back here when what is done meanwhile fails, which only what is `risky` can."""
        here = self._snapshot() if risky else None
        try:
            yield
        except (TravelError, KeyboardInterrupt):
            if here is not None:
                self._restore(here)
            raise

    def _snapshot(self) -> Snapshot:
        return Snapshot(self.place, self._pages.keep(), Memento(self._core))

    def _restore(self, snapshot: Snapshot) -> None:
        """Let the machine be as it was at `snapshot`, but for what is to stop it."""
        core = self._core
        control, held_back = core.world.records["control"].copy(), core.holds_back
        self._pages.restore(snapshot.content)
        core.world.hold_memory()
        core.world.records["control"] = control
        snapshot.objects.restore()
        core.holds_back = held_back
        core.world.tasks["looked"] = core.world.tasks["watched"] = 0  # whoever comes here meets what is here
        if self._history.forget_changes(snapshot.place):
            self._farthest = self.place
