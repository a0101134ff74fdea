"""Address spaces as Python changes them: compiled steps, and between them the answers of other harts.

No frame is given away before `settle` has returned (F43): that order is kept here for every change but those of faults,
which compiled code resolves alone. A space is named by its slot in the kernel's record.
"""

from collections.abc import Callable, Iterator

from emulator.base.bits import PAGE_BYTES
from emulator.base.names import Bug, FlushCause
from emulator.base.world import World
from emulator.hardware.state import NO_SPACE
from emulator.kernel import entries
from emulator.kernel.drive import SETTLE, drive
from emulator.kernel.invalidation.postponed import ANY
from emulator.kernel.served import ServedHart


class Spaces:
    """All address spaces of a machine, changed by the `hart` that is served.

    `make_room` is called between the many invalidations of one call and must leave room for more of them in the ledger.
    """

    def __init__(self, world: World, hart: ServedHart, make_room: Callable[[], None]) -> None:
        self.world = world
        self._hart = hart
        self._record = world.kernels
        self._make_room = make_room

    def create(self, pid: int) -> int:
        """Return a new space for process `pid`, or NO_SPACE when memory does not suffice."""
        return int(entries.create_space(self.world, self._hart.number, pid))

    def copy(self, parent: int, pid: int, stack_pointer: int) -> int:
        """Return a space for process `pid` that shows what `parent` does, or NO_SPACE when memory does not suffice.

        `stack_pointer` says where the stack's top is, for `fork=cow-stack`.
        """
        if self._record["batch"][0]:
            self.catch_up(parent)
        space = self._copied(parent, pid, stack_pointer)
        if space == NO_SPACE and self.catch_up():
            space = self._copied(parent, pid, stack_pointer)
        return space

    def _copied(self, parent: int, pid: int, stack_pointer: int) -> int:
        child = self.create(pid)
        if child == NO_SPACE:
            return NO_SPACE
        count = int(self._record["space"][0, parent]["regions"])
        step = 1 if self._record["fork_regions"][0] else max(count, 1)
        entries.begin_fork(self.world, self._hart.number)
        done = True
        for first in range(0, count, step):
            done = bool(
                entries.fork_regions(self.world, self._hart.number, parent, child, first, first + step, stack_pointer)
            )
            self.settle()
            if not done:
                break
        entries.finish_fork(self.world, self._hart.number, parent, child, int(done))
        if done:
            return child
        self.drop(child)
        return NO_SPACE

    def share(self, space: int) -> None:
        """Count one more user of `space` (CLONE_VM)."""
        entries.share_space(self.world, space)

    def drop(self, space: int) -> None:
        """Count one user of `space` less; with the last one all that it holds is given back."""
        if entries.leave_space(self.world, self._hart.number, space):
            self.settle()
            entries.free_space(self.world, self._hart.number, space)

    def name(self, space: int, va: int) -> tuple[int, int]:
        """Return what names the byte at `va` of `space`: shared memory is named alike everywhere."""
        place = int(entries.shared_place(self.world, space, va))
        return (0, place) if place else (space + 1, va)

    def heap(self, space: int) -> tuple[int, int]:
        """Return where the heap of `space` begins and ends (brk)."""
        record = self._record["space"][0, space]
        return int(record["brk_start"]), int(record["brk"])

    def set_heap(self, space: int, end: int) -> None:
        """Set where the heap of `space` ends."""
        self._record["space"][0, space]["brk"] = end

    def protect(self, space: int, start: int, end: int, prot: int) -> bool:
        """Let `start` to `end` allow `prot`; return whether there was room for the regions that this makes."""
        done = bool(entries.protect_range(self.world, self._hart.number, space, start, end, prot))
        self.settle()
        return done

    def unmap(self, space: int, start: int, end: int, postpone: bool = False) -> bool:
        """Unmap `start` to `end`, splitting regions (F67); return whether there was room for those that remain.

        With `postpone` frames and addresses may be held until other harts have dropped what is in their TLBs.
        """
        postpone = postpone and bool(self._record["latr"][0] or self._record["batch"][0])
        if not postpone and entries.is_held(self.world, space, start, end):
            self.catch_up(space)
        if not self.in_want(lambda: bool(entries.split_range(self.world, space, start, end))):
            return False
        if postpone:
            entries.hold_range(self.world, self._hart.number, space, start, end)
            if entries.must_hurry(self.world, self._hart.number, space):
                self.catch_up(space)
            return True
        self.discard(space, start, end, FlushCause.UNMAP)
        entries.remove_regions(self.world, self._hart.number, space, start, end)
        return True

    def discard(self, space: int, start: int, end: int, cause: FlushCause) -> None:
        """Drop the pages from `start` to `end`: clear, flush, wait, and only then give their frames back."""
        for first, last in self._batches(start, end):
            entries.begin_unmap(self.world, self._hart.number, space, first, last, cause.value)
            if self._record["bug"][0] == Bug.FREE_FIRST:
                entries.drop_pages(self.world, self._hart.number, space, first, last)
            self.settle()
            entries.drop_pages(self.world, self._hart.number, space, first, last)
            self._make_room()

    def _batches(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the pieces of a range that are flushed at once (mmu_gather)."""
        size = int(self._record["gather"][0]) * PAGE_BYTES or end - start
        for first in range(start, end, size):
            yield first, min(first + size, end)

    def settle(self) -> None:
        """Let the harts that were told of an invalidation answer, before anything that it covers is given away."""
        if self._record["tolds"][0]:
            drive(self.world, SETTLE, self._hart.number, 0)

    def catch_up(self, space: int = ANY) -> bool:
        """Get back what is held of `space`, or of ANY, from harts that postpone invalidations; False: nothing is."""
        if not self._record["queued"][0]:
            return False
        entries.begin_hurry(self.world, self._hart.number, space)
        self.settle()
        entries.give_back(self.world, self._hart.number)
        return True

    def in_want(self, attempt: Callable[[], int]) -> int:
        """Return what `attempt` does; while that is nothing it is repeated once with all that was held given back."""
        return attempt() or (self.catch_up() and attempt())
