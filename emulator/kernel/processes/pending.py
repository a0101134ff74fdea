"""Signals that have come and not yet taken effect: of a process, or of a thread alone (Linux, `kernel/signal.c`)."""

from collections.abc import Iterable, Iterator

from emulator.kernel.processes.siginfo import SI_USER, Info
from emulator.kernel.processes.signals import FIRST_REAL_TIME, SYNCHRONOUS, bit_of


class Pending:
    """In the order in which they came. Of a signal below `FIRST_REAL_TIME` only the first one is kept."""

    def __init__(self) -> None:
        self._queue: list[Info] = []

    def __iter__(self) -> Iterator[Info]:
        return iter(self._queue)

    def __bool__(self) -> bool:
        return bool(self._queue)

    @property
    def mask(self) -> int:
        """Which signals there are, a bit each."""
        found = 0
        for info in self._queue:
            found |= bit_of(info.signal)
        return found

    def add(self, info: Info) -> None:
        """Let a signal have come."""
        if info.signal >= FIRST_REAL_TIME or not self.mask & bit_of(info.signal):
            self._queue.append(info)

    def take(self, blocked: int, forced: bool = False) -> Info | None:
        """Take out and return the next one not `blocked`; with `forced`, of those alone that an instruction led to.

        Those come first that an instruction can lead to, then the lowest number, then who came first.
        """
        found = [info for info in self._queue if not bit_of(info.signal) & blocked and (not forced or _is_forced(info))]
        if not found:
            return None
        taken = min(found, key=lambda info: (info.signal not in SYNCHRONOUS, info.signal))
        self._queue.remove(taken)
        return taken

    def forget(self, signals: Iterable[int]) -> None:
        """Drop all of these."""
        gone = frozenset(signals)
        self._queue = [info for info in self._queue if info.signal not in gone]


def _is_forced(info: Info) -> bool:
    return info.signal in SYNCHRONOUS and info.code > SI_USER
