"""The page-table walker: reads PTEs from memory, through the caches, from the root table down to a leaf.

Steps (RISC-V privileged manual, "Virtual Address Translation Process"):

    1  begin at the root table, level = levels - 1
    2  read the PTE; outside memory: access fault of the original access (F11)
    3  not valid, reserved, misplaced or misaligned: page fault (F12-F14)
    4  a pointer: go to the next table, back to step 2
    5  a leaf: check U/SUM, then R/W/X, then A/D, in this order (F15)
    6  A, or D for a write, is clear: fault (Svade), or set it in memory if the PTE is still the same (Svadu, F18, F19)
    7  the page lies outside memory: access fault

It costs what its reads cost, level by level, plus `walk_start` and `ad_update` of the profile.
"""

from emulator.base.bits import (
    INDEX_BITS,
    PTE_FLAGS,
    A,
    D,
    entry_address,
    line_of,
    make_pte,
    make_word,
    ppn_of,
    target_of,
    vpn_of,
)
from emulator.base.jit import hot
from emulator.base.names import Cost, Counter, Fault, Price
from emulator.hardware.accounts import book
from emulator.hardware.cache import data_level
from emulator.hardware.memory import read_word, write_word
from emulator.hardware.paging.riscv import encoding_fault, is_pointer, permission_fault, writes

LARGEST = 2  # leaves above this level (1 GiB) are kept in TLBs as pieces of it


@hot
def walk(world, hart, va, access):
    """Walk for `access` to canonical `va`; return the Fault, or `Fault.NONE` with the leaf in `hart.walk_pte`.

    Sets `walk_pte`, `walk_level`, `walk_reads` and `walk_place` of the hart, whatever the outcome; may set A and D.
    """
    reads, cycles = 0, world.chip.price[Price.WALK_START]
    table, level = hart.root, hart.levels - 1  # step 1
    pte, place, fault = 0, 0, Fault.NONE
    while True:
        place = entry_address(table, va, level)
        if place < 0 or place >= world.chip.memory_size:  # step 2
            fault = Fault.ACCESS
            break
        hart.walk_place[reads] = place
        reads += 1
        pte = read_word(world, place)  # before the caches are searched: the host then waits for both at once
        cycles += world.chip.latency[data_level(world, hart, line_of(place))]
        if level == 0 or not is_pointer(pte):
            fault = encoding_fault(pte, level)  # step 3
            break
        table = target_of(pte) - world.chip.memory_start  # step 4
        level -= 1
    hart.walk_pte, hart.walk_level, hart.walk_reads = pte, level, reads
    hart.count[Counter.WALK_COUNT] += 1
    hart.count[Counter.WALK_REFERENCES] += reads
    book(hart, Cost.WALK, cycles)
    if fault != Fault.NONE:
        return fault
    return reach_leaf(world, hart, place, va, access)


@hot
def reach_leaf(world, hart, place, va, access):
    """Steps 5-7 on the leaf in `hart.walk_pte`, which stands at `place`; return the Fault."""
    pte = hart.walk_pte
    fault = permission_fault(hart, pte, access)  # step 5
    if fault == Fault.NOT_ACCESSED or fault == Fault.NOT_DIRTY:  # step 6
        if hart.svade:
            return fault
        pte |= A | D if writes(access) else A
        write_word(world, place, pte)
        hart.walk_pte = pte
        book(hart, Cost.WALK, world.chip.price[Price.AD_UPDATE])
    elif fault != Fault.NONE:
        return fault
    page = target_of(piece_of(world, hart, va)) - world.chip.memory_start
    if page < 0 or page >= world.chip.memory_size:  # step 7
        return Fault.ACCESS
    return Fault.NONE


@hot
def piece_of(world, hart, va):
    """Return the leaf that the last walk, for `va`, ended at, or the piece of it that a TLB can hold, as a PTE."""
    pte = hart.walk_pte
    if hart.walk_level > world.chip.largest:
        inside = (1 << (INDEX_BITS * hart.walk_level)) - (1 << (INDEX_BITS * world.chip.largest))
        pte = make_pte(ppn_of(pte) | (vpn_of(va) & inside), pte & PTE_FLAGS)
    return pte


@hot
def leaf_word(world, hart, va):
    """Return the TLB word of that leaf or piece."""
    return make_word(piece_of(world, hart, va), min(hart.walk_level, world.chip.largest), world.chip.memory_start)
