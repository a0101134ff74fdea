"""A machine's history: snapshots of it, in the order of their time, in bounded memory.

When they take more than they may, every second one goes: then it is twice as far from one to the next, and the first
stays, so that every time can still be reached. Only what was changed by hand cannot be left out.
"""

from collections.abc import Callable
from typing import NamedTuple

from emulator.base.bits import PAGE_BYTES
from emulator.base.errors import ConfigError
from emulator.config.sizes import size_text
from emulator.machine.memento import Memento
from emulator.machine.pages import Content

ENTRY_BYTES = 100  # that a page's place in a snapshot takes, about, beside its content


class Place(NamedTuple):
    """A time at which the machine stood still: instructions that all harts had retired, events that had been told."""

    instruction: int
    event: int


class Snapshot(NamedTuple):
    """A machine at `place`: its bytes, and what the kernel's Python objects held.

    One that was taken because the machine was `changed` by hand is what stands at that place; no run comes there.
    """

    place: Place
    content: Content
    objects: Memento
    changed: bool = False


class History:
    """Snapshots of one machine that take up to `most` bytes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._snapshots: list[Snapshot] = []
        self._sizes: list[int] = []
        self.spread = 1  # how many times as far apart they are as they were at first

    @property
    def first(self) -> Place:
        """Where it begins."""
        return self._snapshots[0].place

    @property
    def last(self) -> Place:
        """Where the last snapshot was taken."""
        return self._snapshots[-1].place

    def add(self, snapshot: Snapshot) -> None:
        """Keep `snapshot`, which is later than all others. Raises ConfigError when not even the first one has room."""
        self._snapshots.append(snapshot)
        self._sizes.append(self._size(len(self._snapshots) - 1))
        if len(self._snapshots) == 1 and self._sizes[0] > self._most:
            raise ConfigError(
                f"history: {size_text(self._most)} is too little: one snapshot of this machine takes "
                f"{size_text(-(-self._sizes[0] >> 10) << 10)}; twice that, or more, is right"
            )
        while sum(self._sizes) > self._most and len(self._snapshots) > 1:
            self._thin_out()

    def latest(self, fits: Callable[[Snapshot], bool]) -> Snapshot | None:
        """Return the last snapshot that `fits`, or None."""
        return next((each for each in reversed(self._snapshots) if fits(each)), None)

    def forget_changes(self, place: Place) -> bool:
        """Forget what was changed by hand after `place`, and what came of it; return whether there was any."""
        change = next((each for each in self._snapshots if each.changed and each.place > place), None)
        if change is not None:
            self.forget_from(change.place)
        return change is not None

    def forget_from(self, place: Place) -> None:
        """Forget the snapshots at `place` and later."""
        while self._snapshots and self._snapshots[-1].place >= place:
            self._snapshots.pop()
            self._sizes.pop()

    def _size(self, number: int) -> int:
        """Return what a snapshot takes beyond what it shares with the one before it, in bytes."""
        content, objects = self._snapshots[number].content, self._snapshots[number].objects
        before = self._snapshots[number - 1].content if number else {}
        new = sum(before.get(page) is not found for page, found in content.items())
        return new * PAGE_BYTES + len(content) * ENTRY_BYTES + objects.size

    def _thin_out(self) -> None:
        """Let every second snapshot go; where all that could go were changed by hand, let the history begin later."""
        kept = [each for number, each in enumerate(self._snapshots) if each.changed or number % 2 == 0]
        self._snapshots = kept if len(kept) < len(self._snapshots) else self._snapshots[1:]
        self._sizes = [self._size(number) for number in range(len(self._snapshots))]
        self.spread *= 2
