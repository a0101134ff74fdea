"""What a run is to say beside its events: the marks that programs made, and calls that mean nothing here."""

import errno

from emulator.base.names import Counter
from emulator.base.world import World
from emulator.config.limits import MOST_ACCOUNTS
from emulator.kernel.accounts.marks import Mark, snapshot
from emulator.kernel.service.served import ServedHart


class Notes:
    """`marks` in order; `unknown_calls`: how often each number without a meaning was called."""

    def __init__(self, world: World, hart: ServedHart) -> None:
        self._world, self._hart = world, hart
        self.marks: list[Mark] = []
        self.unknown_calls: dict[int, int] = {}

    def mark(self, number: int) -> None:
        """Keep what every hart has counted and spent so far, if there is room for it; it takes no time."""
        self._hart.skip_call()
        room = len(self.marks) * len(self._world.harts) < MOST_ACCOUNTS
        if room:
            self.marks.append(snapshot(number, self._hart.number, self._world))
        self._hart.set_result(0 if room else -errno.ENOSPC)

    def unknown(self, number: int) -> None:
        """Count a system call, by its number, that means nothing here."""
        self._hart.count(Counter.SYSCALL_UNKNOWN)
        self.unknown_calls[number] = self.unknown_calls.get(number, 0) + 1
