"""Replacement policies by name: which entry of a full set of a TLB or cache gives way to the next.

A profile names one for each array (`policy`), LRU where it names none; the setting `replacement` names one for all. How
one works is in the module of its name in `emulator/hardware/replacement`.

The number of a policy in compiled code is the place of its row.
"""

from collections.abc import Iterator
from typing import NamedTuple

from emulator.base.errors import nearest, shown


class Policy(NamedTuple):
    """One policy: which entry it gives up, who describes it, and whether a set has to be halved again and again."""

    name: str
    meaning: str
    source: str
    halves: bool = False


POLICIES = (
    Policy(
        "lru",
        "the entry whose last use is longest ago",
        "Mattson et al. 1970, Evaluation techniques for storage hierarchies, IBM Systems Journal 9(2)",
    ),
    Policy(
        "plru",
        "tree-PLRU: of the halves of the set the one not used last, of that again, down to one entry",
        "Intel 273204, Embedded Pentium Processor Family Developer's Manual: a bit for each branch of a binary tree",
        halves=True,
    ),
    Policy(
        "fifo",
        "the entry that was filled first, however often it was hit",
        "Belady 1966, A study of replacement algorithms for a virtual-storage computer, IBM Systems Journal 5(2)",
    ),
    Policy(
        "random",
        "any entry, each as likely as the others; `seed` decides which",
        "Belady 1966, as of fifo: RAND, the policy to beat",
    ),
    Policy(
        "srrip",
        "the entry expected back last: RRPV of 2 bits, 2 at a fill, 0 at a hit, 3 gives way, else all grow",
        "Jaleel et al., ISCA 2010, High performance cache replacement using RRIP: SRRIP-HP",
    ),
)
BY_NAME = {policy.name: policy for policy in POLICIES}
NUMBERS = {policy.name: number for number, policy in enumerate(POLICIES)}
LRU, RANDOM, SRRIP = NUMBERS["lru"], NUMBERS["random"], NUMBERS["srrip"]


def problems(key: str, name: str, ways: int) -> Iterator[str]:
    """Yield why the array `key` of so many ways (1 or more) cannot have the policy `name`."""
    policy = BY_NAME.get(name)
    if policy is None:
        yield f"{key}.policy: '{shown(name)}' is unknown{nearest(name, BY_NAME)} ({', '.join(BY_NAME)} are right)"
    elif policy.halves and ways & (ways - 1):
        below = 1 << (ways.bit_length() - 1)
        yield (
            f"{key}.ways: {ways} ways are no binary tree, which {name} takes them for ({policy.source}); "
            f"{below} or {2 * below} ways are right, or {key}.policy = lru"
        )
