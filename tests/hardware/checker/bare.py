"""Harts with the checker on, page tables by hand, and no kernel: hot functions called as plain Python.

Two trees of tables, from the roots ROOT and OTHER, lead through tables of their own to `VA`; the first maps it to the
frame PAGE, as a writable page.
"""

from emulator.base.bits import A, D, R, U, V, W, X, at, key_of
from emulator.base.blocks import allocate
from emulator.base.names import Access
from emulator.config import Config
from emulator.hardware.build import build
from emulator.hardware.checker import writes
from emulator.hardware.memory import write_word
from emulator.hardware.translation.mmu import STALE_USE, translate
from emulator.hardware.translation.satp import enter_root
from emulator.hardware.translation.tlb import MISS, find, set_of
from emulator.paging import riscv
from emulator.world.checker import ON

FRAME = 4096
ROOT, MIDDLE, LEAVES, OTHER, OTHERS_MIDDLE, OTHERS_LEAVES, PAGE, ELSEWHERE = (n * FRAME for n in range(1, 9))
VA = 0x12345000
ALL = V | R | W | X | U | A | D
ASID = 5 << 52


def entry(table, level, va=VA):
    """Where the entry for `va` stands in a table."""
    return table + 8 * (va >> 12 + 9 * level & 511)


def leaf(frame, rights=ALL):
    """A PTE that maps a frame."""
    return riscv.make_leaf(frame // FRAME, rights)


def pointer(table):
    """A PTE that leads to a table."""
    return riscv.make_pointer(table // FRAME)


def bare(harts=2, on=ON, mib=1):
    """A world of such harts, all of them in the first tree."""
    world = build(Config.make(harts=harts, memory=f"{mib}MiB"), allocate(mib << 20))
    world.checker.on = on
    for root, middle, leaves in ((ROOT, MIDDLE, LEAVES), (OTHER, OTHERS_MIDDLE, OTHERS_LEAVES)):
        write_word(world, entry(root, 2), pointer(middle))
        write_word(world, entry(middle, 1), pointer(leaves))
    write_word(world, entry(LEAVES, 0), leaf(PAGE))
    for h in range(harts):
        enter_root(world, world.hart[h], ROOT, ASID)
    return world


def use(world, h=0, access=Access.LOAD, va=VA):
    """Access `va` from a hart; return whether that was a stale use."""
    return translate(world, world.hart[h], va, access) == -STALE_USE


def holds(world, h=0, va=VA, asid=ASID):
    """Whether the data TLB of a hart has an entry of the page."""
    tlb, key = world.hart[h].dtlb, key_of(va, asid)
    return find(tlb, key, 0, set_of(tlb, key, 0)) != MISS


def word(world, h=0, va=VA, asid=ASID):
    """The word of that entry."""
    tlb, key = world.hart[h].dtlb, key_of(va, asid)
    return int(tlb.word[at(find(tlb, key, 0, set_of(tlb, key, 0)))])


# Every way to write a PTE, by name: each takes a world, a hart, the place of the word and its new value.
WAYS = {
    "a word": writes.put_word,
    "a program's store": lambda world, hart, place, value: writes.put_part(world, hart, place, value, 8),
    "a program's store of its low byte": lambda world, hart, place, value: writes.put_part(
        world, hart, place, value, 1
    ),
    "an atomic": lambda world, hart, place, value: writes.put_aligned(world, hart, place, value, 8),
}
