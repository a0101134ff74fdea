"""What an access needs of a translation, and whether one has it (F15, F16)."""

from emulator.audit.memory import GRANTS, Leaf
from emulator.audit.record import SUPERVISOR, USER, Kind
from emulator.base.bits import D, R, U, W, X

Needs = tuple[int, int]  # the rights that an access needs, and those that forbid it
ANY: Needs = (0, 0)

PRIVILEGE = USER | SUPERVISOR
RIGHT = {Kind.LOAD: R, Kind.STORE: W | D, Kind.FETCH: X}


def needs_of(kind: int, flags: int) -> Needs:
    """Return the rights that an access needs, and those that forbid it (F15, F16): that it took place shows SUM."""
    right = RIGHT[Kind(kind)]
    if flags & USER:
        return right | U, 0
    return right, U if flags & SUPERVISOR and kind == Kind.FETCH else 0


# By kind of access and privilege: a bit of `Fresh`, and what `needs_of` says.
ACCESSES = [(int(kind), flags) for kind in RIGHT for flags in (0, USER, SUPERVISOR)]
BIT: dict[tuple[int, int], int] = {access: 1 << number for number, access in enumerate(ACCESSES)}
NEEDS: dict[tuple[int, int], Needs] = {access: needs_of(*access) for access in ACCESSES}


def grants(leaf: Leaf | None, needs: Needs) -> bool:
    """Return whether `leaf` lets an access through."""
    return leaf is not None and leaf.rights & needs[0] == needs[0] and leaf.rights & needs[1] == 0


def grants_more(held: Leaf, memory: Leaf | None) -> bool:
    """Return whether a translation has a page or right that memory has not; a page split up counts as less."""
    if memory is None or memory.page != held.page or memory.level < held.level:
        return True
    return bool(held.rights & GRANTS & ~memory.rights)


def grants_less(held: Leaf, memory: Leaf | None) -> bool:
    """Return whether memory grants a right that a translation does not, but for D, which a walk sets itself."""
    return memory is not None and bool(memory.rights & (R | W | X | U) & ~held.rights)


def lets_through(held: Leaf, memory: Leaf | None, needs: Needs) -> bool:
    """Return whether memory grants an access, to the same page as a translation that grants it."""
    return memory is not None and grants(memory, needs) and memory.page == held.page
