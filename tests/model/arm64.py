"""A reference walker: arm64's stage 1, 4 KiB granule, 4 levels, TTBR0, over a dictionary of 8-byte words.

Written from the rules F25-F29 and F39 alone; the manual's levels are 0 to 3, from the root on. No TLB, no cost.
"""

from typing import NamedTuple


class Mode(NamedTuple):
    """What the walk depends on beside the tables; `hardware`: HA and HD, hardware sets AF and clears AP[2]."""

    el0: bool = True
    pan: bool = False
    wxn: bool = False
    hardware: bool = False


class Refused(Exception):
    """The access faults: with `translation`, `access flag` or `permission` at a level, or `external` at none."""


class Rights(NamedTuple):
    """What all levels together leave."""

    el0: bool
    write: bool
    execute: bool  # by the mode of the access


def bit(word, place):
    """Whether a bit is set."""
    return word >> place & 1 == 1


def leaf_of(words, root, va):
    """The descriptor of the page or block, where it stands, its level, and the tables' descriptors above it."""
    if va >> 48:
        raise Refused("translation", 0)  # F39
    table, above = root, []
    for level in range(4):
        place = table + (va >> 39 - 9 * level & 511) * 8
        descriptor = words.get(place, 0)
        kind = descriptor & 3
        if kind == 3 and level < 3:
            above.append(descriptor)
            table = descriptor & 0xFFFF_FFFF_F000
        elif (kind == 3 and level == 3) or (kind == 1 and level in (1, 2)):
            return descriptor, place, level, above
        else:
            raise Refused("translation", level)  # F39
    raise AssertionError


def rights_of(descriptor, above, mode):
    """F25, F27 and F28."""
    clean = bit(descriptor, 51) and mode.hardware
    write = (not bit(descriptor, 7) or clean) and not any(bit(table, 62) for table in above)
    el0 = bit(descriptor, 6) and not any(bit(table, 61) for table in above)
    never, below = (54, 60) if mode.el0 else (53, 59)
    execute = not bit(descriptor, never) and not any(bit(table, below) for table in above)
    if mode.el0:
        execute = execute and not (mode.wxn and write and el0)
    else:
        execute = execute and not (write and (el0 or mode.wxn))
    return Rights(el0, write, execute)


def permits(rights, access, mode):
    """F25 and F28."""
    if access == "fetch":
        return rights.execute
    if (mode.el0 and not rights.el0) or (not mode.el0 and rights.el0 and mode.pan):
        return False
    return access == "load" or rights.write


def walk(words, start, size, root, va, access, mode):
    """The physical address of `va`, `words` changed as hardware changes them; raises Refused."""
    descriptor, place, level, above = leaf_of(words, root, va & (1 << 64) - 1)
    if not bit(descriptor, 10) and not mode.hardware:
        raise Refused("access flag", level)  # F26
    if not permits(rights_of(descriptor, above, mode), access, mode):
        raise Refused("permission", level)
    if mode.hardware:
        words[place] = descriptor | 1 << 10
        if access == "store":
            words[place] &= ~(1 << 7)  # F27
    span = 1 << 39 - 9 * level
    pa = (descriptor & 0xFFFF_FFFF_F000) // span * span + va % span
    if not start <= pa < start + size:
        raise Refused("external", None)
    return pa
