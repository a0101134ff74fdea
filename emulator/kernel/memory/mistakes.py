"""The mistakes in keeping memory that a kernel can be told to make (`--set bug=`), a question each, as in
`kernel/invalidation/mistakes.py`: asked where a kernel would make it.

The kernel is right where all of them say what their first line says last. Three stand where Python works on address
spaces (`kernel/service/spaces.py`, `kernel/processes/lives.py`). What each does is said in `config/settings.py`.
"""

from emulator.base.bits import PAGE_WORDS, D, nth_entry
from emulator.base.jit import hot, rare
from emulator.base.kernel_names import Bug
from emulator.hardware.checker.writes import put_word
from emulator.hardware.memory import read_word
from emulator.paging.accesses import writes

# ---------------------------------------------------------------- references


@hot
def last_references(world):
    """Return how many references a frame has left when it is given back: none."""
    return 1 if world.policy.bug == Bug.FREED_AT_ONE else 0


@hot
def forgets_object(world):
    """Return whether a region that is cut in two still counts as one of its object: never."""
    return world.policy.bug == Bug.SPLIT_UNCOUNTED


@hot
def forgets_tables(world):
    """Return whether the tables below one that is given back stay: never."""
    return world.policy.bug == Bug.TABLES_KEPT


# ---------------------------------------------------------------- fork


@hot
def forgets_shares(world):
    """Return whether fork shares frames and counts no reference: never."""
    return world.policy.bug == Bug.FORK_UNCOUNTED


@hot
def spares_parent(world):
    """Return whether fork leaves the parent's pages writable: never."""
    return world.policy.bug == Bug.PARENT_WRITABLE


@hot
def spares_child(world):
    """Return whether fork leaves the child's pages writable: never."""
    return world.policy.bug == Bug.CHILD_WRITABLE


@hot
def forgets_wipe(world):
    """Return whether a child gets what it should find untouched (MADV_WIPEONFORK): never."""
    return world.policy.bug == Bug.WIPE_IGNORED


@hot
def fails_unflushed(world, done):
    """Return whether a fork that fails flushes nothing: never (F64)."""
    return world.policy.bug == Bug.FORK_FAILS_UNFLUSHED and not done


# ---------------------------------------------------------------- a write fault


@hot
def ignores_region(world, access):
    """Return whether a write is resolved whatever its region grants: never (F2)."""
    return world.policy.bug == Bug.COW_ANY_REGION and writes(access)


@hot
def shares_writes(world, region, frame):
    """Return whether what is written to `frame` in `region` is for all who share it, as the region says (F60)."""
    if world.policy.bug == Bug.SHARED_COPIED:
        return False
    if world.policy.bug == Bug.SHARED_ZERO and frame == world.allocator.zero_frame:
        return False
    return region.shared != 0


@hot
def copies_spurious(world, access):
    """Return whether a write that the PTE grants already is taken for one to a shared page: never (F42)."""
    return world.policy.bug == Bug.SPURIOUS_COPIED and writes(access)


@hot
def reuses_zeros(world):
    """Return whether the page of zeros is somebody's own: never (F6)."""
    return world.policy.bug == Bug.ZERO_REUSED


@hot
def counts_maps(world):
    """Return whether a page is re-used where one PTE maps it, whoever else refers to its frame: never (F61)."""
    return world.policy.bug == Bug.REUSE_BY_MAPS


@hot
def dirty_bit(world):
    """Return the D that a page has which was copied for a write: set."""
    return 0 if world.policy.bug == Bug.DIRTY_LOST else D


@hot
def drops_before_copy(world):
    """Return whether the old frame is dropped before there is a copy of it: never (F62)."""
    return world.policy.bug == Bug.DROPPED_BEFORE_COPY


@hot
def clears_in_vain(world):
    """Return whether the old PTE is gone when there is no frame for the copy: never (F63)."""
    return world.policy.bug == Bug.CLEARED_IN_VAIN


# ---------------------------------------------------------------- what frames hold


@hot
def copied_from(world, frame):
    """Return the frame that a copy of `frame` is made of: that one."""
    return frame + 1 if world.policy.bug == Bug.COPIED_NEXT else frame


@hot
def copies_half(world):
    """Return whether only half of a page is copied: never."""
    return world.policy.bug == Bug.HALF_COPIED


@rare
def copy_half(world, hart, source, target):
    """Copy the first half of the page at place `source` to place `target`."""
    for i in range(PAGE_WORDS // 2):
        put_word(world, hart, nth_entry(target, i), read_word(world, nth_entry(source, i)))


@hot
def leaves_contents(world):
    """Return whether a page that nobody has written to shows what its frame held before: never."""
    return world.policy.bug == Bug.UNCLEARED


@hot
def forgets_file(world):
    """Return whether a page of a file that was dropped comes back as zeros: never (F69)."""
    return world.policy.bug == Bug.FILE_AS_ZEROS


@hot
def shares_zeros(world, access):
    """Return whether a read of shared memory is shown the page of zeros, as in private memory: never."""
    return world.policy.bug == Bug.SHARED_ZERO and not writes(access)


# ---------------------------------------------------------------- the kernel's own writes, mprotect


@hot
def ignores_w(world):
    """Return whether the kernel writes to user memory wherever it may read: never (F66)."""
    return world.policy.bug == Bug.COPYOUT_IGNORES_W


@hot
def grants_at_once(world):
    """Return whether mprotect lets pages be written to at once that others hold, too: never."""
    return world.policy.bug == Bug.PROTECT_AT_ONCE


# ---------------------------------------------------------------- pages that are taken away


@hot
def forgets_written(world):
    """Return whether a page that has a slot yet is not written again although D is set: never."""
    return world.policy.bug == Bug.SWAP_IN_LOSING_D
