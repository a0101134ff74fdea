"""Memory as it is seen: frames and who has them, address spaces, their regions, their page tables.

Addresses are in bytes; a frame is 4096 of them, and its number that of its physical address without the offset.
"""

from collections.abc import Iterator
from enum import Enum, IntFlag
from typing import NamedTuple

from emulator.base import bits
from emulator.base.kernel_names import Backing, RegionKind, Trait


class Rights(IntFlag):
    """What a page, an entry or a region grants, whatever the format of page tables: the names are RISC-V's.

    V: there is such a page; R, W, X: it may be read, written, executed; U: by programs; G: in every address space;
    A, D: it has been accessed, written.
    """

    V = bits.V
    R = bits.R
    W = bits.W
    X = bits.X
    U = bits.U
    G = bits.G
    A = bits.A
    D = bits.D


class Entry(NamedTuple):
    """An entry of a page table that is not empty.

    `number` is its place in the table, `va` the first of the `size` bytes that it stands for. It leads to `table`; or,
    where that is None, it maps `frame` with `rights`. Without `Rights.V` it maps nothing and only keeps the frame; or,
    where `slot` is none 0, there is no frame: that slot of the swap device has the page.
    """

    number: int
    va: int
    size: int
    frame: int
    rights: Rights
    table: "Table | None"
    slot: int = 0


class Table(NamedTuple):
    """A page table in a frame; those at level 0 map pages of 4 KiB, the root is at the highest level."""

    frame: int
    level: int
    va: int  # the first address that it is for
    entries: tuple[Entry, ...]  # by number

    def tables(self) -> Iterator["Table"]:
        """Yield this table and all below it, from the root down, each before those it leads to."""
        yield self
        for entry in self.entries:
            if entry.table is not None:
                yield from entry.table.tables()

    def pages(self) -> Iterator[Entry]:
        """Yield the entries that map pages, or keep them, by address."""
        for table in self.tables():
            for entry in table.entries:
                if entry.table is None:
                    yield entry


class Region(NamedTuple):
    """A range of addresses, from `start` to before `end`: what it is supposed to grant, and what backs it.

    `rights` has R, W and X alone. `shared` says that all who share it see its writes.
    """

    start: int
    end: int
    rights: Rights
    shared: bool
    kind: RegionKind
    backing: Backing
    traits: tuple[Trait, ...]


class Space(NamedTuple):
    """An address space: `pids` are the processes in it, `regions` and the tables' entries are by address."""

    number: int
    pids: tuple[int, ...]
    asid: int
    regions: tuple[Region, ...]
    root: Table


class Holds(Enum):
    """What a frame holds."""

    KERNEL = "kernel"  # taken at boot: no page table may name it
    ZEROS = "zeros"  # the page of zeros, which all who read an untouched page share
    SPARE = "spare"  # put by for the page table that a huge page needs when it is split
    TABLE = "table"  # a page table of an address space
    PROGRAM = "program"  # a page of a program's file, shared by all who run it
    SHARED = "shared"  # a page of a shared mapping or of a file
    INDEX = "index"  # where a shared mapping's or a file's pages are: a tree, shaped as a page table
    DATA = "data"  # a page of one process's, or of several until one of them writes
    HELD = "held"  # unmapped, and kept until the last TLB has dropped it; or in the midst of a step of the kernel's


class Owner(NamedTuple):
    """Who has a frame: an address space, by its number, at the address `va`."""

    space: int
    va: int


class Frame(NamedTuple):
    """A frame that is in use.

    `refs` counts all references to it, but for the page of zeros, whose are not counted (F61). `owners` are those that
    page tables make, by space and address: of a table, the space that it is of, and the first address that it is for.
    `level` is that of a table, 0 for what is none.
    """

    number: int
    refs: int
    holds: Holds
    level: int
    owners: tuple[Owner, ...]


class Stretch(NamedTuple):
    """What a process's memory holds from address `va` on."""

    pid: int
    va: int
    data: bytes
