"""Futexes: threads that wait until a word of user memory is announced to have changed (Linux, futex(2)).

A word is named by what it is in: a shared object and an offset, for all who map it; else an address space and an
address (F76).
"""

from dataclasses import dataclass

from emulator.kernel.thread import Thread

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

    def __init__(self) -> None:
        self._waiting: dict[Key, list[_Waiter]] = {}

    def wait(self, key: Key, thread: Thread, bits: int = ANY_BIT) -> None:
        """Let `thread` wait at `key` to be woken with one of `bits`."""
        self._waiting.setdefault(key, []).append(_Waiter(thread, bits))

    def waits(self, thread: Thread) -> bool:
        """Return whether `thread` has not been woken yet."""
        return any(waiter.thread is thread for waiting in self._waiting.values() for waiter in waiting)

    def wake(self, key: Key, most: int, bits: int = ANY_BIT) -> list[Thread]:
        """Take out and return up to `most` threads that wait at `key` for one of `bits`."""
        waiting = self._waiting.get(key, [])
        woken = [waiter for waiter in waiting if waiter.bits & bits][: max(most, 0)]
        self._keep(key, [waiter for waiter in waiting if waiter not in woken])
        return [waiter.thread for waiter in woken]

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
