"""What has become of frames: given back, handed out again, mapped at another place; and who remembers them."""

from collections.abc import Iterator
from typing import NamedTuple

from emulator.audit.memory import Write
from emulator.audit.remembered import Entry
from emulator.base.bits import LARGEST, R, V, X, page_bytes
from emulator.base.kernel_names import Mistake
from emulator.paging.riscv import target_of

MANY = 64  # entries of a frame from which those that have gone are looked for


class Fate(NamedTuple):
    """What became of a frame, and the record that says so."""

    mistake: Mistake
    number: int


class Frames:
    """The frames that a log speaks of, by address."""

    def __init__(self) -> None:
        self.fates: dict[int, Fate] = {}
        self.mapped: dict[int, Write] = {}
        self.entries: dict[int, list[Entry]] = {}

    def map(self, write: Write) -> None:
        """Note the frame that a PTE maps from now on."""
        if write.value & V and write.value & (R | X):
            self.mapped[target_of(write.value, 0)] = write

    def free(self, frame: int, number: int) -> None:
        """Note that a frame is given back."""
        self.fates[frame] = Fate(Mistake.FREED_FIRST, number)

    def take(self, frame: int, number: int) -> None:
        """Note that a frame is handed out again."""
        self.fates[frame] = Fate(Mistake.HANDED_OUT, number)

    def remember(self, entry: Entry) -> None:
        """Note who remembers a frame."""
        some = self.entries.setdefault(target_of(entry.pte, entry.level), [])
        if len(some) >= MANY:
            some[:] = [entry for entry in some if not entry.gone]
        some.append(entry)

    def holders(self, frame: int) -> Iterator[Entry]:
        """Yield the entries through which `frame` can be reached."""
        for level in range(LARGEST + 1):
            for entry in self.entries.get(frame - frame % page_bytes(level), ()):
                if entry.level == level and not entry.gone:
                    yield entry

    def fate(self, entry: Entry, page: int, since: int, unmapped: bool) -> Fate | None:
        """Return what became of the page that an entry, stale since record `since`, leads to; None: nothing.

        Mapped elsewhere counts only where the entry's own PTE has given it up (`unmapped`): frames may be shared.
        """
        fate = self.fates.get(page)
        if fate is not None and fate.number > entry.filled:
            return fate
        mapped = self.mapped.get(target_of(entry.pte, entry.level))
        if unmapped and mapped is not None and mapped.number > since:
            return Fate(Mistake.HANDED_OUT, mapped.number)
        return None
