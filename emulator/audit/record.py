"""What a log consists of: records, numbered from 1, each of one kind.

A record is a tuple of seven integers, in text a line and in binary 40 bytes:

    kind    what happened: `Kind`
    hart    on which hart
    flags   which of the optional fields are there, and the privilege of an access; of a space its MODE, as in satp
    space   the number of an address space, as the log declared it
    one     an address: virtual of accesses and fences, physical of PTEs, frames and roots
    two     a PTE's new value; an ASID
    pc      the instruction
"""

from collections.abc import Mapping
from enum import IntEnum
from typing import NamedTuple

VERSION = 1
MAGIC = b"pagewalk-log"

Row = tuple[int, int, int, int, int, int, int]

HAS_PC, HAS_VA, HAS_ASID, USER, SUPERVISOR = (1 << bit for bit in range(5))
WORD_LIMIT = 1 << 64
HART_LIMIT = ASID_LIMIT = 1 << 16
SPACE_LIMIT = 1 << 32
MODES = {b"bare": 0, b"sv39": 8, b"sv48": 9, b"sv57": 10}  # MODE in satp


class Kind(IntEnum):
    """What a record says."""

    END = 0
    LOAD = 1
    STORE = 2
    FETCH = 3
    FENCE = 4
    PTE = 5
    SATP = 6
    HART = 7
    SPACE = 8
    FREE = 9
    TAKE = 10


class Shape(NamedTuple):
    """The fields of one kind of record, as its line has them in order, and the options that may follow."""

    fields: tuple[str, ...]
    options: tuple[str, ...]
    meaning: str


SHAPES = {
    Kind.HART: Shape(("hart",), (), "declares a hart"),
    Kind.SPACE: Shape(("space", "mode", "root", "asid"), (), "declares an address space"),
    Kind.SATP: Shape(("hart", "space"), ("pc",), "a hart enters an address space"),
    Kind.PTE: Shape(("hart", "address", "value"), ("pc",), "a hart writes a PTE"),
    Kind.FENCE: Shape(("hart",), ("va", "asid", "pc"), "a hart carries out SFENCE.VMA: with rs1 (va), rs2 (asid)"),
    Kind.LOAD: Shape(("hart", "va"), ("pc", "mode"), "a hart has loaded"),
    Kind.STORE: Shape(("hart", "va"), ("pc", "mode"), "a hart has stored, or carried out an AMO"),
    Kind.FETCH: Shape(("hart", "va"), ("pc", "mode"), "a hart has fetched an instruction"),
    Kind.FREE: Shape(("hart", "frame"), ("pc",), "the kernel gives a frame back"),
    Kind.TAKE: Shape(("hart", "frame"), ("pc",), "the kernel hands a frame out again"),
}


class Field(NamedTuple):
    """A field of a line: its place in a `Row`, what it has to be below and a multiple of, or the words it may be."""

    name: str
    place: int
    limit: int = WORD_LIMIT
    multiple: int = 1
    words: Mapping[bytes, int] | None = None
    flag: int = 0  # of what is optional: the flags that say that it is there

    def misfit(self, value: int) -> str:
        """Return what is wrong with `value`, "" for nothing."""
        if not 0 <= value < self.limit:
            return f"{self.name} {value:#x} is out of range (0..{self.limit - 1:#x})"
        if value % self.multiple:
            what = "an aligned PTE address" if self.name == "address" else "the address of a page"
            return f"{self.name} {value:#x} is no multiple of {self.multiple}, which {what} is"
        return ""


FLAGS = 2  # the place of the flags in a `Row`
FIELDS = {
    field.name: field
    for field in (
        Field("hart", 1, HART_LIMIT),
        Field("space", 3, SPACE_LIMIT),
        Field("mode", FLAGS, words=MODES),
        Field("root", 4, multiple=4096),
        Field("asid", 5, ASID_LIMIT),
        Field("address", 4, multiple=8),
        Field("value", 5),
        Field("va", 4),
        Field("frame", 4, multiple=4096),
    )
}
OPTIONS = {
    field.name: field
    for field in (
        Field("pc", 6, flag=HAS_PC),
        Field("va", 4, flag=HAS_VA),
        Field("asid", 5, ASID_LIMIT, flag=HAS_ASID),
        Field("mode", FLAGS, words={b"u": USER, b"s": SUPERVISOR}, flag=USER | SUPERVISOR),
    )
}
