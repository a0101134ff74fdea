"""The doors from Python into the hardware alone, for an MMU with no kernel around it: arrays of records come in."""

from emulator.base.bits import PAGE_BYTES, offset_of, page_up
from emulator.base.jit import hot, hot_entry
from emulator.base.names import Access, Counter, Fault
from emulator.hardware.memory import handle
from emulator.hardware.mmu import fence, refuse, translate


@hot_entry
def translate_one(harts, chips, words, va, access, size, references):
    """Translate one access; return (place or minus the Fault, PTE reads) and fill `references` (physical addresses)."""
    hart, chip, memory = harts[0], chips[0], handle(words)
    reads = 0
    if access >= Access.AMO and va & (size - 1) != 0:
        return refuse(hart, va, access, Fault.MISALIGNED, 0), reads
    hart.walk_reads = 0
    place = translate(hart, chip, memory, va, access)
    reads = note_references(hart, chip, references, reads)
    if place >= 0:
        hart.count[Counter.TLB_L1D_ACCESSES] += access != Access.FETCH
        hart.count[Counter.TLB_L1I_ACCESSES] += access == Access.FETCH
        if offset_of(va) + size > PAGE_BYTES:
            hart.walk_reads = 0
            rest = translate(hart, chip, memory, page_up(va), access)
            reads = note_references(hart, chip, references, reads)
            if rest < 0:
                return rest, reads
    return place, reads


@hot
def note_references(hart, chip, references, reads):
    """Append the last walk's PTE addresses to `references`, which holds `reads`; return how many it holds now."""
    for i in range(hart.walk_reads):
        references[reads + i] = hart.walk_place[i] + chip.memory_start
    return reads + hart.walk_reads


@hot_entry
def translate_all(harts, chips, words, vas, access, found):
    """Translate every address of `vas`; fill `found` (n, 4): place or -1, Fault, cycles, PTE reads."""
    hart, chip, memory = harts[0], chips[0], handle(words)
    for i in range(len(vas)):
        before = hart.clock
        hart.walk_reads = 0
        place = translate(hart, chip, memory, vas[i], access)
        hart.count[Counter.TLB_L1D_ACCESSES] += place >= 0 and access != Access.FETCH
        hart.count[Counter.TLB_L1I_ACCESSES] += access == Access.FETCH
        found[i, 0], found[i, 1] = (place, 0) if place >= 0 else (-1, -place)
        found[i, 2], found[i, 3] = hart.clock - before, hart.walk_reads


@hot_entry
def fence_one(harts, chips, va, asid_bits, one_page, any_asid):
    """SFENCE.VMA on the one hart."""
    fence(harts[0], chips[0], va, asid_bits, one_page, any_asid)
