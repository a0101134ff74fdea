"""The TLBs of a hart, read without asking them: to ask would change what was used last."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from emulator.base import bits
from emulator.base.bits import asid_of, dropped_by, frame_in, level_of, page_address, page_bytes
from emulator.hardware.build import TLBS
from emulator.hardware.translation.tlb import HELD
from emulator.look.tables import rights
from emulator.state import Kind, TlbEntry


def entries_of(hart: Any) -> Iterator[TlbEntry]:
    """Yield the entries of all TLBs of a hart's record, each TLB's ghosts after its entries."""
    for field, name in TLBS.items():
        tlb = getattr(hart, field)
        size = int(tlb.sets) * int(tlb.ways)
        if size:
            held = np.flatnonzero(tlb.word[:size])
            for key, word in zip(tlb.key[held].tolist(), tlb.word[held].tolist(), strict=True):
                if word & HELD:
                    yield _entry(name, key, word)
            if tlb.ghosts:
                yield from _ghosts(name, tlb, size)


@lru_cache(maxsize=1 << 16)
def _entry(name: str, key: int, word: int) -> TlbEntry:
    kind, frame, granted = Kind.GRANTS, frame_in(word), word
    if word & bits.NEGATIVE:
        kind, frame, granted = Kind.NEGATIVE, 0, 0
    elif word & bits.STALE:
        kind, granted = Kind.STALE, bits.make_valid(word)
    everywhere = bool(granted & bits.G)
    size = page_bytes(level_of(word))
    return TlbEntry(name, page_address(key), asid_of(key), size, everywhere, frame, rights(granted), kind, -1)


def _ghosts(name: str, tlb: Any, size: int) -> Iterator[TlbEntry]:
    """Yield ghosts: in each set they lie on as many places, from its first on, as it has empty ones."""
    ways = int(tlb.ways)
    empty = (tlb.word[:size].reshape(-1, ways) == 0).sum(axis=1, keepdims=True)
    there = np.arange(ways) < empty
    found = np.flatnonzero(there.ravel() & (tlb.ghost[:size] & bits.GHOST != 0))
    for key, ghost in zip(tlb.ghost_key[found].tolist(), tlb.ghost[found].tolist(), strict=True):
        yield TlbEntry(
            *(name, page_address(key), asid_of(key), page_bytes(level_of(ghost)), False, 0),
            *(rights(0), Kind.GHOST, dropped_by(ghost)),
        )
