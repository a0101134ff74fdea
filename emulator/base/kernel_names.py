"""The kernel's own words: regions and what backs them, choices, causes of invalidations, mistakes."""

from enum import IntEnum, unique


class RegionKind(IntEnum):
    """What a region of an address space is for."""

    ANONYMOUS = 0
    STACK = 1
    HEAP = 2
    TEXT = 3
    RODATA = 4
    DATA = 5
    BSS = 6
    HELD = 7  # unmapped; other harts have still to drop it
    FILE = 8
    VDSO = 9  # the kernel's own code, which handlers of signals return to


class Backing(IntEnum):
    """What a page of a region holds that no PTE maps."""

    ZEROS = 0
    OBJECT = 1  # memory that all sharers see, zeros at first
    IMAGE = 2  # the bytes of a program's file
    FILE = 3  # the page of a file, for all who map it or read and write it by calls


class Cached(IntEnum):
    """What a frame is beside a page that is mapped; SLOT less n: swap slot n has the page, too."""

    NOT = 0
    MERGED = -1  # several pages that were equal (`ksm`)
    LAZY = -2  # given up by MADV_FREE, unless it is written to again
    SLOT = -2


@unique
class Trait(IntEnum):
    """What else is true of a region: bits."""

    GROWS = 1  # it grows down to an access below it (MAP_GROWSDOWN)
    LOCKED = 2  # its pages stay (mlock)
    DONT_FORK = 4  # a child gets none of it (MADV_DONTFORK)
    WIPE_ON_FORK = 8  # a child finds it untouched (MADV_WIPEONFORK)
    HUGE = 16  # huge pages are wanted (MADV_HUGEPAGE)
    NO_HUGE = 32  # they are not (MADV_NOHUGEPAGE)
    HUGETLB = 64  # it has no others (MAP_HUGETLB)
    READ_ONLY = 128  # it shares a file that was opened for reading: mprotect makes it no more
    MERGEABLE = 256  # equal pages may become one (MADV_MERGEABLE)


class Huge(IntEnum):
    """Where a fault maps a huge page, if it can."""

    NEVER = 0
    MADVISE = 1  # where the program has asked for that
    ALWAYS = 2  # where it has not asked for small ones


class ForkMode(IntEnum):
    """What fork does with private writable pages (F5, F8)."""

    COW = 0  # share them, read-only on both sides
    EAGER = 1  # copy them all
    COW_STACK = 2  # share them, but copy the page that the stack pointer is in
    SHARED_TABLES = 3  # share them, and the last-level page tables that map them


class Locks(IntEnum):
    """What a hart waits for before its kernel works on an address space."""

    SPACE = 0  # until nobody else does
    MMAP = 1  # who changes regions for everybody; faults and discarding for those that change them
    VMA = 2  # the same, but a fault for those alone that change its own region


class Oom(IntEnum):
    """Whose process ends when a fault finds no frame."""

    SELF = 0  # the one that wants it
    LARGEST = 1  # the one that has most


class FlushCause(IntEnum):
    """The kernel's step that made an invalidation necessary."""

    COPY = 0  # a copy-on-write fault that copied
    REUSE = 1  # one that made the page writable again
    FILL = 2  # a frame of zeros in the place of the page of zeros
    UPGRADE = 3  # a PTE that grants more
    SPURIOUS = 4  # none: an entry that granted less than its PTE
    UNMAP = 5
    PROTECT = 6
    FORK = 7
    DISCARD = 8  # madvise(MADV_DONTNEED)
    EXIT = 9  # the address space is taken down
    SWITCH = 10  # a hart enters an address space that it has missed invalidations of
    ROLLOVER = 11  # ASIDs ran out
    SWEEP = 12  # a postponed invalidation is carried out
    BARRIER = 13  # none: membarrier(2)
    REPLACE = 14  # a mapping takes the place of another (MAP_FIXED)
    HOST = 15  # a host that had preempted a hart drops what that has missed (pv-flush)
    SPLIT = 16  # a huge page becomes small ones
    COLLAPSE = 17  # small pages become a huge one
    TRUNCATE = 18  # a file has become shorter
    TABLE = 19  # a page table that was shared is one's own again
    RECLAIM = 20  # pages are taken away: for want of frames, or because madvise asks for it
    LAZY = 21  # madvise(MADV_FREE): D is cleared
    MERGE = 22  # equal pages become one
    MOVE = 23  # mremap moves pages to other addresses


