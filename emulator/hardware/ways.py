"""All ways of a set of a TLB at once: what compiled code does in the places of three functions of `tlb` and `lru`.

Way by way, a miss in a set of 12 ways takes 12 compares, and a fill 22 moves; here, four ways are in one vector. How
long a search takes does not depend on where it ends, so the host's processor has nothing to guess wrong.
"""

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from emulator.base.bits import KEY_PAGE
from emulator.base.jit import inlined
from emulator.hardware.replacement.lru import put_next
from emulator.hardware.translation.tlb import MISS, find_next, is_entry_of

BIT, LANE, WORD = ir.IntType(1), ir.IntType(32), ir.IntType(64)
WORD_BYTES = 8
FOUR = ir.VectorType(WORD, 4)
SPREAD, ONE_ON = (ir.Constant(ir.VectorType(LANE, 4), lanes) for lanes in ([0, 0, 0, 0], [4, 0, 1, 2]))


class Freeze(ir.instructions.Instruction):  # type: ignore[misc]  # llvmlite has no types
    """A value that LLVM takes as it is: what is stored under a condition over what was loaded is not made a masked
    store, which AMD's processors carry out in microcode (instruction tables of A. Fog and uops.info: VPMASKMOVD)."""

    def __init__(self, builder, value):
        super().__init__(builder.block, value.type, "freeze", [value])
        builder._insert(self)

    def descr(self, buffer):
        (value,) = self.operands
        buffer.append(f"freeze {value.type} {value.get_reference()}\n")


def _spread(builder, value):
    """Return four times `value`."""
    alone = builder.insert_element(ir.Constant(FOUR, ir.Undefined), value, ir.Constant(LANE, 0))
    return builder.shuffle_vector(alone, alone, SPREAD)


def _load(builder, address, words):
    """Return the four words that come after so many at an address."""
    return Freeze(builder, builder.load(_pointer(builder, address, words), align=WORD_BYTES))


def _pointer(builder, address, words):
    return builder.inttoptr(builder.add(address, ir.Constant(WORD, WORD_BYTES * words)), FOUR.as_pointer())


def _same_page(ways):
    """Return what tells which of the keys of a set, at an address, are for the page of `key`: a bit for each."""

    def generate(context, builder, signature, arguments):
        address, key = arguments
        found = ir.Constant(WORD, 0)
        for four in range(0, ways, 4):
            differing = builder.xor(_load(builder, address, four), _spread(builder, key))
            page = builder.and_(differing, ir.Constant(FOUR, [KEY_PAGE] * 4))
            same = builder.icmp_signed("==", page, ir.Constant(FOUR, [0] * 4))
            bits = builder.zext(builder.bitcast(same, ir.IntType(4)), WORD)
            found = builder.or_(found, builder.shl(bits, ir.Constant(WORD, four)))
        return found

    @intrinsic
    def same_page(typing, address, key):
        return types.int64(types.int64, types.int64), generate

    return same_page


def _put_first(ways):
    """Return what puts `word` in front of a set, at an address; words before way `stop` move one back."""

    def generate(context, builder, signature, arguments):
        address, stop, word = arguments
        held = [_load(builder, address, four) for four in range(0, ways, 4)]
        moved = [_load(builder, address, four - 1) for four in range(4, ways, 4)]
        moved.insert(0, builder.shuffle_vector(held[0], _spread(builder, word), ONE_ON))
        last = _spread(builder, stop)
        for number, (here, before) in enumerate(zip(held, moved, strict=True)):
            ways_here = ir.Constant(FOUR, list(range(4 * number, 4 * number + 4)))
            behind = builder.icmp_signed(">", ways_here, last)
            new = builder.select(behind, here, before)
            builder.store(new, _pointer(builder, address, 4 * number), align=WORD_BYTES)
        return context.get_dummy_value()

    @intrinsic
    def put_first(typing, address, stop, word):
        return types.void(types.int64, types.int64, types.int64), generate

    return put_first


def _fill_first(ways):
    """Return what puts `word` in front of a set, at an address; all words move one back, and the last is gone."""

    def generate(context, builder, signature, arguments):
        address, word = arguments
        moved = [_load(builder, address, four - 1) for four in range(4, ways, 4)]
        moved.insert(0, builder.shuffle_vector(_load(builder, address, 0), _spread(builder, word), ONE_ON))
        for number, new in enumerate(moved):
            builder.store(new, _pointer(builder, address, 4 * number), align=WORD_BYTES)
        return context.get_dummy_value()

    @intrinsic
    def fill_first(typing, address, word):
        return types.void(types.int64, types.int64), generate

    return fill_first


@intrinsic
def _lowest(typing, bits):
    """The number of the lowest bit that is set."""

    def generate(context, builder, signature, arguments):
        return builder.cttz(arguments[0], ir.Constant(BIT, 1))

    return types.int64(types.int64), generate


_same_4, _same_8, _same_12, _same_16 = map(_same_page, (4, 8, 12, 16))
_put_4, _put_8, _put_12, _put_16 = map(_put_first, (4, 8, 12, 16))
_fill_4, _fill_8, _fill_12, _fill_16 = map(_fill_first, (4, 8, 12, 16))


@inlined
def find(tlb, key, level, first):
    """As `tlb.find`, all ways at once where there are 4, 8, 12 or 16."""
    keys = tlb.key.ctypes.data + WORD_BYTES * first
    if tlb.ways == 4:
        bits = _same_4(keys, key)
    elif tlb.ways == 12:
        bits = _same_12(keys, key)
    elif tlb.ways == 8:
        bits = _same_8(keys, key)
    elif tlb.ways == 16:
        bits = _same_16(keys, key)
    else:
        return find_next(tlb, key, level, first)
    while bits != 0:
        entry = first + _lowest(bits)
        if is_entry_of(tlb, key, level, entry):
            return entry
        bits &= bits - 1
    return MISS


@inlined
def put_first(tlb, key, word, first, entry):
    """As `lru.put_first`, all ways at once where there are 4, 8, 12 or 16."""
    keys, words, stop = (
        tlb.key.ctypes.data + WORD_BYTES * first,
        tlb.word.ctypes.data + WORD_BYTES * first,
        entry - first,
    )
    if tlb.ways == 4:
        _put_4(keys, stop, key)
        _put_4(words, stop, word)
    elif tlb.ways == 12:
        _put_12(keys, stop, key)
        _put_12(words, stop, word)
    elif tlb.ways == 8:
        _put_8(keys, stop, key)
        _put_8(words, stop, word)
    elif tlb.ways == 16:
        _put_16(keys, stop, key)
        _put_16(words, stop, word)
    else:
        put_next(tlb, key, word, first, entry)


@inlined
def fill_first(tlb, key, word, first):
    """As `lru.fill_first`, all ways at once where there are 4, 8, 12 or 16."""
    keys, words = tlb.key.ctypes.data + WORD_BYTES * first, tlb.word.ctypes.data + WORD_BYTES * first
    if tlb.ways == 4:
        _fill_4(keys, key)
        _fill_4(words, word)
    elif tlb.ways == 12:
        _fill_12(keys, key)
        _fill_12(words, word)
    elif tlb.ways == 8:
        _fill_8(keys, key)
        _fill_8(words, word)
    elif tlb.ways == 16:
        _fill_16(keys, key)
        _fill_16(words, word)
    else:
        put_next(tlb, key, word, first, first + tlb.ways - 1)
