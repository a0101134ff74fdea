"""What compiled code does otherwise than plain Python, with the same outcome: memory by address, all ways at once.

Only the process that compiles imports this. Where array indices are to be checked, words of memory are, too.
"""

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import make_array, populate_array

from emulator.base.bits import PAGE_BYTES
from emulator.base.record import I8
from emulator.hardware import cache, lines, memory, ways
from emulator.hardware.replacement import lru
from emulator.hardware.translation import tlb

TAG, WORD = ir.IntType(32), ir.IntType(64)
WORD_BYTES = 8
_BYTES = ir.IntType(8).as_pointer()
_PAGE_BYTES = ir.Constant(WORD, PAGE_BYTES)


def _field(builder, record, kind, name):
    """Load a word of a record that no compiled code changes: it is loaded once where it is needed often."""
    place = builder.add(builder.ptrtoint(record, WORD), ir.Constant(WORD, kind.offset(name)))
    value = builder.load(builder.inttoptr(place, WORD.as_pointer()))
    value.set_metadata("invariant.load", builder.module.add_metadata([]))
    return value


@intrinsic
def _start(typing, world):
    """Where memory stands on the host."""

    def generate(context, builder, signature, arguments):
        return _field(builder, arguments[0], signature.args[0], "memory")

    return types.int64(world), generate


@intrinsic
def _load(typing, address):
    def generate(context, builder, signature, arguments):
        return builder.load(builder.inttoptr(arguments[0], WORD.as_pointer()))

    return types.int64(types.int64), generate


@intrinsic
def _store(typing, address, value):
    def generate(context, builder, signature, arguments):
        builder.store(arguments[1], builder.inttoptr(arguments[0], WORD.as_pointer()))
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), generate


@intrinsic
def _copy(typing, source, target):
    def generate(context, builder, signature, arguments):
        source, target = (builder.inttoptr(address, _BYTES) for address in arguments)
        cgutils.raw_memcpy(builder, target, source, _PAGE_BYTES, 1)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), generate


@intrinsic
def _clear(typing, target):
    def generate(context, builder, signature, arguments):
        cgutils.memset(builder, builder.inttoptr(arguments[0], _BYTES), _PAGE_BYTES, 0)
        return context.get_dummy_value()

    return types.void(types.int64), generate


@intrinsic
def _fetch_ahead(typing, address):
    def generate(context, builder, signature, arguments):
        kind = ir.FunctionType(ir.VoidType(), [_BYTES, TAG, TAG, TAG])
        prefetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        read, near, data = (ir.Constant(TAG, number) for number in (0, 3, 1))
        builder.call(prefetch, [builder.inttoptr(arguments[0], _BYTES), read, near, data])
        return context.get_dummy_value()

    return types.void(types.int64), generate


def bring_near(world, place):
    """Let the host fetch the line of its memory that `place` is in."""
    _fetch_ahead(_start(world) + place)


def read_word(world, place):
    """Return the word at `place`, a multiple of 8 in memory."""
    return _load(_start(world) + place)


def write_word(world, place, value):
    """Write the word at `place`, a multiple of 8 in memory."""
    _store(_start(world) + place, I8(value))


def copy_page(world, source, target):
    """Copy the page at place `source` to place `target`."""
    _copy(_start(world) + source, _start(world) + target)


def clear_page(world, target):
    """Fill the page at place `target` with zeros."""
    _clear(_start(world) + target)


@intrinsic
def _words(typing, world):
    """Memory as an array, whose indices are checked."""
    kind = types.Array(types.int64, 1, "C")

    def generate(context, builder, signature, arguments):
        start = _field(builder, arguments[0], signature.args[0], "memory")
        size = _field(builder, arguments[0], signature.args[0], "memory_bytes")
        array = make_array(kind)(context, builder)
        word = ir.Constant(WORD, WORD_BYTES)
        populate_array(
            array,
            data=builder.inttoptr(start, WORD.as_pointer()),
            shape=[builder.udiv(size, word)],
            strides=[word],
            itemsize=word,
            meminfo=None,
        )
        return array._getvalue()

    return kind(world), generate


def read_checked(world, place):
    """As `read_word`. Raises IndexError for a place outside memory."""
    return _words(world)[place >> 3]


def write_checked(world, place, value):
    """As `write_word`. Raises IndexError for a place outside memory."""
    _words(world)[place >> 3] = value


INSTEAD = {
    tlb.find: ways.find,
    lru.put_first: ways.put_first,
    lru.fill_first: ways.fill_first,
    memory.bring_near: bring_near,
    memory.read_word: read_word,
    memory.write_word: write_word,
    memory.copy_page: copy_page,
    memory.clear_page: clear_page,
    lru.use_any: lines.use_any,
    cache.find_many: lines.find_many,
}
CHECKED = {memory.read_word: read_checked, memory.write_word: write_checked}  # where array indices are checked