class Bug(IntEnum):
    """Wrong kernels, each with one mistake: up to 20 in invalidation, for the stale-entry checker to find."""

    NONE = 0
    MISSING_REMOTE = 1
    EARLY_ACK = 2
    NO_WAIT = 3
    FREE_FIRST = 4
    LATE_FILL = 5
    COW_NO_LOCAL = 6
    UNMARKED_DISCARD = 7
    UNMARKED_FIXED = 8
    ROLLOVER_NO_FLUSH = 9
    LOST_HOLDER = 10
    INSTALL_BEFORE_FLUSH = 11
    FLUSH_FIRST = 12
    KEPT_ASID_REUSED = 13
    FIRST_PAGE_ONLY = 14
    FORK_LOCAL_FLUSH = 15
    LAZY_RETURN_NO_FLUSH = 16
    GEN_RETURN_NO_FLUSH = 17
    EARLY_FRAMES = 18
    LATE_ACCESSED_BIT = 19
    TABLES_BY_PAGE = 20
    REUSE_BY_MAPS = 21
    FREED_AT_ONE = 22
    FORK_UNCOUNTED = 23
    SPLIT_UNCOUNTED = 24
    TABLES_KEPT = 25
    PARENT_WRITABLE = 26
    CHILD_WRITABLE = 27
    WIPE_IGNORED = 28
    FORK_FAILS_UNFLUSHED = 29
    FORK_FAILS_LEAKING = 30
    COW_ANY_REGION = 31
    SHARED_COPIED = 32
    SHARED_ZERO = 33
    SPURIOUS_COPIED = 34
    ZERO_REUSED = 35
    DIRTY_LOST = 36
    DROPPED_BEFORE_COPY = 37
    CLEARED_IN_VAIN = 38
    COPIED_NEXT = 39
    HALF_COPIED = 40
    UNCLEARED = 41
    FILE_AS_ZEROS = 42
    COPYOUT_IGNORES_W = 43
    PROTECT_AT_ONCE = 44
    UNMAP_WHOLE_REGION = 45
    EXEC_LEAKS = 46
    SWAP_IN_LOSING_D = 47
    MOVED_UNFLUSHED = 48


class Mistake(IntEnum):
    """What was done wrong where an entry was used that memory no longer grants, by kernel or hardware (F45)."""

    NO_FLUSH = 0
    LATE_FLUSH = 1
    EARLY_FLUSH = 2
    MADE_FIRST = 3
    FREED_FIRST = 4
    HANDED_OUT = 5
    ASID_REUSED = 6
    WRITTEN_OVER = 7
    OLD_POINTER = 8


MISTAKES = {
    Mistake.NO_FLUSH: "no flush has reached the entry",
    Mistake.LATE_FLUSH: "the hart had been told to flush, and was taken to have done so before it had",
    Mistake.EARLY_FLUSH: "the PTE was written after its flush",
    Mistake.MADE_FIRST: "another frame was installed before the entry was flushed: break before make (F43, F62)",
    Mistake.FREED_FIRST: "the frame was given back before the entry was flushed",
    Mistake.HANDED_OUT: "the frame was given back, and handed out again, before the entry was flushed",
    Mistake.ASID_REUSED: "the entry is of another address space, which had the same ASID",
    Mistake.WRITTEN_OVER: "A or D was written back over a PTE that had changed since it was read (F18, F19)",
    Mistake.OLD_POINTER: "a walk began at a pointer that a walk cache still held: no flush has reached it (F21, F35)",
}
