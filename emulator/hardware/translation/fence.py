"""Making a hart forget translations, as far as an instruction reaches (`paging/fences.py`)."""

from emulator.base.bits import LARGEST, key_of
from emulator.base.jit import hot
from emulator.base.names import Access, Counter
from emulator.hardware.checker.suspects import note_fence
from emulator.hardware.translation.adversary import cancel
from emulator.hardware.translation.levels import first_level, second_level
from emulator.hardware.translation.tlb import drop_all, drop_page
from emulator.hardware.translation.walk_cache import drop_pointers
from emulator.paging.fences import ONE_PAGE, POINTERS, POINTERS_OF_PAGE
from emulator.world.checker import OFF
from emulator.world.hart import NO_LINE


@hot
def fence(world, hart, va, asid_bits, reach):
    """Drop the translations within `reach` of `va` and an address space; return how many TLB entries that were."""
    dropped, number = 0, world.ledger.under_way
    key = key_of(va, asid_bits)
    if world.checker.on != OFF:
        note_fence(world, hart, key, asid_bits, reach)
    if hart.flight == 1 and world.chip.late_fill == 0:
        cancel(hart, key, reach)
    if hart.pointers != 0 and reach & (POINTERS | POINTERS_OF_PAGE) != 0:
        drop_pointers(hart, va, asid_bits, reach)
    for level in range(LARGEST + 1 if hart.superpages else 1):
        first, second = first_level(hart, Access.LOAD, level), second_level(hart, level)
        if reach & ONE_PAGE != 0:
            dropped += drop_page(first_level(hart, Access.FETCH, level), key, level, reach, number)
            dropped += drop_page(first, key, level, reach, number)
            dropped += drop_page(second, key, level, reach, number)
        else:
            dropped += drop_all(first_level(hart, Access.FETCH, level), asid_bits, reach, number)
            dropped += drop_all(first, asid_bits, reach, number)
            dropped += drop_all(second, asid_bits, reach, number)
    hart.fetch_line = NO_LINE
    hart.count[Counter.FLUSH_DROPPED] += dropped
    return dropped
