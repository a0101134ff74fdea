"""How much of its TLB a hart drops for a range of pages.

ceiling:N   page by page up to N pages, beyond that the whole address space.
            Linux x86 uses 33 (a policy, not a measured crossover), RISC-V 64, arm64 512; FreeBSD 4096.
asid        the whole address space, always: a ceiling of none.
full        everything, always: what a machine without ASIDs or single-page invalidation must do.

Where page tables go, pointers to them must leave the walk caches, too. INVLPG drops these, whatever its page (F35); of
SFENCE.VMA only that without an address does (F21), so that RISC-V drops the address space then, as Linux's tlb_flush.
"""

from emulator.base.bits import asid_bits_of
from emulator.base.jit import hot
from emulator.base.names import Counter, Price
from emulator.hardware.accounts import book
from emulator.hardware.translation.fence import fence
from emulator.kernel.invalidation.local import drop_address_space, drop_everything, drop_one_page
from emulator.kernel.invalidation.mistakes import keeps_pointers, pages_dropped
from emulator.kernel.invalidation.ranges import WHOLE, page_in
from emulator.paging.fences import ONE_PAGE, POINTERS, SFENCE_ALL, SFENCE_ASID, SFENCE_PAGE


@hot
def goes_by_page(world, span):
    """Return whether a range is dropped page by page."""
    return span.pages != WHOLE and span.pages <= world.policy.ceiling


@hot
def leaves_pointers(world):
    """Return whether page tables go that walk caches would still lead to if each page were dropped by itself (F21)."""
    return world.request.tables > 0 and world.chip.page_fence & POINTERS == 0 and not keeps_pointers(world)


@hot
def drop_range(world, hart, span, cost):
    """Let `hart` drop what it holds of a range, by its own instructions; return how many entries."""
    asid = world.space[span.space].asid
    if world.policy.full == 1:
        return drop_everything(world, hart, cost)
    if not goes_by_page(world, span) or leaves_pointers(world):
        return drop_address_space(world, hart, asid, cost)
    dropped = 0
    for i in range(pages_dropped(world, span.pages)):
        dropped += drop_one_page(world, hart, asid, page_in(span, i), cost)
    return dropped


@hot
def drop_pipelined(world, hart, span, cost):
    """Let `hart` drop the pages of a range one behind the other, ordered at both ends (Svinval); return how many."""
    book(hart, cost, 2 * world.chip.price[Price.SINVAL_ORDER])
    dropped, asid = 0, asid_bits_of(world.space[span.space].asid)
    for i in range(pages_dropped(world, span.pages)):
        hart.count[Counter.FLUSH_PAGE] += 1
        book(hart, cost, world.chip.price[Price.SINVAL_PAGE])
        dropped += fence(world, hart, page_in(span, i), asid, SFENCE_PAGE)
    return dropped


@hot
def erase_range(world, target, span):
    """Let hardware drop what `target` holds of a range, at no cost to it; return how many entries.

    Pages are told final only (TLBI VALE1IS, INVLPGB_FINAL_ONLY): walk caches keep their pointers, unless tables go.
    """
    asid_bits = asid_bits_of(world.space[span.space].asid)
    if not goes_by_page(world, span):
        return fence(world, target, 0, asid_bits, SFENCE_ALL if world.policy.full == 1 else SFENCE_ASID)
    dropped = 0
    reach = ONE_PAGE | POINTERS if world.request.tables > 0 else ONE_PAGE
    for i in range(pages_dropped(world, span.pages)):
        dropped += fence(world, target, page_in(span, i), asid_bits, reach)
    return dropped
