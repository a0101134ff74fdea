"""Hot functions become numba's: in every module that has one by name, its dispatcher takes its place."""

import sys
from collections.abc import Callable, Iterable
from typing import Any

import numba
from numba import types
from numba.core.compiler import CompilerBase, DefaultPassBuilder, PassManager
from numba.core.typed_passes import NativeLowering, NopythonRewrites
from numba.core.untyped_passes import (
    DeadBranchPrune,
    FixupArgs,
    IRProcessing,
    ReconstructSSA,
    TranslateByteCode,
)

from emulator.compiler.shares import LoweredLater

# No reference counts: the arrays belong to Python, which holds them as long as compiled code runs; each pair of counts
# at a call is two locked instructions, and a miss makes a dozen calls (a tenth of its time). No wrappers: Python calls
# nothing but the doors, which have their own.
OPTIONS: dict[str, Any] = {
    "error_model": "numpy",
    "_nrt": False,
    "no_cfunc_wrapper": True,
    "no_cpython_wrapper": True,
}

Function = Callable[..., Any]


class ShortPipeline(CompilerBase):  # type: ignore[misc]  # numba ships no types
    """Numba's passes without those that hot functions have no use for: closures, `with`, inlining, literals, arrays as
    expressions. Lowering is put off."""

    def define_pipelines(self) -> list[Any]:
        """Return the one sequence of passes."""
        passes = PassManager("hot")
        for step in (TranslateByteCode, FixupArgs, IRProcessing, DeadBranchPrune, ReconstructSSA):
            passes.add_pass(step, step.__name__)
        builder = DefaultPassBuilder
        passes.passes.extend(builder.define_typed_pipeline(self.state).passes)
        passes.passes.extend(builder.define_nopython_lowering_pipeline(self.state).passes)
        passes.passes = [
            (LoweredLater if step is NativeLowering else step, name)
            for step, name in passes.passes
            if step is not NopythonRewrites
        ]
        passes.finalize()
        return [passes]


def as_number(kind: Any) -> Any:
    """Return the type that a hot function is compiled for where it gets `kind`: members of enumerations are numbers.

    One function then serves a constant, a flag and a count, where numba would compile one for each.
    """
    if isinstance(kind, (types.IntEnumMember, types.Boolean)):
        return types.int64
    if isinstance(kind, types.Literal):
        return as_number(kind.literal_type)
    return kind


def compiled(function: Function, short: bool) -> Any:
    """Return the dispatcher of `function`; `short`: numba's passes may be cut down."""
    options = OPTIONS | ({"pipeline_class": ShortPipeline} if short else {})
    dispatcher = numba.njit(**options)(function)
    dispatcher._insert = _keep_from_python
    template = dispatcher.get_call_template

    def get_call_template(arguments: Iterable[Any], named: dict[str, Any]) -> Any:
        return template(tuple(map(as_number, arguments)), {name: as_number(kind) for name, kind in named.items()})

    dispatcher.get_call_template = get_call_template
    return dispatcher


def shorten_names() -> None:
    """Let numba write records as a word: it writes a function's types at each pass and look-up, and a world's are long.

    That is a quarter of the time of a whole compilation, for events and messages that nobody reads.
    """
    types.Record.__repr__ = lambda record: f"Record<{record._code}>"


def put_in_place(functions: Iterable[Function], instead: dict[Function, Function], short: bool) -> int:
    """Let every module's name of a hot function mean its dispatcher, or that of what is there `instead` of it.

    Return how many functions that is.
    """
    dispatchers = {}
    for function in functions:
        dispatchers[function] = compiled(instead.get(function, function), short)
    for function in dispatchers:
        for cell in function.__closure__ or ():  # a hot function that another made: it holds hot functions and numbers
            cell.cell_contents = dispatchers.get(cell.cell_contents, cell.cell_contents)
    for module in list(sys.modules.values()):
        if module.__name__.partition(".")[0] in ("emulator", "isa", "tests", "benchmarks"):
            for name, value in list(vars(module).items()):
                try:
                    dispatcher = dispatchers.get(value)
                except TypeError:  # it has no hash, so it is no function
                    continue
                if dispatcher is not None:
                    setattr(module, name, dispatcher)
    return len(dispatchers)


def _keep_from_python(*_: Any, **__: Any) -> None:
    """Stand in for the step that lets Python find compiled code: without a wrapper it would crash."""
