"""Futexes: threads that wait until a word of user memory is announced to have changed (Linux, futex(2))."""

from emulator.kernel.thread import Thread

Key = tuple[int, int]  # an address space and an address in it; for shared memory, 0 and the place of the word


class Futexes:
    """The waiting threads by the word they wait at, the longest-waiting first."""

    def __init__(self) -> None:
        self._waiting: dict[Key, list[Thread]] = {}

    def wait(self, key: Key, thread: Thread) -> None:
        """Let `thread` wait at `key`."""
        self._waiting.setdefault(key, []).append(thread)

    def waits(self, key: Key, thread: Thread) -> bool:
        """Return whether `thread` has not been woken yet."""
        return thread in self._waiting.get(key, ())

    def wake(self, key: Key, most: int) -> list[Thread]:
        """Take out and return up to `most` threads that wait at `key`."""
        waiting = self._waiting.get(key, [])
        woken, left = waiting[:most], waiting[most:]
        if left:
            self._waiting[key] = left
        else:
            self._waiting.pop(key, None)
        return woken

    def forget(self, thread: Thread) -> None:
        """Let `thread`, which ends, wait no more."""
        for key in [key for key, waiting in self._waiting.items() if thread in waiting]:
            self._waiting[key].remove(thread)
