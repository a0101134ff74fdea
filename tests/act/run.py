"""Runs a case of riscv-arch-test on an `Mmu`: builds its page tables, makes its accesses, compares each answer."""

from typing import NamedTuple

from emulator import Mmu
from emulator.base.names import Fault
from tests.act.case import ABOVE, EACH, LARGE, LOWEST, POINTERS, TOP, Page
from tests.pages import ACCESS_FAULT, BITS, PAGE_FAULT, flags

MISALIGNED = {"lr": 4, "amo": 6}
ASID = 7
FRAME = 0x800000  # of pages up to 4 MiB; larger ones have frame 0


class Shape(NamedTuple):
    """How a format cuts addresses, and what an entry takes."""

    levels: int
    bits: int = 9
    entry: int = 8
    address: int = 64


SHAPES = {"sv32": Shape(2, 10, 4, 32), "sv39": Shape(3), "sv48": Shape(4), "sv57": Shape(5)}


class Outcome(NamedTuple):
    """How many accesses were made, and how many of them were refused, all as the case says."""

    accesses: int
    refused: int


class Machine:
    """An Mmu with 16 MiB of memory, tables taken from its start on; page tables are built anew for each page."""

    def __init__(self, paging, **settings):
        self.shape = SHAPES[paging]
        self.mmu = Mmu(paging=paging, memory="16MiB", **settings)
        self.mmu.asid = ASID
        self.made = self.refused = 0
        self.written = set()

    def at_level(self, level):
        """An address in pages at `level` and above that are numbered 3, 4, ...; in the second half of a superpage."""
        shifts = [12 + self.shape.bits * n for n in range(self.shape.levels)]
        inside = (0, 1 << shifts[level] - 1, 0xC05000)[min(level, 2)]
        return sum(3 + n << shifts[n] for n in range(level, self.shape.levels)) + inside

    def write(self, place, entry):
        """Write a PTE."""
        self.written.add(place)
        self.mmu.memory.write(place, entry, self.shape.entry)

    def build(self, va, level, leaf, pointer_level=0, pointer_more=0):
        """Build tables for a leaf at `level`, empty but for `va`, and fence; return where the leaf stands.

        The pointer at `pointer_level` has more bits than V, where it is not 0.
        """
        table = self.mmu.root
        for place in list(self.written):
            self.write(place, 0)
        for above in range(self.shape.levels - 1, level, -1):
            below = table + 4096
            more = pointer_more if above == pointer_level else 0
            self.write(self.place(table, va, above), below >> 12 << 10 | 1 | more)
            table = below
        place = self.place(table, va, level)
        self.write(place, leaf)
        self.mmu.fence()
        return place

    def place(self, table, va, level):
        """Where the entry of `va` in a table at `level` stands."""
        index = va >> 12 + self.shape.bits * level & (1 << self.shape.bits) - 1
        return table + index * self.shape.entry

    def expect(self, access, va, size, fault, pa):
        """Make one access, and hold the answer against what it should be; return it."""
        out = self.mmu.translate(va, access, size)
        self.made += 1
        self.refused += out.fault is not None
        if fault is None:
            assert (out.pa, out.fault) == (pa, None), (access, hex(va), out)
        else:
            causes = {Fault.ACCESS: ACCESS_FAULT, Fault.MISALIGNED: MISALIGNED}.get(fault, PAGE_FAULT)
            assert (out.fault, out.cause, out.tval) == (fault, causes[access], va), (access, hex(va), out)
        return out


def levels_of(page: Page, levels):
    """The pairs of levels, of the leaf and of the pointer that is special (0: none), at which a page is tried."""
    highest = levels - 1
    return {
        EACH: [(level, 0) for level in range(levels)],
        LARGE: [(level, 0) for level in range(1, levels)],
        TOP: [(highest, 0)],
        LOWEST: [(0, 0)],
        POINTERS: [(0, level) for level in range(1, levels)],
        ABOVE: [(level - 1, level) for level in range(1, levels)],
    }[page.at]


def try_page(machine, page, svadu, level, pointer_level):
    """Build `page` with its leaf at `level`, access it, and compare answers and the PTE that is left."""
    shape = machine.shape
    unit = 1 << 12 + shape.bits * level
    va = machine.at_level(level) if page.va is None else page.va & (1 << shape.address) - 1
    frame = (FRAME if level < 2 else 0) | page.frame
    leaf = frame >> 12 << 10 | flags(page.flags) | (0 if pointer_level else page.more)
    place = machine.build(va, level, leaf, pointer_level, page.more)
    beside = place ^ shape.entry
    machine.write(beside, leaf)
    machine.mmu.sum, machine.mmu.mxr = page.sum, page.mxr
    marks = 0
    for access in page.accesses:
        at = va + 20 if page.va is None and access != "fetch" else va
        fault = page.refused.get(access)
        machine.expect(access, at, page.size, fault, frame + at % unit)
        if fault is None and svadu:
            marks |= BITS["a"] | (BITS["d"] if access == "store" else 0)
    assert machine.mmu.memory.read(place, shape.entry) == leaf | marks
    assert machine.mmu.memory.read(beside, shape.entry) == leaf
    if page.again:
        machine.mmu.fence(asid=ASID)
        for access in page.accesses:
            assert machine.expect(access, va, page.size, None, frame + va % unit).references == ()


def satp(machine, case):
    """Every bit of the ASID that there is, and of the root's address: each is kept and is what a walk begins with."""
    mmu, root = machine.mmu, machine.mmu.root
    for asid in (0, 0xFFF, *(1 << bit for bit in range(12))):
        mmu.asid = asid
        assert mmu.asid == asid
    for bit in range(12, 56 if machine.shape.address == 64 else 34):
        mmu.root = 1 << bit
        assert mmu.root == 1 << bit
        inside = 1 << bit < mmu.memory.size
        fault = Fault.NOT_PRESENT if inside else Fault.ACCESS
        out = machine.expect("load", 0, 4, fault, 0)
        assert out.references == ((1 << bit,) if inside else ())
    mmu.root = root


def napot(machine, case):
    """16 PTEs that are one page of 64 KiB."""
    (page,) = case.pages
    va = machine.at_level(0) & ~0xFFFF
    leaf = (FRAME | page.frame) >> 12 << 10 | flags(page.flags) | page.more
    first = machine.build(va, 0, leaf)
    for n in range(16):
        machine.write(first + 8 * n, leaf)
    for offset in (0, 0x2000, 0xF000):
        for access in page.accesses:
            machine.expect(access, va + offset, 4, None, FRAME + offset)


SCRIPTS = {"satp": satp, "napot": napot}


def run(case, paging):
    """Run a case in one format; raises AssertionError at the first answer that is another one."""
    machine = Machine(paging, ad=case.ad, extensions=case.needs or "none")
    machine.mmu.privilege = case.privilege
    if case.script:
        SCRIPTS[case.script](machine, case)
    else:
        for page in case.pages:
            for level, pointer_level in levels_of(page, machine.shape.levels):
                try_page(machine, page, case.ad == "svadu", level, pointer_level)
    return Outcome(machine.made, machine.refused)
