"""Futexes: threads that wait until a word of user memory is announced to have changed (Linux, futex(2)).

A word is named by what it is in: a shared object and an offset, for all who map it; else an address space and an
address (F76).
"""

import errno
from dataclasses import dataclass

from emulator.base.bits import W
from emulator.base.kernel_names import Backing
from emulator.hardware.turns import FAR
from emulator.kernel.processes.hart_time import HartTime
from emulator.kernel.processes.process import Thread, Wait, restarts
from emulator.kernel.programs.layout import USER_END
from emulator.kernel.service.served import ServedHart
from emulator.kernel.service.spaces import Spaces
from emulator.kernel.service.usercopy import BadAddress

ANY_BIT = 0xFFFFFFFF


@dataclass(frozen=True)
class Key:
    """What names a futex: `private` ones are told apart from those that other processes might share."""

    private: bool
    shared: bool  # `owner` is a shared object, `offset` one in it; else an address space and an address
    owner: int
    offset: int


@dataclass(eq=False)
class _Waiter:
    thread: Thread
    bits: int


class Futexes:
    """The waiting threads by the word they wait at, the longest-waiting first."""

    def __init__(self, spaces: Spaces, hart: ServedHart, time: HartTime) -> None:
        self._spaces, self._hart, self._time = spaces, hart, time
        self._waiting: dict[Key, list[_Waiter]] = {}

    def key(self, space: int, va: int, private: bool) -> Key:
        """Return what names the futex at `va` of `space` (F76). Raises BadAddress where there can be none."""
        if not 0 <= va < USER_END:
            raise BadAddress
        if private:
            return Key(private, False, space, va)
        pieces = self._spaces.pieces(space, va, va + 1)
        if not pieces:
            raise BadAddress
        piece = pieces[0]
        if not piece.prot or (piece.backing == Backing.ZEROS and not piece.prot & W):
            raise BadAddress  # Linux: a page of one's own that may not be written is no place to meet
        if piece.shared:
            return Key(private, True, piece.object, piece.object_offset + va - piece.region_start)
        return Key(private, False, space, va)

    def wait(self, key: Key, bits: int, until: int) -> None:
        """Let the running thread wait until the futex `key` is woken for one of `bits`, or until cycle `until`."""
        thread = self._time.running
        self._waiting.setdefault(key, []).append(_Waiter(thread, bits))

        def look() -> int | None:
            if not self._waits(thread):
                return 0
            if self._hart.clock < until:
                return None
            self.forget(thread)
            return -errno.ETIMEDOUT

        self._time.block(thread, look, Wait.FUTEX, until, restarts if until == FAR else lambda: -errno.EINTR)

    def _waits(self, thread: Thread) -> bool:
        return any(waiter.thread is thread for waiting in self._waiting.values() for waiter in waiting)

    def wake(self, key: Key, most: int, bits: int = ANY_BIT) -> int:
        """Wake up to `most` threads that wait at `key` for one of `bits`; return how many."""
        waiting = self._waiting.get(key, [])
        woken = [waiter for waiter in waiting if waiter.bits & bits][: max(most, 0)]
        self._keep(key, [waiter for waiter in waiting if waiter not in woken])
        for waiter in woken:
            self._time.make_ready(waiter.thread)
        return len(woken)

    def move(self, key: Key, target: Key, most: int) -> int:
        """Let up to `most` threads that wait at `key` wait at `target`; return how many."""
        waiting = self._waiting.get(key, [])
        moved, left = waiting[: max(most, 0)], waiting[max(most, 0) :]
        self._keep(key, left)
        if moved:
            self._waiting.setdefault(target, []).extend(moved)
        return len(moved)

    def forget(self, thread: Thread) -> None:
        """Let `thread`, which ends or has waited long enough, wait no more."""
        for key in list(self._waiting):
            self._keep(key, [waiter for waiter in self._waiting[key] if waiter.thread is not thread])

    def _keep(self, key: Key, waiting: list[_Waiter]) -> None:
        if waiting:
            self._waiting[key] = waiting
        else:
            self._waiting.pop(key, None)
