"""Calls on memory with arguments that a program should not give: each kind of bad value in each place, as a table.

The arena is made anew before each call, so that every line is the outcome of one call: what it gives, and what a byte
of some pages holds then.
"""

from collections.abc import Iterator
from itertools import product

from tests.linux.steps import ANONYMOUS, ARENA, BEYOND, FIXED, PAGE, PRIVATE, SHARED, Call, Op, Step

SELF = 0x5E1F  # the process itself, in `steps.c`
FREE, READ_ONLY, HOLE, NOTHING, SHARED_PAGE, LAST = (ARENA + PAGE * number for number in range(6))
PIECES = ARENA - 64 * PAGE  # where arrays of (address, length) stand: no call reaches there
WORDS = {"here": PIECES, "into a hole": PIECES + 32, "negative": PIECES + 64, "none": PIECES + 96}
ARRAYS_SET: tuple[Step, ...] = (
    (Op.CALL, Call.MMAP, PIECES, PAGE, 3, PRIVATE | ANONYMOUS | FIXED, -1),
    *((Op.WORD, WORDS["here"] + 8 * place, word) for place, word in enumerate((FREE, 16, LAST, 8))),
    *((Op.WORD, WORDS["into a hole"] + 8 * place, word) for place, word in enumerate((FREE, 8, HOLE, 8))),
    *((Op.WORD, WORDS["negative"] + 8 * place, word) for place, word in enumerate((FREE, -1, LAST, 8))),
    *((Op.WORD, WORDS["none"] + 8 * place, word) for place, word in enumerate((0, 0, BEYOND, 0))),
)
LAYOUT: tuple[Step, ...] = (
    (Op.CALL, Call.MUNMAP, ARENA - 8 * PAGE, 32 * PAGE),
    (Op.CALL, Call.MMAP, FREE, PAGE, 3, PRIVATE | ANONYMOUS | FIXED, -1),
    (Op.CALL, Call.MMAP, READ_ONLY, PAGE, 1, PRIVATE | ANONYMOUS | FIXED, -1),
    (Op.CALL, Call.MMAP, NOTHING, PAGE, 0, PRIVATE | ANONYMOUS | FIXED, -1),
    (Op.CALL, Call.MMAP, SHARED_PAGE, PAGE, 3, SHARED | ANONYMOUS | FIXED, -1),
    (Op.CALL, Call.MMAP, LAST, PAGE, 3, PRIVATE | ANONYMOUS | FIXED, -1),
    (Op.WORD, FREE, 5),
    (Op.WORD, LAST, 6),
)
LOOK: tuple[Step, ...] = tuple((Op.PEEK, place) for place in (FREE, LAST))

ADDRESSES = (0, 1, FREE, FREE + 1, READ_ONLY, HOLE, NOTHING, SHARED_PAGE, LAST, BEYOND, -1, -PAGE, 1 << 62)
LENGTHS = (0, 1, PAGE, PAGE + 1, 3 * PAGE, 6 * PAGE, -1, -PAGE, 1 << 62, (1 << 63) - 1)
ARRAYS = (*WORDS.values(), 0, READ_ONLY, HOLE, NOTHING, BEYOND, PIECES + 4, -8)
COUNTS = (0, 1, 2, -1, 1024, 1025, 1 << 62)


