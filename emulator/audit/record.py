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

from enum import IntEnum
from typing import NamedTuple

VERSION = 1
MAGIC = b"pagewalk-log"

Row = tuple[int, int, int, int, int, int, int]

HAS_PC, HAS_VA, HAS_ASID, USER, SUPERVISOR = (1 << bit for bit in range(5))
WORD_LIMIT = 1 << 64
HART_LIMIT = ASID_LIMIT = 1 << 16
SPACE_LIMIT = 1 << 32


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

BY_NAME = {kind.name.lower().encode(): kind for kind in SHAPES}
PRIVILEGES = {b"u": USER, b"s": SUPERVISOR}


class Field(NamedTuple):
    """A field of a line: its place in a `Row`, what it has to be below, and what it has to be a multiple of."""

    place: int
    limit: int
    multiple: int = 1


FIELDS = {
    "hart": Field(1, HART_LIMIT),
    "space": Field(3, SPACE_LIMIT),
    "root": Field(4, WORD_LIMIT, 4096),
    "asid": Field(5, ASID_LIMIT),
    "address": Field(4, WORD_LIMIT, 8),
    "value": Field(5, WORD_LIMIT),
    "va": Field(4, WORD_LIMIT),
    "frame": Field(4, WORD_LIMIT, 4096),
    "pc": Field(6, WORD_LIMIT),
}

# Optional numbers: the flag that says that one is there.
OPTIONS = {"pc": HAS_PC, "va": HAS_VA, "asid": HAS_ASID}


def misfit(name: str, value: int) -> str:
    """Return what is wrong with `value` as field `name`, "" for nothing."""
    field = FIELDS[name]
    if not 0 <= value < field.limit:
        return f"{name} {value:#x} is out of range (0..{field.limit - 1:#x})"
    if value % field.multiple:
        what = "an aligned PTE address" if name == "address" else "the address of a page"
        return f"{name} {value:#x} is no multiple of {field.multiple}, which {what} is"
    return ""
