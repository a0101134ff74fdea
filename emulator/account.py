"""From what compiled code counts to the counters that people read: hits are derived, not counted one by one."""

from collections.abc import Iterable, Mapping
from typing import Any

from emulator.base.names import COSTS, COUNTERS


def counters_of(hart: Any) -> dict[str, int]:
    """Return the counters of one `HART` record by dotted name.

    What the fast path does not count follows from what it does: every retired load and store looked up the data TLB
    and L1d once, every PTE read looked up L1d, and what missed one level looked up the next. The counters of accesses
    and hits hold the other look-ups: refused, split, or made by the kernel.
    """
    found = {row.name: int(hart["count"][place]) for place, row in enumerate(COUNTERS)}
    data = found["loads"] + found["stores"]
    found["cycles"] = int(hart["clock"])
    found["tlb.l1d.accesses"] += data
    found["cache.l1i.hits"] = found["tlb.l1i.accesses"] - found["cache.l1i.misses"]
    found["cache.l1d.hits"] += data + found["walk.references"] - found["cache.l1d.misses"]
    found["cache.l2.hits"] = found["cache.l1i.misses"] + found["cache.l1d.misses"] - found["cache.l2.misses"]
    found["cache.l3.hits"] = found["cache.l2.misses"] - found["cache.l3.misses"]
    return found


def costs_of(hart: Any) -> dict[str, int]:
    """Return the costs of one `HART` record by dotted name, in cycles; they sum to its `cycles`."""
    return {row.name: int(hart["cost"][place]) for place, row in enumerate(COSTS)}


def by_name(cycles: Iterable[Any]) -> dict[str, int]:
    """Return the `cycles` that are not 0, which are in the order of the costs, by dotted name."""
    return {row.name: int(spent) for row, spent in zip(COSTS, cycles, strict=True) if spent}


def total(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Return the sums over all harts, by name."""
    found: dict[str, int] = {}
    for part in parts:
        for name, value in part.items():
            found[name] = found.get(name, 0) + value
    return found