def calls() -> Iterator[Step]:
    """Yield all of them."""
    for address, length in product(ADDRESSES, LENGTHS):
        yield Call.MUNMAP, address, length
        yield Call.MPROTECT, address, length, 1
        yield Call.MLOCK, address, length
        yield Call.MUNLOCK, address, length
        yield Call.MSYNC, address, length, 4
        yield Call.MINCORE, address, length, PIECES + 512
        if length in range(6 * PAGE + 1):  # advice goes on beyond holes, to what the program itself stands on
            for advice in (4, 10, 18, 22, 23):
                yield Call.MADVISE, address, length, advice
    for prot in (8, 1 << 24, 2 << 24, 3 << 24, -1, 1 << 32):
        yield Call.MPROTECT, FREE, PAGE, prot
    for flags in (0, 1, 2, 3, 0x10, FIXED | ANONYMOUS, PRIVATE | FIXED, 0x200000 | 0x22 | FIXED, -1):
        yield Call.MMAP, FREE, PAGE, 3, flags | FIXED, -1
    for address, length in product((1, FREE, FREE + 1, HOLE, BEYOND, -1, -PAGE, 1 << 62), LENGTHS):
        yield Call.MMAP, address, length, 3, PRIVATE | ANONYMOUS | FIXED, -1
        yield Call.MMAP, address, length, 3, PRIVATE | ANONYMOUS | 0x100000, -1
    for vector in (0, READ_ONLY, HOLE, NOTHING, BEYOND, LAST + PAGE - 1, -1):
        yield Call.MINCORE, FREE, 2 * PAGE, vector
    yield from remaps()
    yield from transfers()


def remaps() -> Iterator[Step]:
    """Yield those of mremap. Where a region may grow is said elsewhere: here it cannot, or it is told where to go."""
    for address, old in product(ADDRESSES, LENGTHS):
        yield Call.MREMAP, address, old, PAGE, 0
        yield Call.MREMAP, address, old, PAGE, 3, ARENA + 8 * PAGE
    for new in LENGTHS:
        yield Call.MREMAP, FREE, PAGE, new, 0
        yield Call.MREMAP, FREE, new, new, 3, ARENA + 8 * PAGE
        yield Call.MREMAP, FREE, new, new, 7, ARENA + 8 * PAGE
    for flags, to in product((0, 1, 2, 3, 4, 5, 6, 7, 8, -1, 1 << 32), (FREE, HOLE, HOLE + 1, BEYOND, -PAGE, 1 << 62)):
        if flags not in (1, 5):  # these leave to Linux where it goes
            yield Call.MREMAP, LAST, PAGE, PAGE, flags, to
            yield Call.MREMAP, READ_ONLY, PAGE, PAGE, flags, to
    for to in (FREE, READ_ONLY, HOLE, NOTHING):
        yield Call.MREMAP, FREE, 2 * PAGE, 2 * PAGE, 3, to
        yield Call.MREMAP, FREE, 6 * PAGE, 6 * PAGE, 3, to + 8 * PAGE


def transfers() -> Iterator[Step]:
    """Yield those that name memory by arrays."""
    for call in (Call.READV, Call.WRITEV):
        for pid in (SELF, 0, -1, 0x7FFFFFF0):
            yield call, pid, WORDS["here"], 2, WORDS["here"], 2
            yield call, pid, WORDS["none"], 2, WORDS["here"], 2
            yield call, pid, WORDS["here"], 2, WORDS["none"], 2
        for array, count in product(ARRAYS, COUNTS):
            yield call, SELF, array, count, WORDS["here"], 1
            yield call, SELF, WORDS["here"], 1, array, count
    for descriptor in (-1, 99, 3, 4):
        for array, count in product(ARRAYS, COUNTS):
            if descriptor != 3:  # what is read there has to have been written
                yield Call.VMSPLICE, descriptor, array, count, 2
    for flags in (0, 1, 4, 8, 16, -1):
        yield Call.VMSPLICE, 4, WORDS["here"], 2, flags


def lines() -> Iterator[list[Step]]:
    """Yield the steps of each call, after `ARRAYS_SET`: the arena, the call, what is seen then."""
    for call in calls():
        piped = call[0] == Call.VMSPLICE
        pipe: tuple[Step, ...] = ((Op.CALL, Call.PIPE2, LAST + 64, 0),) if piped else ()
        drained = ((Op.CALL, Call.READ, 3, LAST + 128, 64), (Op.CALL, Call.CLOSE, 3), (Op.CALL, Call.CLOSE, 4))
        if piped and call[1] == 4:
            pipe = (*pipe, (Op.CALL, Call.WRITE, 4, FREE, 1))  # so that a read finds something
        elif piped:
            drained = drained[1:]
        yield [*LAYOUT, *pipe, (Op.CALL, *call), *LOOK, *(drained if piped else ())]
