"""The doors from Python into the hardware alone, for an MMU with no kernel around it."""

from emulator.base.bits import PAGE_BYTES, at, offset_of, page_up
from emulator.base.jit import Words, hot, hot_entry
from emulator.base.names import Access, Fault
from emulator.hardware.many import NOWHERE, look_up_page, may_remember, translate_run
from emulator.hardware.translation import guests
from emulator.hardware.translation.fence import fence
from emulator.hardware.translation.mmu import refuse
from emulator.hardware.translation.satp import enter_root
from emulator.paging import format as paging

ACCESS, SIZE, PRIVILEGE, ROOT, ASID_BITS = range(5)  # words of a kind of access
KIND = 5


@hot_entry
def translate_one(world, va, access, size, references: Words):
    """Translate one access; return its place or minus the Fault.

    Fill `references`: how many PTEs were read, then their physical addresses.
    """
    hart = world.hart[0]
    references[0] = 0
    if access >= Access.AMO and va & (size - 1) != 0:
        return refuse(hart, va, access, Fault.MISALIGNED, 0)
    place = look_up_page(world, hart, va, access)
    note_references(world, hart, references)
    if place >= 0 and offset_of(va) + size > PAGE_BYTES:
        rest = look_up_page(world, hart, page_up(va), access)
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
def translate_all(world, vas: Words, which: Words, kinds: Words, found: Words, tables: Words):
    """Translate accesses at `vas`; return how many were refused.

    `which` of the `kinds` each is; the first, if `which` is empty. `found` gets TOLD words for each, unless it is
    empty. `tables` begins with NOWHERE, and is full of it where there are no caches (`many`).
    """
    refused, first = 0, 0
    while first < len(vas):
        kind, last = 0, len(vas)
        if len(which) > 0:
            kind, last = which[at(first)], first + 1
            while last < len(vas) and which[at(last)] == kind:
                last += 1
        enter(world, kinds, kind * KIND)
        if tables[0] == NOWHERE and may_remember(world, world.hart[0]):
            tables[0] = world.hart[0].root
        access, size = kinds[at(kind * KIND + ACCESS)], kinds[at(kind * KIND + SIZE)]
        refused += translate_run(world, vas, first, last, access, size, found, tables)
        first = last
    return refused


@hot
def enter(world, kinds, kind):
    """Bring the hart into the mode and the address space of the kind whose words begin at `kind`."""
    hart = world.hart[0]
    root, asid_bits, privilege = kinds[at(kind + ROOT)], kinds[at(kind + ASID_BITS)], kinds[at(kind + PRIVILEGE)]
    if hart.root != root or hart.asid_bits != asid_bits:
        enter_root(world, hart, root, asid_bits)
    if hart.privilege != privilege:
        paging.set_mode(hart, privilege, hart.user_access, hart.exec_read)


@hot_entry
def fence_one(world, va, asid_bits, reach):
    """A fence of the one hart's, of so much (`paging/fences.py`)."""
    return fence(world, world.hart[0], va, asid_bits, reach)


@hot_entry
def enter_guest(world, left, entered):
    """Let the one hart leave a guest for another one; both are VMIDs, shifted into place."""
    guests.enter_guest(world.hart[0], left, entered)
