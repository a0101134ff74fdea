"""Making every TLB forget a range of pages: what all strategies have in common.

The hart drops its own entries and tells the others that may hold some; `settle` lets these answer and waits for them.
When an address space ends nobody is told: no hart runs in it, and its ASID is not handed out again before everything
has been flushed (as Linux does on arm64).
"""

from emulator.base.jit import hot
from emulator.base.kernel_names import FlushCause
from emulator.base.names import Cost
from emulator.kernel.invalidation.hooks import drop_own, end_look, reaches_own, tells_first
from emulator.kernel.invalidation.ledger import begin_row, note_dropped
from emulator.kernel.invalidation.mistakes import keeps_own, tells_nobody
from emulator.kernel.invalidation.ranges import small_pages
from emulator.kernel.invalidation.reach import drop_range
from emulator.kernel.invalidation.tell import tell


@hot
def flush(world, hart, span, cause, since):
    """Begin to invalidate a range, because of `cause` (`FlushCause`), its first PTE having been changed at `since`.

    Once `settle` has returned too, no TLB entry grants what its PTEs do not.
    """
    if world.space[span.space].asid_generation != world.asids.generation:
        end_look(world)
        return  # no TLB entry is of this space: it never ran since ASIDs were last handed out anew
    row = begin_row(world, hart, span.start, small_pages(span), cause)
    row.cycle, row.tables = since, world.request.tables
    first = tells_first(world)
    others = world.chip.harts > 1 and cause != FlushCause.EXIT and not tells_nobody(world, cause)
    alone = not others or not reaches_own(world, world.space[span.space])
    if alone and not first:
        flush_own(world, hart, span, row)
    if others:
        tell(world, hart, span, row)
    if alone and first:
        flush_own(world, hart, span, row)
    end_look(world)


@hot
def flush_own(world, hart, span, row):
    """Drop the hart's own entries."""
    if keeps_own(world, row.cause):
        return
    if not drop_own(world, hart, span, row):
        before = hart.clock
        row.dropped += drop_range(world, hart, span, Cost.FLUSH_LOCAL)
        row.own = hart.clock - before
    note_dropped(hart, row)
