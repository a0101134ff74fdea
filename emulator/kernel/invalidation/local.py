"""The three things that a hart can do to its own TLBs, each counted and booked under the cost that the caller names."""

from emulator.base.bits import asid_bits_of
from emulator.base.jit import hot
from emulator.base.names import Counter, Price
from emulator.hardware.accounts import book
from emulator.hardware.translation.fence import fence
from emulator.paging.fences import SFENCE_ALL, SFENCE_ASID
from emulator.world.task import NO_SPACE


@hot
def drop_one_page(world, hart, asid, va, cost):
    """Invalidate one page of one address space (INVLPG, SFENCE.VMA va, asid); return how many entries that dropped."""
    hart.count[Counter.FLUSH_PAGE] += 1
    book(hart, cost, world.chip.price[Price.FLUSH_PAGE])
    return fence(world, hart, va, asid_bits_of(asid), world.chip.page_fence)


@hot
def drop_address_space(world, hart, asid, cost):
    """Invalidate one address space (INVPCID single-context, SFENCE.VMA x0, asid); return how many entries."""
    space = world.task[hart.number].space
    if space != NO_SPACE and world.space[space].asid == asid:
        note_whole(world, hart)
    hart.count[Counter.FLUSH_ASID] += 1
    book(hart, cost, world.chip.price[Price.FLUSH_ASID])
    return fence(world, hart, 0, asid_bits_of(asid), SFENCE_ASID)


@hot
def drop_everything(world, hart, cost):
    """Invalidate everything, global entries too (CR4.PGE, SFENCE.VMA x0, x0); return how many entries."""
    note_whole(world, hart)
    hart.count[Counter.FLUSH_ALL] += 1
    book(hart, cost, world.chip.price[Price.FLUSH_ALL])
    return fence(world, hart, 0, 0, SFENCE_ALL)


@hot
def note_whole(world, hart):
    """Note that the hart drops all of the address space that it is in: whatever was unmapped there until now."""
    task = world.task[hart.number]
    task.dropped, task.dropped_space = world.ledger.rows, task.space
