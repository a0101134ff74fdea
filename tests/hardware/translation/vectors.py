"""Random vectors for RISC-V page tables: an address, a mode, an access, a PTE for each level; mostly sound, often not.

Each level has one table, at `TABLES` and after it; the data that pages map is at `DATA`, 2 MiB of it.
"""

from typing import NamedTuple

from tests.pages import PAGE, flags, pte

BASE, TABLES, DATA, OUTSIDE = 0x80000000, 0x80200000, 0x80400000, 0x90000000
DATA_BYTES = 2 << 20
SUM, MXR, SUPERVISOR = 1 << 18, 1 << 19, 1 << 11  # bits of mstatus
ACCESSES = ("fetch", "load", "store", "amo", "lr")
N, PBMT_SHIFT, NAPOT_PAGES = 1 << 63, 61, 16


class Shape(NamedTuple):
    """Page tables of one mode, `number` in satp; `width` is how many bytes a PTE has, and a register."""

    levels: int
    number: int
    index_bits: int = 9
    width: int = 8
    fixed: int = 30  # bits of an address that lie in the data, whatever the size of its page

    def span(self, level):
        """How many bytes a PTE at `level` stands for."""
        return PAGE << self.index_bits * level

    def place(self, va, level):
        """Where the PTE of `va` at `level` stands."""
        return TABLES + PAGE * level + va // self.span(level) % (1 << self.index_bits) * self.width


SHAPES = {
    "sv32": Shape(2, 1, index_bits=10, width=4, fixed=22),
    "sv39": Shape(3, 8),
    "sv48": Shape(4, 9),
    "sv57": Shape(5, 10),
}


class Vector(NamedTuple):
    """What is put to both sides."""

    va: int
    bits: int  # of mstatus
    access: str
    ptes: tuple  # one a level, that of the leaf level first


def some_vector(rng, shape, extended):
    """One vector; with `extended`, pages that Svnapot and Svpbmt allow are frequent."""
    access = rng.choice(ACCESSES)
    bits = rng.choice((0, SUPERVISOR)) | rng.choice((0, SUM)) | rng.choice((0, MXR))
    return Vector(some_va(rng, shape, access), bits, access, some_ptes(rng, shape, extended))


def some_va(rng, shape, access):
    """An address whose fixed bits fall into the data; 1 in 20 is bad where there are bits that it can be bad in."""
    top = 1 << shape.index_bits
    va = 0
    for _ in range((12 + shape.index_bits * shape.levels - shape.fixed) // shape.index_bits):
        va = va * top + rng.choice((0, 1, top // 2 - 1, top // 2, top - 1))
    page = rng.choice((0, 1, 511, rng.randrange(512)))
    va = va << shape.fixed | DATA % (1 << shape.fixed) | page << 12 | rng.choice((0, 8, 0xFF8))
    if shape.width == 4:
        return va if access in ("fetch", "store") else va + 4  # what tells the place is the upper half
    bits = 12 + 9 * shape.levels
    if va >> bits - 1:
        va |= -1 << bits
    if rng.random() < 0.05:
        va ^= 1 << rng.randrange(bits - 1, 64)
    return va & (1 << 64) - 1


def some_flags(rng):
    """Flags of a leaf: any, or such that the access often gets through."""
    if rng.random() < 0.4:
        return rng.randrange(256)
    return (
        flags("vr")
        | rng.choice((0, flags("w"), flags("wx"), flags("x")))
        | rng.choice((0, flags("a"), flags("ad")))
        | rng.choice((0, flags("u")))
    )


def reserved(rng, shape):
    """Mostly nothing, else a bit that must be 0, or one that is for software."""
    bits = (8, 9, *range(54, 64)) if shape.width == 8 else (8, 9)
    return 1 << rng.choice(bits) if rng.random() < 0.06 else 0


def some_ptes(rng, shape, extended):
    """A PTE for each level: pointers down to a level drawn, there a leaf; with mistakes."""
    leaf = min(rng.choice((0, 0, 0, 1, 1, 2, shape.levels - 1)), shape.levels - 1)
    found = [0] * leaf
    for level in range(leaf, shape.levels):
        if level > leaf:
            target = TABLES + (level - 1) * PAGE if rng.random() < 0.97 else OUTSIDE
            mistake = rng.choice((0x10, 0x40, 0x80, 0x20)) if rng.random() < 0.05 else 0
            found.append(pte(target, "v", reserved(rng, shape) | mistake))
        else:
            found.append(some_leaf(rng, shape, level, extended))
    return tuple(found)


def some_leaf(rng, shape, level, extended):
    """A leaf at `level`."""
    page = DATA + rng.randrange(4) * PAGE if level == 0 else DATA & -shape.span(level)
    if page == 0:  # where Spike has a ROM and devices: a page of 512 GiB or more is one that has no memory
        page = shape.span(level)
    if rng.random() < 0.08:
        page += PAGE << rng.randrange(shape.index_bits * level) if level else OUTSIDE - DATA
    more = reserved(rng, shape)
    if extended and rng.random() < 0.5:
        more |= rng.choice((0, 1, 2, 3)) << PBMT_SHIFT
    if extended and rng.random() < (0.5 if level == 0 else 0.1):
        more |= N
        sixteen = DATA + rng.randrange(32) * NAPOT_PAGES * PAGE
        page = sixteen + (8 if rng.random() < 0.8 else rng.randrange(16)) * PAGE if level == 0 else page
    return pte(page, "", some_flags(rng) | more)
