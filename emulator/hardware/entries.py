"""The doors from Python into the hardware alone, for an MMU with no kernel around it."""

from emulator.base.bits import PAGE_BYTES, offset_of, page_up
from emulator.base.jit import Words, hot, hot_entry
from emulator.base.names import Access, Counter, Fault
from emulator.hardware.translation.mmu import fence, refuse, translate


@hot_entry
def translate_one(world, va, access, size, references: Words):
    """Translate one access; return its place or minus the Fault.

    Fill `references`: how many PTEs were read, then their physical addresses.
    """
    hart = world.hart[0]
    references[0] = 0
    if access >= Access.AMO and va & (size - 1) != 0:
        return refuse(hart, va, access, Fault.MISALIGNED, 0)
    hart.walk_reads = 0
    place = translate(world, hart, va, access)
    note_references(world, hart, references)
    if place >= 0:
        hart.count[Counter.TLB_L1D_ACCESSES] += access != Access.FETCH
        hart.count[Counter.TLB_L1I_ACCESSES] += access == Access.FETCH
        if offset_of(va) + size > PAGE_BYTES:
            hart.walk_reads = 0
            rest = translate(world, hart, page_up(va), access)
            note_references(world, hart, references)
            if rest < 0:
                return rest
    return place


@hot
def note_references(world, hart, references):
    """Append the last walk's PTE addresses to `references`."""
    for i in range(hart.walk_reads):
        references[0] += 1
        references[references[0]] = hart.walk_place[i] + world.chip.memory_start


@hot_entry
def translate_all(world, vas: Words, access, found: Words):
    """Translate every address of `vas`; fill four words of `found` for each: place or -1, Fault, cycles, PTE reads."""
    hart = world.hart[0]
    for i in range(len(vas)):
        before = hart.clock
        hart.walk_reads = 0
        place = translate(world, hart, vas[i], access)
        hart.count[Counter.TLB_L1D_ACCESSES] += place >= 0 and access != Access.FETCH
        hart.count[Counter.TLB_L1I_ACCESSES] += access == Access.FETCH
        found[4 * i], found[4 * i + 1] = (place, 0) if place >= 0 else (-1, -place)
        found[4 * i + 2], found[4 * i + 3] = hart.clock - before, hart.walk_reads


@hot_entry
def fence_one(world, va, asid_bits, one_page, any_asid):
    """SFENCE.VMA on the one hart."""
    fence(world, world.hart[0], va, asid_bits, one_page, any_asid)
