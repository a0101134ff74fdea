"""A range of an address space: what an invalidation is of.

It is three numbers, so that it crosses calls as a value, a field of no record: nobody can change it under whoever has
been told of it and runs on.
"""

from typing import NamedTuple

from emulator.base.bits import PAGE_BYTES, page_of, pages_in
from emulator.base.jit import hot

WHOLE = 0  # in the place of a number of pages: the whole address space
NOTHING, CATCH_UP = -1, -2  # what harts are told to drop: nothing; all that was postponed


class Range(NamedTuple):
    """`pages` pages of the address space in slot `space` from `start` on; WHOLE: all of it."""

    space: int
    start: int
    pages: int


@hot
def between(space, start, end):
    """Return the pages of `space` from `start` to `end`."""
    return Range(space.number, start, pages_in(end - start))


@hot
def page_at(space, va):
    """Return the page of `space` that `va` is in."""
    return Range(space.number, page_of(va), 1)


@hot
def whole_of(space):
    """Return all of `space`."""
    return Range(space.number, 0, WHOLE)


@hot
def page_in(span, i):
    """Return the address of page number `i` of a range."""
    return span.start + i * PAGE_BYTES
