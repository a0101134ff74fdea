"""The TLBs and walk caches of a hart, read without asking them: to ask would change what was used last."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from emulator.base import bits
from emulator.base.bits import asid_of, dropped_by, frame_in, level_of, page_address, page_bytes, span_start
from emulator.config.schema import WALK_CACHES
from emulator.hardware.build import TLBS
from emulator.hardware.translation.tlb import HELD
from emulator.look.tables import rights
from emulator.state import Kind, TlbEntry

Content = tuple[bytes, bytes, bytes, bytes]


class Tlbs:
    """Reads TLBs; those that have not changed since the last time are not explained again."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str], tuple[Content, tuple[TlbEntry, ...]]] = {}

    def read(self, number: int, hart: Any) -> tuple[TlbEntry, ...]:
        """Return the entries of all TLBs of the record of hart `number`, each TLB's ghosts after its entries.

        Those of its walk caches come last.
        """
        found: list[TlbEntry] = []
        for field, name in TLBS.items():
            tlb = getattr(hart, field)
            size = int(tlb.sets) * int(tlb.ways)
            if not size:
                continue
            content = _content(tlb, size)
            known, entries = self._known.get((number, name), (None, ()))
            if known != content:
                entries = (*_entries(name, tlb, size), *_ghosts(name, tlb, size))
                self._known[number, name] = content, entries
            found += entries
        for place, name in enumerate(WALK_CACHES[: int(hart.levels) - 1]):
            cache, shift = hart.walk_cache[place], int(hart.span_shift[place])
            held = np.flatnonzero(cache.word[: int(cache.sets) * int(cache.ways)] & HELD)
            found += (_pointer(name, int(cache.key[i]), int(cache.word[i]), shift) for i in held)
        return tuple(found)


def _content(tlb: Any, size: int) -> Content:
    haunted = size if tlb.ghosts else 0
    parts = tlb.key[:size], tlb.word[:size], tlb.ghost_key[:haunted], tlb.ghost[:haunted]
    key, word, ghost_key, ghost = (part.tobytes() for part in parts)
    return key, word, ghost_key, ghost


def _entries(name: str, tlb: Any, size: int) -> Iterator[TlbEntry]:
    held = np.flatnonzero(tlb.word[:size] & HELD)
    for key, word in zip(tlb.key[held].tolist(), tlb.word[held].tolist(), strict=True):
        yield _entry(name, key, word)


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


@lru_cache(maxsize=4096)
def _pointer(name: str, key: int, word: int, shift: int) -> TlbEntry:
    kind = Kind.STALE if word & bits.STALE else Kind.POINTER
    granted = bits.make_valid(word)
    va = span_start(key, shift)
    return TlbEntry(name, va, asid_of(key), 1 << shift, False, frame_in(word), rights(granted), kind, -1)


def _ghosts(name: str, tlb: Any, size: int) -> Iterator[TlbEntry]:
    """Yield ghosts: in each set they lie on as many places, from its first on, as it has empty ones."""
    if not tlb.ghosts:
        return
    ways = int(tlb.ways)
    empty = (tlb.word[:size].reshape(-1, ways) == 0).sum(axis=1, keepdims=True)
    there = np.arange(ways) < empty
    found = np.flatnonzero(there.ravel() & (tlb.ghost[:size] & bits.GHOST != 0))
    for key, ghost in zip(tlb.ghost_key[found].tolist(), tlb.ghost[found].tolist(), strict=True):
        yield _ghost(name, key, ghost)


@lru_cache(maxsize=1 << 16)
def _ghost(name: str, key: int, ghost: int) -> TlbEntry:
    size = page_bytes(level_of(ghost))
    return TlbEntry(name, page_address(key), asid_of(key), size, False, 0, rights(0), Kind.GHOST, dropped_by(ghost))
