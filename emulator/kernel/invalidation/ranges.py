"""A range of an address space: what an invalidation is of.

It is four numbers, so that it crosses calls as a value, a field of no record: nobody can change it under whoever has
been told of it and runs on. Its pages are of one size: where nothing but huge pages has changed, one invalidation drops
each of them, and ceilings count them as one each (Linux, `stride_shift` of flush_tlb_mm_range).
"""

from typing import NamedTuple

from emulator.base.bits import HUGE_BYTES, LEVEL_BITS, huge_of, page_bytes, page_of, pages_in
from emulator.base.jit import hot

WHOLE = 0  # in the place of a number of pages: the whole address space
NOTHING, CATCH_UP = -1, -2  # what harts are told to drop: nothing; all that was postponed


class Range(NamedTuple):
    """`pages` pages of the address space in slot `space` from `start` on; WHOLE: all of it.

    They have the size that `page_bytes` says for `level`.
    """

    space: int
    start: int
    pages: int
    level: int


@hot
def between(space, start, end):
    """Return the pages of `space` from `start` to `end`."""
    return Range(space.number, start, pages_in(end - start), 0)


@hot
def huge_between(space, start, end, small):
    """Return the same where `small` small pages have changed: counted in huge ones if that is none and they fit."""
    if small > 0 or (start | end) & (HUGE_BYTES - 1) != 0:
        return between(space, start, end)
    return Range(space.number, start, pages_in(end - start) >> LEVEL_BITS, 1)


@hot
def page_at(space, va):
    """Return the page of `space` that `va` is in."""
    return Range(space.number, page_of(va), 1, 0)


@hot
def huge_at(space, va):
    """Return the huge page of `space` that `va` is in."""
    return Range(space.number, huge_of(va), 1, 1)


@hot
def whole_of(space):
    """Return all of `space`."""
    return Range(space.number, 0, WHOLE, 0)


@hot
def page_in(span, i):
    """Return the address of page number `i` of a range."""
    return span.start + i * page_bytes(span.level)


@hot
def small_pages(span):
    """Return how many pages of 4 KiB a range has."""
    return span.pages << (LEVEL_BITS * span.level)
