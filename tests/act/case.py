"""What a case of riscv-arch-test is, as data: pages, and what accesses to them are answered with."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from emulator.base.names import Fault

DATA, ALL = ("store", "load"), ("store", "load", "fetch")
RV64, EVERY = ("sv39", "sv48", "sv57"), ("sv32", "sv39", "sv48", "sv57")
OUTSIDE = 1 << 33  # a frame where there is no memory
NONE: Mapping = MappingProxyType({})

EACH, LARGE, TOP, LOWEST = "each level", "each level above 0", "the highest level", "level 0"  # where a page is
POINTERS, ABOVE = "each pointer above level 0", "the pointer right above each page"  # where a pointer is


class Page(NamedTuple):
    """A page, or a pointer above one, and what becomes of accesses to it."""

    says: str  # what is special
    flags: str = "vrwxad"  # of the leaf, letters out of v r w x u g a d
    refused: Mapping = NONE  # by access: its Fault; the others go through
    at: str = EACH
    more: int = 0  # bits of the leaf beside, or of the pointer at POINTERS and ABOVE
    accesses: tuple = ALL
    sum: bool = False
    mxr: bool = False
    va: int | None = None  # the address, where it is not any one
    size: int = 4
    frame: int = 0  # what the leaf's address has beside an aligned one
    again: bool = False  # a fence of the address space follows, and the same accesses, none of which may walk


class Case(NamedTuple):
    """One file, in each format that it is there for; a `script` of `run` in the place of pages, or nothing at all."""

    folder: str
    file: str  # without its format
    checks: str
    rules: str
    pages: tuple = ()
    formats: tuple = EVERY
    faults: Mapping = NONE  # by format: how many the original says it expects, where it was read
    ad: str = "svade"
    needs: str | None = None  # an extension of page tables
    script: str = ""
    left: str = ""  # what is not modelled, and why

    @property
    def privilege(self):
        """The mode that accesses are made in; that of MPRV, where the original has it."""
        return "user" if self.file.endswith("_Umode") else "supervisor"


def no(fault, *accesses):
    """All accesses, or these, refused for this."""
    return dict.fromkeys(accesses or ALL, fault)


def both(folder, file, checks, rules, pages, **more):
    """The two rows of what the original has for supervisor pages, and again for user pages."""
    users = tuple(page._replace(flags=page.flags + "u" * (page.flags != "v")) for page in pages)
    return (
        Case(folder, f"{file}_Smode", checks, rules, tuple(pages), **more),
        Case(folder, f"{file}_Umode", checks, rules, users, **more),
    )


def of_rights(u=""):
    """The five pages that differ in rights, and what a mode that may reach them is refused."""
    read, write, fetch = (
        no(Fault.READ_PROTECTED, "load"),
        no(Fault.WRITE_PROTECTED, "store"),
        no(Fault.NO_EXECUTE, "fetch"),
    )
    rows = (("rwx", {}), ("x", read | write), ("rx", write), ("rw", fetch), ("r", write | fetch))
    return tuple(Page(rights, f"v{rights}{u}ad", refused) for rights, refused in rows)


def exceptions(kind, what, accesses, misaligned):
    """The two rows of faults that are no matter of rights; `misaligned` is the one that goes before all others."""
    absent, outside = Fault.NOT_PRESENT, Fault.ACCESS
    rows = (
        ("mapped", "vrwxad", 0, None),
        ("outside memory", "vrwxad", OUTSIDE, outside),
        ("no V", "rwxad", 0, absent),
        ("no V, outside memory", "rwxad", OUTSIDE, absent),
    )
    pages = []
    for says, flags, frame, fault in rows:
        page = Page(says, flags, no(fault, *accesses) if fault else NONE, TOP, accesses=accesses, frame=frame)
        crooked = misaligned or fault
        data = tuple(access for access in accesses if access != "fetch")
        pages += [
            page,
            page._replace(
                says=f"{says}, misaligned", accesses=data, refused=no(crooked, *data) if crooked else NONE, va=2
            ),
        ]
    return both(
        f"ExceptionsSv{kind}",
        f"exceptions_{kind}" if kind else "exceptions",
        f"what {what} raises: misaligned, outside memory, not mapped",
        "F11, F12, F17",
        pages,
        formats=("sv32", "sv39"),
        left="which faults medeleg hands on to the supervisor: there are no CSRs",
    )
