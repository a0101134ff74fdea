"""All ways of a set of a cache at once: what compiled code does in place of `lru.use_any` and `cache.find_many`."""

from functools import reduce

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from emulator.base.bits import at
from emulator.base.record import I4
from emulator.hardware.cache import ALL, MANY, find
from emulator.hardware.replacement.lru import use_next
from emulator.hardware.ways import Freeze

BIT, TAG, WORD = ir.IntType(1), ir.IntType(32), ir.IntType(64)
TAG_BYTES = 4
WIDE = 8  # tags that the host's processor compares by one instruction


class Set:
    """Code that looks for a tag in a set of so many ways, whose first tag is at `address` on the host."""

    def __init__(self, builder, ways, address, tag):
        self._builder, self._ways = builder, ways
        self._place = builder.inttoptr(address, ir.VectorType(TAG, ways).as_pointer())
        self._held = Freeze(builder, builder.load(self._place, align=TAG_BYTES))
        new = self._spread(tag)
        self._same = builder.icmp_signed("==", self._held, new)
        self._moved = builder.shuffle_vector(self._held, new, _numbers([ways, *range(ways - 1)]))

    def is_there(self):
        """Whether the set holds the tag."""
        builder, wide = self._builder, min(self._ways, WIDE)
        starts = range(0, self._ways, wide)
        parts = [builder.shuffle_vector(self._same, self._same, _numbers(range(n, n + wide))) for n in starts]
        bits = builder.bitcast(reduce(builder.or_, parts), ir.IntType(wide))
        return builder.icmp_unsigned("!=", bits, ir.Constant(ir.IntType(wide), 0))

    def put_first(self):
        """Put the tag in front of the set, and what stood before it one back: all, where it was not there."""
        builder, last = self._builder, ir.Constant(TAG, 1 << (self._ways - 1))
        found = builder.zext(builder.bitcast(self._same, ir.IntType(self._ways)), TAG)  # a bit for each way
        stop = self._spread(builder.cttz(builder.or_(found, last), ir.Constant(BIT, 1)))
        behind = builder.icmp_signed(">", _numbers(range(self._ways)), stop)
        builder.store(builder.select(behind, self._held, self._moved), self._place, align=TAG_BYTES)
        return builder.zext(builder.icmp_unsigned("!=", found, ir.Constant(TAG, 0)), WORD)

    def fill(self):
        """Put the tag, which is not there, in front of the set."""
        self._builder.store(self._moved, self._place, align=TAG_BYTES)

    def _spread(self, value):
        """A vector of `value` in every place."""
        nothing = ir.Constant(ir.VectorType(TAG, self._ways), ir.Undefined)
        alone = self._builder.insert_element(nothing, value, ir.Constant(TAG, 0))
        return self._builder.shuffle_vector(alone, alone, _numbers([0] * self._ways))


def _numbers(values):
    """A vector of constants."""
    values = list(values)
    return ir.Constant(ir.VectorType(TAG, len(values)), values)


def _use(ways):
    """Return what does as `use_next` for a set of so many ways, of its address on the host and a tag."""

    def generate(context, builder, signature, arguments):
        return Set(builder, ways, *arguments).put_first()

    @intrinsic
    def use(typing, address, tag):
        return types.int64(types.int64, types.int32), generate

    return use


def _use_row(ways):
    """Return what does so for MANY sets in a row and as many tags, which are not there as a rule: a bit for each."""

    def generate(context, builder, signature, arguments):
        address, tag = arguments
        held = cgutils.alloca_once_value(builder, ir.Constant(WORD, 0))
        with cgutils.for_range(builder, ir.Constant(WORD, MANY)) as loop:
            place = builder.add(address, builder.mul(loop.index, ir.Constant(WORD, TAG_BYTES * ways)))
            here = Set(builder, ways, place, builder.add(tag, builder.trunc(loop.index, TAG)))
            with builder.if_else(here.is_there(), likely=False) as (there, absent):
                with there:
                    bit = builder.shl(here.put_first(), loop.index)
                    builder.store(builder.or_(builder.load(held), bit), held)
                with absent:
                    here.fill()
        return builder.load(held)

    @intrinsic
    def use_row(typing, address, tag):
        return types.int64(types.int64, types.int32), generate

    return use_row


_use_4, _use_8, _use_16 = map(_use, (4, 8, 16))
_row_4, _row_8, _row_16 = map(_use_row, (4, 8, 16))


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


def find_many(cache, line, wanted):
    """As `cache.find_many`, all ways at once of the sets in a row that lines in a row fall into, if all are wanted."""
    if wanted == ALL and cache.lru_mask >= MANY - 1 and line & (MANY - 1) == 0:
        address = cache.tag.ctypes.data + TAG_BYTES * cache.ways * (line & cache.lru_mask)
        if cache.ways == 4:
            return _row_4(address, I4(line + 1))
        if cache.ways == 8:
            return _row_8(address, I4(line + 1))
        if cache.ways == 16:
            return _row_16(address, I4(line + 1))
    held = 0
    for i in range(MANY):
        if wanted >> i & 1:
            held |= find(cache, line + i) << i
    return held
