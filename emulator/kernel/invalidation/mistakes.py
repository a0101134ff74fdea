"""The mistakes that a kernel can be told to make (`--set bug=`), a question each, asked where a kernel would make it.

The kernel is right where all of them say what their first line says last. Two mistakes are hardware's own and stand in
the record of the chip (`late_fill`, `late_accessed`); what each does is said in `config/settings.py`.
"""

from emulator.base.jit import hot
from emulator.base.kernel_names import Bug, FlushCause

# ---------------------------------------------------------------- before the flush: PTEs


@hot
def meanwhile(world, old, new):
    """Return the PTE that stands while a fault flushes `old`, before it installs `new`: 0, so that nothing does."""
    if world.policy.bug == Bug.INSTALL_BEFORE_FLUSH:
        return new
    return old if world.policy.bug == Bug.FLUSH_FIRST else 0


# ---------------------------------------------------------------- the flush


@hot
def forgets_flush(world, cause):
    """Return whether pages that were unmapped or moved because of `cause` are flushed nowhere: never."""
    if world.policy.bug == Bug.UNMARKED_DISCARD:
        return cause == FlushCause.DISCARD
    if world.policy.bug == Bug.MOVED_UNFLUSHED:
        return cause == FlushCause.MOVE
    return world.policy.bug == Bug.UNMARKED_FIXED and cause == FlushCause.REPLACE


@hot
def keeps_own(world, cause):
    """Return whether the hart that flushes leaves its own TLB as it is: never."""
    return world.policy.bug == Bug.COW_NO_LOCAL and cause == FlushCause.COPY


@hot
def tells_nobody(world, cause):
    """Return whether the other harts are not told: never."""
    if world.policy.bug == Bug.FORK_LOCAL_FLUSH:
        return cause == FlushCause.FORK
    return world.policy.bug == Bug.MISSING_REMOTE


@hot
def pages_dropped(world, pages):
    """Return how many pages of a range of `pages` are dropped: all."""
    return 1 if world.policy.bug == Bug.FIRST_PAGE_ONLY else pages


@hot
def keeps_pointers(world):
    """Return whether pointers to page tables that go are left in walk caches: never."""
    return world.policy.bug == Bug.TABLES_BY_PAGE


# ---------------------------------------------------------------- the answers, and what may be done before them


@hot
def is_awaited(world, target, cause):
    """Return whether the sender goes on only when `target` has flushed: it does."""
    if world.policy.bug == Bug.EARLY_FRAMES:
        frees = cause == FlushCause.UNMAP or cause == FlushCause.REPLACE or cause == FlushCause.DISCARD
        return not frees or target.number != world.request.told[world.request.tolds - 1]
    return world.policy.bug != Bug.NO_WAIT


@hot
def puts_off(world, target, cause):
    """Return whether `target` answers and goes on with what it was told to drop: it does not."""
    return world.policy.bug == Bug.EARLY_ACK or not is_awaited(world, target, cause)


@hot
def goes_on_too_soon(world):
    """Return whether harts that have flushed run on before the PTE is changed that they flushed for: never."""
    return world.policy.bug == Bug.FLUSH_FIRST


# ---------------------------------------------------------------- a hart enters an address space


@hot
def leaves_holders(world):
    """Return whether a hart is no holder of the address space any more that it leaves: it stays one."""
    return world.policy.bug == Bug.LOST_HOLDER


@hot
def returns_unflushed(world, stayed):
    """Return whether a hart that is behind does not flush on its return, to the space it stayed in or not: it does."""
    return world.policy.bug == (Bug.LAZY_RETURN_NO_FLUSH if stayed else Bug.GEN_RETURN_NO_FLUSH)


@hot
def rolls_over_unflushed(world):
    """Return whether harts drop nothing when ASIDs are handed out anew: they do."""
    return world.policy.bug == Bug.ROLLOVER_NO_FLUSH


@hot
def hands_out_kept(world):
    """Return whether the ASIDs that running spaces keep are handed out again: never."""
    return world.policy.bug == Bug.KEPT_ASID_REUSED
