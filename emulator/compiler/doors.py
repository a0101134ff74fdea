"""What Python calls: for each door a C function that takes the address of a world's record, and numbers."""

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.registry import cpu_target
from numba.np.arrayobj import make_array, populate_array

from emulator.base.jit import Door, Tags, Words
from emulator.native.image import symbol_of

WORD = ir.IntType(64)
ARRAY = {Words: types.Array(types.int64, 1, "C"), Tags: types.Array(types.int32, 1, "C")}


def signature_of(door: Door[..., Any], world: Any) -> tuple[Any, ...]:
    """Return numba's types of a door's arguments; `world` is that of a world."""
    return (world, *(ARRAY.get(kind, types.int64) for kind in door.kinds))


def add_door(module: ir.Module, door: Door[..., Any], result: Any) -> str:
    """Add the C function of `door`, compiled as `result`, to `module`; return its name."""
    context = cpu_target.target_context
    world, *others = result.signature.args
    numbers = sum(2 if isinstance(kind, types.Array) else 1 for kind in others)
    name = symbol_of(door)
    function = ir.Function(module, ir.FunctionType(WORD, [WORD] * (1 + numbers)), name)
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    address, *given = function.args
    record = builder.inttoptr(address, context.get_value_type(world))
    arguments = [record]
    for kind in others:
        if isinstance(kind, types.Array):
            arguments.append(_array(context, builder, kind, given.pop(0), given.pop(0)))
        else:
            arguments.append(given.pop(0))
    status, value = _call(context, builder, module, result, arguments)
    with cgutils.if_unlikely(builder, status.is_error):
        place = builder.add(address, ir.Constant(WORD, world.offset("failed")))
        builder.store(ir.Constant(WORD, 1), builder.inttoptr(place, WORD.as_pointer()))
        builder.ret(ir.Constant(WORD, 0))
    kind = result.signature.return_type
    builder.ret(ir.Constant(WORD, 0) if kind == types.none else context.cast(builder, value, kind, types.int64))
    return name


def _call(context: Any, builder: Any, module: ir.Module, result: Any, arguments: list[Any]) -> Any:
    function = context.declare_function(module, result.fndesc)
    kinds = result.signature.args
    return context.call_conv.call_function(builder, function, result.signature.return_type, kinds, arguments)


def _array(context: Any, builder: Any, kind: Any, address: Any, length: Any) -> Any:
    """Return an array of `kind`, one-dimensional and without gaps, at `address`."""
    make: Callable[..., Any] = make_array(kind)
    array = make(context, builder)
    size = context.get_constant(types.intp, context.get_abi_sizeof(context.get_data_type(kind.dtype)))
    populate_array(
        array,
        data=builder.inttoptr(address, array.data.type),
        shape=[length],
        strides=[size],
        itemsize=size,
        meminfo=None,
    )
    return array._getvalue()
