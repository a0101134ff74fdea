"""The tracks of a timeline, and those that are made when they are first needed."""

from typing import Protocol


class Declares(Protocol):
    """What writes down that there is a track."""

    def declare(self, uuid: int, name: str, parent: int, rank: int) -> None:
        """Write down a track of that name, in place `rank` below its parent, 0 for none."""

    def declare_counter(self, uuid: int, name: str, parent: int) -> None:
        """Write down the track of a counter."""

    def declare_process(self, uuid: int, pid: int, name: str) -> None:
        """Write down the track of a process."""

    def declare_thread(self, uuid: int, pid: int, tid: int) -> None:
        """Write down the track of a thread, which belongs to its process by its numbers."""


class Tracks:
    """Numbers tracks in the order in which they are made; each is declared when it is."""

    def __init__(self, out: Declares) -> None:
        self._out = out
        self._count = 0

    def new(self, name: str, parent: int = 0, rank: int = 0) -> int:
        """Return a new track."""
        self._out.declare(self._next(), name, parent, rank)
        return self._count

    def counter(self, name: str, parent: int) -> int:
        """Return a new track of a counter."""
        self._out.declare_counter(self._next(), name, parent)
        return self._count

    def process(self, pid: int, name: str) -> int:
        """Return a new track of a process."""
        self._out.declare_process(self._next(), pid, name)
        return self._count

    def thread(self, pid: int, tid: int) -> int:
        """Return a new track of a thread."""
        self._out.declare_thread(self._next(), pid, tid)
        return self._count

    def _next(self) -> int:
        self._count += 1
        return self._count


class Lanes:
    """Tracks below each of `parents`, as many as slices overlap: on one track they may not."""

    def __init__(self, tracks: Tracks, name: str, parents: list[int]) -> None:
        self._tracks, self._name, self._parents = tracks, name, parents
        self._lanes: dict[int, dict[int, int]] = {}  # by place of the parent: when each track is free again

    def take(self, parent: int, begin: int, end: int) -> int:
        """Return a track below `parents[parent]` that is free from cycle `begin` on; it is taken until `end`.

        Those who take tracks come in order of time.
        """
        lanes = self._lanes.setdefault(parent, {})
        track = next((track for track, free in lanes.items() if free <= begin), 0)
        if not track:
            track = self._tracks.new(self._name, self._parents[parent])
        lanes[track] = end
        return track
