"""The ledger of invalidations: one row each, in a ring that Python empties; later misses find their row by number."""

from emulator.base.jit import hot
from emulator.hardware.state import INVALIDATIONS


@hot
def begin_row(kernel, chip, hart, start, pages, cause):
    """Return the row of a new invalidation, which is the one under way until the next begins.

    It counts as over at once: one that other harts have still to carry out is reopened (`over = 0`) until they have.
    """
    slot = kernel.invalidations % INVALIDATIONS
    row = kernel.invalidation[slot]
    row.number = kernel.invalidations
    row.cause, row.hart, row.pid, row.pc = cause, hart.number, hart.pid, hart.pc
    row.cycle, row.va, row.pages = hart.clock, start, pages
    row.told, row.ipis, row.dropped = 0, 0, 0
    row.own, row.send, row.wait, row.stolen, row.window = 0, 0, 0, 0, 0
    row.harts[:] = 0
    row.over = 1
    chip.invalidation = slot
    chip.induced_misses[slot], chip.induced_cycles[slot] = 0, 0
    kernel.invalidations += 1
    return row


@hot
def is_open(kernel, number):
    """Return whether invalidation `number` has begun and is not over."""
    row = kernel.invalidation[number % INVALIDATIONS]
    return 0 <= number < kernel.invalidations and row.number == number and row.over == 0


@hot
def row_under_way(kernel):
    """Return the row of the invalidation that began last."""
    return kernel.invalidation[(kernel.invalidations - 1) % INVALIDATIONS]
