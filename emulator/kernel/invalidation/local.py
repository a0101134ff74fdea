"""The three things that a hart can do to its own TLBs, each counted and costed."""

from emulator.base.bits import asid_bits_of
from emulator.base.jit import hot
from emulator.base.names import Cost, Counter, Price
from emulator.hardware.accounts import book
from emulator.hardware.mmu import fence


@hot
def drop_one_page(chip, hart, asid, va):
    """Invalidate one page of one address space (INVLPG, SFENCE.VMA va, asid)."""
    hart.count[Counter.FLUSH_PAGE] += 1
    book(hart, Cost.FLUSH_LOCAL, chip.price[Price.FLUSH_PAGE])
    fence(hart, va, asid_bits_of(asid), True, False)


@hot
def drop_address_space(chip, hart, asid):
    """Invalidate one address space (INVPCID single-context, SFENCE.VMA x0, asid)."""
    hart.count[Counter.FLUSH_ASID] += 1
    book(hart, Cost.FLUSH_LOCAL, chip.price[Price.FLUSH_ASID])
    fence(hart, 0, asid_bits_of(asid), False, False)


@hot
def drop_everything(chip, hart):
    """Invalidate everything, global entries too (CR4.PGE, SFENCE.VMA x0, x0)."""
    hart.count[Counter.FLUSH_ALL] += 1
    book(hart, Cost.FLUSH_LOCAL, chip.price[Price.FLUSH_ALL])
    fence(hart, 0, 0, False, True)
