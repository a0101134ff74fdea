"""Walks in two dimensions: the tables of a guest, whose addresses are the host's to translate.

A guest's root, its pointers and its pages have *guest physical* addresses. Each is translated by the host's tables
(the G-stage of RISC-V's hypervisor extension, nested or extended page tables on x86) before anything is read there:

                        guest level 3   level 2   level 1   level 0   the page
    host levels, reads       4             4         4         4         4
    the guest's PTE          1             1         1         1                    24 = (4 + 1) * (4 + 1) - 1

RISC-V's formats for this, Sv39x4 and so on, translate two more bits of an address than Sv39: their root is four tables
in a row, 16 KiB, of which these bits choose one (F47).

A TLB holds what both dimensions come to: the guest's rights that the host grants too, in pages of the smaller size. The
host's tables are walked by the same `walk`, with the host's registers in the place of the guest's; as user accesses,
whatever the guest's mode, so its pages need U. What the host refuses is Fault.NESTED of the guest's access (F24).
"""

from emulator.base.bits import (
    EVERY_RIGHT,
    PAGE_BYTES,
    PX,
    G,
    U,
    X,
    level_of,
    line_of,
    make_word,
    page_bytes,
    place_in,
    rights_in,
)
from emulator.base.jit import rare
from emulator.base.names import Access, Cost, Counter, Fault, Price
from emulator.hardware.accounts import book
from emulator.hardware.cache import pte_level
from emulator.hardware.translation.step import entry_place, read_entry
from emulator.hardware.translation.visit import visit
from emulator.hardware.translation.walker import mark_leaf, walk
from emulator.paging import format as paging


@rare
def walk_nested(world, hart, va, access):
    """Do what `walk` does, for a guest: `walk_place` gets every PTE read, the host's and the guest's, in order."""
    hart.host.reads = 0
    walks = hart.count[Counter.WALK_COUNT]
    book(hart, Cost.WALK, world.chip.price[Price.WALK_START])
    table, level, rights = hart.root + world.chip.memory_start, hart.levels - 1, EVERY_RIGHT
    entry, place, pte = 0, 0, 0
    while True:
        entry = entry_place(hart, table, va, level)
        fault = reach(world, hart, entry, Access.LOAD)
        if fault != Fault.NONE:
            break
        place = place_in(hart.walk_word, entry)
        pte = read_guest(world, hart, place)
        if not paging.is_pointer(hart, pte, level):
            fault = paging.encoding_fault(hart, pte, level)
            break
        rights = paging.rights_below(hart, rights, pte)
        if paging.visited(hart, pte) != pte:
            fault = reach(world, hart, entry, Access.STORE)
            if fault != Fault.NONE:
                break
            visit(world, hart, va, place, pte)
            book(hart, Cost.WALK, world.chip.price[Price.AD_UPDATE])
        table = paging.target_of(hart, pte, level)
        level -= 1
    if fault == Fault.NONE:
        hart.walk_pte, hart.walk_level, hart.walk_rights = pte, level, rights & paging.rights_of(hart, pte)
        fault = reach_page(world, hart, entry, place, va, access)
    hart.count[Counter.WALK_COUNT] = walks + 1
    hart.walk_reads = hart.host.reads
    for i in range(hart.host.reads):
        hart.walk_place[i] = hart.host.place[i]
    return fault


@rare
def read_guest(world, hart, place):
    """Read the guest's PTE at `place`, at the price of the level that holds its line."""
    note(hart, place)
    hart.count[Counter.WALK_REFERENCES] += 1
    book(hart, Cost.WALK, world.chip.latency[pte_level(world, hart, line_of(place))])
    return read_entry(world, hart, place)


@rare
def reach_page(world, hart, entry, place, va, access):
    """Steps 5-7 of a walk on the guest's leaf in `walk_pte`, at guest physical address `entry`, which is at `place`."""
    pte, level, rights = hart.walk_pte, hart.walk_level, hart.walk_rights
    fault = paging.permission_fault(hart, rights, access)
    if fault == Fault.NOT_ACCESSED or fault == Fault.NOT_DIRTY:
        if hart.svade:
            return fault
        fault = reach(world, hart, entry, Access.STORE)
        if fault != Fault.NONE:
            return fault
        rights = mark_leaf(world, hart, va, place, pte, rights, access)
    elif fault != Fault.NONE:
        return fault
    there = paging.pa_of(hart, pte, level, va)
    fault = reach(world, hart, there, access)
    if fault == Fault.NONE:
        size = min(paging.tlb_level(hart, level), level_of(hart.walk_word))
        page = place_in(hart.walk_word, there) & -page_bytes(size)
        granted = rights_in(hart.walk_word) | U | G
        hart.walk_word = make_word(page, rights & (granted | PX if granted & X != 0 else granted), size)
    return fault


@rare
def reach(world, hart, address, access):
    """Walk the host's tables for a guest physical address; return the Fault, what they grant being in `walk_word`."""
    exchange(hart)
    hart.walk_reads = 0
    fault = Fault.NESTED
    root, size = hart.root, paging.span(hart, hart.levels)
    if 0 <= address < hart.host.roots * size:
        hart.root += address // size * PAGE_BYTES
        fault = walk(world, hart, address, access)
        hart.root = root
        book(hart, Cost.WALK, -world.chip.price[Price.WALK_START])  # the guest's walk has begun already
        if fault != Fault.NONE and fault != Fault.ACCESS:
            fault = Fault.NESTED
    exchange(hart)
    for i in range(hart.walk_reads):
        note(hart, hart.walk_place[i])
    if fault != Fault.NONE:
        hart.host.address = address
    return fault


@rare
def note(hart, place):
    """Note where a PTE has been read."""
    hart.host.place[hart.host.reads] = place
    hart.host.reads += 1


@rare
def exchange(hart):
    """Give the hart the host's registers of paging in the place of the guest's, or back."""
    host = hart.host
    hart.root, host.root = host.root, hart.root
    hart.format, host.format = host.format, hart.format
    hart.levels, host.levels = host.levels, hart.levels
    hart.reserved, host.reserved = host.reserved, hart.reserved
    hart.lifted, host.lifted = host.lifted, hart.lifted
    hart.svade, host.svade = host.svade, hart.svade
    hart.privilege, host.privilege = host.privilege, hart.privilege
    hart.user_access, host.user_access = host.user_access, hart.user_access
    hart.exec_read, host.exec_read = host.exec_read, hart.exec_read
