"""Random vectors for arm64 translation tables: an address, a descriptor a level, an access; mostly sound, often not."""

from typing import NamedTuple

PAGE, LEVELS = 4096, 4
VALID, TABLE, EL0, READ_ONLY, AF, NG = (1 << bit for bit in (0, 1, 6, 7, 10, 11))
DBM, CONTIGUOUS, PXN, UXN = (1 << bit for bit in (51, 52, 53, 54))
BELOW = [1 << bit for bit in (59, 60, 61, 62)]  # PXNTable, UXNTable, APTable: what tables take away
IGNORED = (8, 9, 11, *range(55, 59), 63)  # SH, nG, those for software
ACCESSES = ("fetch", "load", "store")


class Vector(NamedTuple):
    """What is put to both sides; descriptors stand one a level, that of the page's level first."""

    va: int
    descriptors: tuple
    access: str
    user: bool
    switches: dict


class Places(NamedTuple):
    """Where in memory there are: a table for each level, that of pages first; the data up to its end."""

    tables: int
    data: int
    end: int

    def of(self, va):
        """Where the descriptors of `va` stand, that of the page's level first."""
        return [self.tables + level * PAGE + (va >> 12 + 9 * level & 511) * 8 for level in range(LEVELS)]


def some_vector(rng, places, highest=3):
    """One vector; what is no table stands at level `highest` at most."""
    switches = {"pan": rng.random() < 0.5, "wxn": rng.random() < 0.3}
    return Vector(
        some_va(rng, places), some_descriptors(rng, places, highest), rng.choice(ACCESSES), rng.random() < 0.5, switches
    )


def some_va(rng, places):
    """An address whose low 30 bits fall into the data, whatever the size of its page; 1 in 20 is none of TTBR0's."""
    va = rng.choice((0, 1, 255, 256, 511)) << 39 | rng.choice((0, 1, 511)) << 30
    va |= rng.randrange(places.data, places.end, 16)
    return va ^ 1 << rng.randrange(48, 64) if rng.random() < 0.05 else va


def some_bits(rng, likely):
    """What any descriptor of a page has, `likely` is how probably each right is granted."""
    bits = EL0 if rng.random() < likely else 0
    bits |= sum(bit for bit in (READ_ONLY, PXN, UXN) if rng.random() > likely)
    bits |= (AF if rng.random() < 0.9 else 0) | (rng.choice((DBM, CONTIGUOUS)) if rng.random() < 0.3 else 0)
    return bits


def some_descriptors(rng, places, highest):
    """A descriptor for each level: tables down to a level drawn, there a page or block; with mistakes."""
    leaf = min(rng.choice((0, 0, 0, 1, 1, 2, 2, 3)), highest)
    likely = rng.choice((0.5, 0.9, 0.97, 1))
    found = [0] * leaf
    for level in range(leaf, LEVELS):
        bits = (VALID if rng.random() < 0.97 else 0) | (1 << rng.choice(IGNORED) if rng.random() < 0.3 else 0)
        if level > leaf:
            denied = rng.choice(BELOW) if rng.random() > likely else 0
            found.append(places.tables + (level - 1) * PAGE | TABLE | bits | denied)
        elif level == 0:
            page = rng.randrange(places.data, places.end, PAGE)
            found.append(page | (TABLE if rng.random() < 0.95 else 0) | bits | some_bits(rng, likely))
        else:
            page = rng.randrange(places.data, places.end, 1 << 21) if level == 1 else 0
            found.append(page | bits | some_bits(rng, likely))
    return tuple(found)
