"""True LRU in a set: tags stand in the order of their last use, the most recent first.

There are two ways to look for a tag, with one outcome. `use_next` goes from way to way and stops where the tag is:
right where that is near the front, as in L1 (all at once would take 5 % of the speed of a loop that hits). `use_any`
compares and moves all ways at once, by vector instructions: right where the tag is deep or absent, as in L2 and L3, and
for the lines of a page that is copied or cleared (a copy-on-write fault takes a third less of the host's time).
"""

import numba
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from emulator.base.bits import at
from emulator.base.jit import hot

BIT, TAG, WORD = ir.IntType(1), ir.IntType(32), ir.IntType(64)
TAG_BYTES = 4


@hot
def use_next(tags, first, ways, tag):
    """Put `tag` in front of the set that begins at `first`; return 1 if it was held, else 0: the last one is gone."""
    previous = tags[at(first)]
    if previous == tag:
        return 1
    tags[at(first)] = tag
    for entry in range(first + 1, first + ways):
        here = tags[at(entry)]
        tags[at(entry)] = previous
        if here == tag:
            return 1
        previous = here
    return 0


if numba.config.DISABLE_JIT or numba.config.BOUNDSCHECK:

    @hot
    def use_any(tags, first, ways, tag):
        """As `use_next`: way by way, so that every access is checked."""
        return use_next(tags, first, ways, tag)

else:

    def _use_all(ways):
        """Return what does the same for sets of so many ways, of a set's address on the host and a tag."""
        vector = ir.VectorType(TAG, ways)
        numbers = ir.Constant(vector, list(range(ways)))

        def spread(builder, value):
            """A vector of `value` in every place."""
            alone = builder.insert_element(ir.Constant(vector, ir.Undefined), value, ir.Constant(TAG, 0))
            return builder.shuffle_vector(alone, alone, ir.Constant(vector, [0] * ways))

        def generate(context, builder, signature, arguments):
            address, tag = arguments
            place = builder.inttoptr(address, vector.as_pointer())
            held = builder.load(place, align=TAG_BYTES)
            new = spread(builder, tag)
            same = builder.icmp_signed("==", held, new)
            found = builder.zext(builder.bitcast(same, ir.IntType(ways)), TAG)  # a bit for each way
            last = ir.Constant(TAG, 1 << (ways - 1))  # is gone if none holds the tag
            stop = spread(builder, builder.cttz(builder.or_(found, last), ir.Constant(BIT, 1)))
            moved = builder.shuffle_vector(held, new, ir.Constant(vector, [ways, *range(ways - 1)]))
            behind = builder.icmp_signed(">", numbers, stop)
            builder.store(builder.select(behind, held, moved), place, align=TAG_BYTES)
            return builder.zext(builder.icmp_unsigned("!=", found, ir.Constant(TAG, 0)), WORD)

        @intrinsic
        def use_all(typing, address, tag):
            return types.int64(types.int64, types.int32), generate

        return use_all

    _use_4, _use_8, _use_16 = _use_all(4), _use_all(8), _use_all(16)

    @hot
    def use_any(tags, first, ways, tag):
        """As `use_next`, all ways at once where there are 4, 8 or 16."""
        if tags[at(first)] == tag:
            return 1
        if ways == 4:
            return _use_4(tags.ctypes.data + TAG_BYTES * first, tag)
        if ways == 8:
            return _use_8(tags.ctypes.data + TAG_BYTES * first, tag)
        if ways == 16:
            return _use_16(tags.ctypes.data + TAG_BYTES * first, tag)
        return use_next(tags, first, ways, tag)
