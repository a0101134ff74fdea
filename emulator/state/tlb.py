"""Entries of TLBs and of walk caches as they are seen: all that a hart remembers of page tables."""

from enum import Enum
from typing import NamedTuple

from emulator.state.memory import Rights


class Kind(Enum):
    """What an entry is."""

    GRANTS = "grants"  # it grants what its PTE did when it was filled
    POINTER = "pointer"  # it leads to a table, as its PTE did when it was filled
    STALE = "stale"  # its PTE grants, or leads there, no longer; found by the checker alone, so only while that is on
    NEGATIVE = "negative"  # it remembers that there was no valid PTE
    GHOST = "ghost"  # an invalidation dropped it, and its place has not been filled since: it grants nothing


class TlbEntry(NamedTuple):
    """An entry of the TLB `tlb` of a hart: "l1i", "l1d", "l2", with "_2m" or "_1g" for those of larger pages.

    Or of a walk cache, "pde", "pdpte", "pml4e" or "pml5e": then `size` is what its pointer spans, `frame` that of the
    table it leads to, and `rights` are what the pointers down to it leave.
    It is for the page of `size` bytes at `va` in the address space of `asid`, or in all where `everywhere`. It maps
    `frame` with `rights`; a ghost, and a negative entry, map frame 0 with none. `dropped_by` is the number of the
    invalidation (docs/events.md) that made it a ghost, -1 for an entry that is none.
    """

    tlb: str
    va: int
    asid: int
    size: int
    everywhere: bool
    frame: int
    rights: Rights
    kind: Kind
    dropped_by: int
