"""Address spaces as Python changes them: compiled steps, and between them the answers of other harts.

No frame is given away before `settle` has returned (F43): that order is kept here for every change but those of faults,
which compiled code resolves alone. A space is named by its slot in the kernel's record.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from functools import partial

from emulator.base.bits import HUGE_BYTES, PAGE_BYTES, R, W
from emulator.base.kernel_names import Bug, FlushCause, ForkMode
from emulator.base.names import Access, Trap
from emulator.base.world import World
from emulator.kernel.doors import address_spaces, entries, huge_pages
from emulator.kernel.doors.drive import POPULATE, RECLAIM, SETTLE, drive
from emulator.kernel.invalidation.postponed.queue import ANY, MOST_PIECES
from emulator.kernel.memory.frames import NONE
from emulator.kernel.programs.layout import USER_END
from emulator.kernel.service.regions import Piece, Regions
from emulator.kernel.service.served import ServedHart
from emulator.kernel.steps import collapse
from emulator.world.task import NO_SPACE


class Collapsed(Enum):
    """What has become of pages that were to be huge ones."""

    WHOLE = "all of them are"
    IN_PART = "some were never touched"
    NO_FRAMES = "there were no frames for one"


class Spaces(Regions):
    """All address spaces of a machine, changed by the `hart` that is served.

    `make_room` is called between the many invalidations of one call and must leave room for more of them in the ledger.
    """

    def __init__(self, world: World, hart: ServedHart, make_room: Callable[[], None]) -> None:
        super().__init__(world)
        self._hart = hart
        self.make_ledger_room = make_room

    @contextmanager
    def changing(self, space: int, start: int = 0, end: int = USER_END) -> Iterator[None]:
        """Have the lock of `space` for a change of its regions from `start` to `end` (`kernel/steps/lock.py`)."""
        address_spaces.begin_change(self.world, self._hart.number, space)
        yield
        address_spaces.end_change(self.world, self._hart.number, space, start, end)

    def create(self, pid: int) -> int:
        """Return a new space for process `pid`, or NO_SPACE when memory does not suffice."""
        return int(address_spaces.create_space(self.world, self._hart.number, pid))

    def copy(self, parent: int, pid: int, stack_pointer: int) -> int:
        """Return a space for process `pid` that shows what `parent` does, or NO_SPACE when memory does not suffice.

        `stack_pointer` says where the stack's top is, for `fork=cow-stack`.
        """
        with self.changing(parent):
            if address_spaces.ends_at_fork(self.world):
                self.catch_up(parent)
            space = self._copied(parent, pid, stack_pointer)
            while space == NO_SPACE and self.make_room():
                space = self._copied(parent, pid, stack_pointer)
        return space

    def _copied(self, parent: int, pid: int, stack_pointer: int) -> int:
        child = self.create(pid)
        if child == NO_SPACE:
            return NO_SPACE
        count = int(self.world.space[parent]["regions"])
        step = int(address_spaces.regions_at_once(self.world)) or max(count, 1)
        address_spaces.begin_fork(self.world, self._hart.number)
        done = True
        for first in range(0, count, step):
            done = bool(
                address_spaces.fork_regions(
                    self.world, self._hart.number, parent, child, first, first + step, stack_pointer
                )
            )
            self.settle()
            if not done:
                break
        address_spaces.finish_fork(self.world, self._hart.number, parent, child, int(done))
        if done:
            return child
        if self.world.policy.bug != Bug.FORK_FAILS_LEAKING:
            self.drop(child)
        return NO_SPACE

    def share(self, space: int) -> None:
        """Count one more user of `space` (CLONE_VM)."""
        address_spaces.share_space(self.world, space)

    def drop(self, space: int) -> None:
        """Count one user of `space` less; with the last one all that it holds is given back."""
        if address_spaces.leave_space(self.world, self._hart.number, space):
            self.settle()
            address_spaces.free_space(self.world, self._hart.number, space)

    def split_ends(self, space: int, start: int, end: int) -> None:
        """Split the huge pages of `space` that `start` and `end` cut: what changes from here on is no part of one."""
        if self.world.space[space].huge:
            for va in (start, end):
                if huge_pages.cuts_huge(self.world, self._hart.number, space, va):
                    huge_pages.begin_split(self.world, self._hart.number, space, va)
                    self.settle()
                    huge_pages.finish_split(self.world, self._hart.number, space, va)

    def own_tables(self, space: int, start: int, end: int) -> bool:
        """Let `space` have the page tables of `start` to `end` for itself (`kernel/steps/shared_tables.py`).

        Whoever changes PTEs asks this first. Returns whether there was memory for the copies; those made stay.
        """
        if self.world.policy.fork_mode != ForkMode.SHARED_TABLES:
            return True
        hart = self._hart.number
        va = int(address_spaces.next_shared(self.world, hart, space, start, end))
        while va < end:
            if not self.in_want(partial(address_spaces.begin_own, self.world, hart, space, va)):
                return False
            self.settle()
            address_spaces.finish_own(self.world, hart, space, va)
            self.make_ledger_room()
            va = int(address_spaces.next_shared(self.world, hart, space, va, end))
        return True

    def collapse(self, space: int, start: int, end: int) -> Collapsed:
        """Make huge pages of the small ones from `start` to `end` of `space`, multiples of 2 MiB, where there are some.

        What nobody has touched stays so, and the first that finds no frames is the last.
        """
        whole = True
        with self.changing(space, start, end):
            if not self.own_tables(space, start, end):
                return Collapsed.NO_FRAMES
            for va in range(start, end, HUGE_BYTES):
                found = int(huge_pages.mapped_by(self.world, self._hart.number, space, va))
                if found == collapse.SMALL:
                    head = int(huge_pages.begin_collapse(self.world, self._hart.number, space, va))
                    if head == NONE:
                        return Collapsed.NO_FRAMES
                    self.settle()
                    huge_pages.finish_collapse(self.world, self._hart.number, space, va, head)
                    self.make_ledger_room()
                whole = whole and found != collapse.UNTOUCHED
        return Collapsed.WHOLE if whole else Collapsed.IN_PART

    def change_traits(self, space: int, start: int, end: int, put: int = 0, take: int = 0) -> bool:
        """Let the regions from `start` to `end` have the traits `put` and not `take`; return whether there was room."""
        with self.changing(space, start, end):
            self.split_ends(space, start, end)
            return bool(address_spaces.change_traits(self.world, space, start, end, int(put), int(take)))

    def populate(self, space: int, start: int, end: int, write: bool | None = None) -> bool:
        """Map the pages from `start` to `end` of `space`, which the hart is in; return whether all could be.

        They are mapped for a write or a read, or, by default, for a write where that is private and may be.
        """
        for piece in self.pieces(space, start, end):
            for_write = piece.prot & W and not piece.shared if write is None else write
            access = Access.STORE if for_write else Access.LOAD if piece.prot & (R | W) else Access.FETCH
            self._hart.prepare(piece.start, access)
            while self._hart.fault_va < piece.end:
                pages = (piece.end - self._hart.fault_va) // PAGE_BYTES
                if drive(self.world, POPULATE, self._hart.number, pages) != Trap.NONE:
                    return False
                self.make_ledger_room()
        return True

    def protect(self, space: int, start: int, end: int, prot: int) -> bool:
        """Let `start` to `end` allow `prot`; return whether there was room for the regions that this makes."""
        with self.changing(space, start, end):
            if not self.own_tables(space, start, end):
                return False
            self.split_ends(space, start, end)
            done = bool(address_spaces.protect_range(self.world, self._hart.number, space, start, end, prot))
            self.settle()
        return done

    def replace(self, space: int, start: int, end: int) -> bool:
        """Unmap what another mapping takes the place of (MAP_FIXED), at once: its addresses are used again."""
        with self.changing(space, start, end):
            return self._unmap(space, start, end, False, FlushCause.REPLACE)

    def unmap(self, space: int, start: int, end: int, postpone: bool = False) -> bool:
        """Unmap `start` to `end`, splitting regions (F67); return whether there was room for those that remain.

        With `postpone` frames and addresses may be held until other harts have dropped what is in their TLBs.
        """
        address_spaces.begin_change(self.world, self._hart.number, space)
        done = self._unmap(space, start, end, postpone, FlushCause.UNMAP)
        address_spaces.end_reading(self.world, self._hart.number, space)
        return done

    def _unmap(self, space: int, start: int, end: int, postpone: bool, cause: FlushCause) -> bool:
        if self.world.policy.bug == Bug.UNMAP_WHOLE_REGION and cause is FlushCause.UNMAP:
            for piece in self.pieces(space, start, end):
                start, end = min(start, piece.region_start), max(end, piece.region_end)
        postpone = postpone and self._may_postpone(self.pieces(space, start, end))
        if not postpone and address_spaces.is_held(self.world, space, start, end):
            self.catch_up(space)
        if not self.own_tables(space, start, end):
            return False
        self.split_ends(space, start, end)
        if not self.in_want(lambda: bool(address_spaces.split_range(self.world, space, start, end))):
            return False
        if postpone:
            address_spaces.hold_range(self.world, self._hart.number, space, start, end)
            if address_spaces.must_hurry(self.world, self._hart.number, space):
                self.catch_up(space)
            return True
        self.discard(space, start, end, cause, for_good=True)
        address_spaces.remove_regions(self.world, self._hart.number, space, start, end)
        return True

    def _may_postpone(self, pieces: list[Piece]) -> bool:
        """Return whether harts may learn later that these pieces are unmapped."""
        if not address_spaces.postpones(self.world) or len(pieces) > MOST_PIECES:
            return False
        return bool(address_spaces.postpones_writable(self.world)) or all(piece.prot & W == 0 for piece in pieces)

    def discard(self, space: int, start: int, end: int, cause: FlushCause, for_good: bool = False) -> bool:
        """Drop the pages from `start` to `end`: clear, flush, wait, and only then give their frames back.

        Where the regions go `for_good`, the last of these flushes is for the page tables, too. Returns whether there
        was memory for the page tables that had to be copied first.
        """
        if not self.own_tables(space, start, end):
            return False
        self.split_ends(space, start, end)
        for first, last in self.batches(start, end):
            low = start if for_good and last == end else last
            address_spaces.begin_unmap(self.world, self._hart.number, space, first, last, cause.value, low)
            if self.world.policy.bug == Bug.FREE_FIRST:
                address_spaces.drop_pages(self.world, self._hart.number, space, first, last, low)
            self.settle()
            address_spaces.drop_pages(self.world, self._hart.number, space, first, last, low)
            self.make_ledger_room()
        address_spaces.end_reading(self.world, self._hart.number, space)
        return True

    def batches(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the pieces of a range that are flushed at once (mmu_gather)."""
        size = int(address_spaces.pages_at_once(self.world)) * PAGE_BYTES or end - start
        for first in range(start, end, size):
            yield first, min(first + size, end)

    def settle(self) -> None:
        """Let the harts that were told of an invalidation answer, before anything that it covers is given away."""
        if self.world.request.tolds:
            drive(self.world, SETTLE, self._hart.number, 0)

    def catch_up(self, space: int = ANY) -> bool:
        """Get back what is held of `space`, or of ANY, from harts that postpone invalidations; False: nothing is."""
        if not self.world.postponed.queued:
            return False
        address_spaces.begin_hurry(self.world, self._hart.number, space)
        self.settle()
        address_spaces.give_back(self.world, self._hart.number)
        return True

    def make_room(self) -> bool:
        """Get frames back: those that are held, or else by taking pages away; return whether there are any more now."""
        if self.catch_up():
            return True
        if not self.world.swap.slots:
            return False
        self.make_ledger_room()
        return bool(drive(self.world, RECLAIM, self._hart.number, 0) == Trap.NONE)

    def new_frame(self) -> int:
        """Return a frame of zeros with one reference, or NONE when there is none to be had."""
        frame = NONE
        while frame == NONE:
            frame = int(entries.new_frame(self.world, self._hart.number))
            if frame == NONE and not self.make_room():
                break
        return frame

    def in_want(self, attempt: Callable[[], int]) -> int:
        """Return what `attempt` does; while that is nothing it is repeated once with all that was held given back."""
        return attempt() or (self.catch_up() and attempt())
