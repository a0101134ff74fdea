"""What memory grants: the walk that a hart would make now, which books nothing, sets nothing and fills nothing."""

from emulator.base.bits import (
    EVERY_RIGHT,
    OFFSET,
    D,
    R,
    U,
    W,
    X,
    frame_of,
    level_of,
    make_valid,
    make_word,
    page_bytes,
    place_in,
)
from emulator.base.jit import hot, rare
from emulator.base.names import Fault
from emulator.hardware.translation.step import NO_TABLE, OUTSIDE, step
from emulator.paging import format as paging

GRANTS = R | W | X | U | D
NOTHING = 0


@hot
def last_entry(world, hart, root, va):
    """Return place, PTE, level and rights above it of the last entry for `va` under the table at place `root`."""
    level, rights = hart.levels - 1, EVERY_RIGHT
    place, pte, table = step(world, hart, root, va, level)
    while table != NO_TABLE:
        rights = paging.rights_below(hart, rights, pte)
        level -= 1
        place, pte, table = step(world, hart, table, va, level)
    return place, pte, level, rights


@hot
def granted(world, hart, root, va):
    """Return the TLB word of 4 KiB that the tables under the one at place `root` grant for `va`, or NOTHING."""
    place, pte, level, rights = last_entry(world, hart, root, va)
    if place == OUTSIDE or paging.encoding_fault(hart, pte, level) != Fault.NONE:
        return NOTHING
    page = (paging.pa_of(hart, pte, level, va) & ~OFFSET) - world.chip.memory_start
    if page < 0 or page >= world.chip.memory_size:
        return NOTHING
    return make_word(page, rights & paging.rights_of(hart, pte), 0)


@hot
def same_frame(word, now, va):
    """Return whether a TLB word, suspect or not, maps `va` to the frame that `now`, which memory grants, does."""
    return now != NOTHING and frame_of(place_in(make_valid(word), va)) == frame_of(place_in(now, va))


@hot
def grants_more(word, now, va):
    """Return whether a TLB word, suspect or not, grants for `va` what `now` does not, or maps another frame."""
    return not same_frame(word, now, va) or word & ~now & GRANTS != 0


@hot
def is_stale(world, hart, root, va, word):
    """Return whether a TLB word for the page that begins at `va` grants what the tables under `root` do not."""
    if level_of(word) > 0:
        return is_any_stale(world, hart, root, va, word)
    return grants_more(word, granted(world, hart, root, va), va)


@rare
def is_any_stale(world, hart, root, va, word):
    """The same for a page of 2 MiB or more: whether it does so anywhere, for smaller pages may stand there by now."""
    end = va + page_bytes(level_of(word))
    while va < end:
        if grants_more(word, granted(world, hart, root, va), va):
            return True
        _, _, level, _ = last_entry(world, hart, root, va)
        va = (va | (paging.span(hart, level) - 1)) + 1
    return False
