"""The ledger of invalidations: one row each, in a ring that Python empties; later misses find their row by number."""

from emulator.base.jit import hot
from emulator.base.names import Counter
from emulator.world.invalidation import INVALIDATIONS


@hot
def begin_row(world, hart, start, pages, cause):
    """Return the row of a new invalidation, which is the one under way until the next begins.

    It counts as over at once: one that other harts have still to carry out is reopened (`over = 0`) until they have.
    """
    task = world.task[hart.number]
    slot = world.ledger.rows % INVALIDATIONS
    row = world.ledger.row[slot]
    row.number = world.ledger.rows
    row.cause, row.hart, row.pid, row.pc = cause, hart.number, task.pid, hart.pc
    row.cycle, row.va, row.pages = hart.clock, start, pages
    row.told, row.ipis, row.dropped, row.tables = 0, 0, 0, 0
    row.own, row.send, row.wait, row.stolen, row.deferred, row.window = 0, 0, 0, 0, 0, 0
    row.harts[:] = 0
    row.over = 1
    world.ledger.under_way = slot
    world.ledger.induced_misses[slot], world.ledger.induced_cycles[slot] = 0, 0
    world.ledger.rows += 1
    return row


@hot
def note_dropped(hart, row):
    """Note that `hart` has dropped what `row` names: its window is at least as long as until now."""
    row.window = max(row.window, hart.clock - row.cycle)


@hot
def defer(world, hart, number, cycles):
    """Note that `hart` has spent `cycles` on what invalidation `number` had put off."""
    hart.count[Counter.SHOOTDOWN_DEFERRED_CYCLES] += cycles
    row = world.ledger.row[number % INVALIDATIONS]
    if row.number == number:
        row.deferred += cycles


@hot
def is_open(world, number):
    """Return whether invalidation `number` has begun and is not over."""
    row = world.ledger.row[number % INVALIDATIONS]
    return 0 <= number < world.ledger.rows and row.number == number and row.over == 0


@hot
def row_under_way(world):
    """Return the row of the invalidation that began last."""
    return world.ledger.row[(world.ledger.rows - 1) % INVALIDATIONS]
