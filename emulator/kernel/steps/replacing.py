"""Replacing one leaf by another: no TLB holds the old translation when the new one stands (F43, F62)."""

from emulator.base.jit import hot
from emulator.base.kernel_names import FlushCause
from emulator.base.names import Cost
from emulator.hardware.memory import read_word
from emulator.kernel.invalidation.flush import flush
from emulator.kernel.invalidation.hooks import begin_look, fences_valid, grows_untold, look_at
from emulator.kernel.invalidation.ledger import begin_row
from emulator.kernel.invalidation.local import drop_one_page
from emulator.kernel.invalidation.mistakes import meanwhile
from emulator.kernel.invalidation.ranges import small_pages
from emulator.kernel.memory.page_table import write_pte
from emulator.kernel.run.settle import settle


@hot
def replace(world, hart, span, place, pte, cause):
    """Clear and flush the old translation of a page, `span`, on every hart, then install `pte` at `place`."""
    if (cause == FlushCause.REUSE or cause == FlushCause.UPGRADE) and grows_untold(world):
        write_pte(world, hart, place, pte)  # what others hold grants less: they fault, and it is spurious (F42)
        drop_own_page(world, hart, span, cause)  # or this store faults again (F41)
        return
    begin_look(world)
    old = read_word(world, place)
    since = hart.clock
    write_pte(world, hart, place, meanwhile(world, old, pte))
    look_at(world, hart, place, old)
    flush(world, hart, span, cause, since)
    settle(world, hart)
    write_pte(world, hart, place, pte)


@hot
def drop_own_page(world, hart, span, cause):
    """Let the hart alone drop what it holds of a page, as an invalidation of its own."""
    begin_row(world, hart, span.start, small_pages(span), cause)
    drop_one_page(world, hart, world.space[span.space].asid, span.start, Cost.FLUSH_LOCAL)


@hot
def fence_valid(world, hart, span):
    """Let the hart drop what it may know of a page that was not valid until now, where that is asked for (F23)."""
    if fences_valid(world):
        drop_own_page(world, hart, span, FlushCause.UPGRADE)
