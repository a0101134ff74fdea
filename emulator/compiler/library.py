"""One library of all compiled functions. Numba makes machine code of every function; here of the doors alone.

Left to itself, numba optimises each function's module again at every level of the call tree, and generates code for
functions that nobody but other functions calls: of 178 s, more than half. Here functions are lowered (`shares`) and no
more; then each is linked once, everything is inlined and optimised once, and what no door reaches is dropped.

The trick uses numba's insides as they are in `KNOWN`. With another release every function is finished as numba does
it, which takes longer and gives the same results.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import llvmlite.binding as llvm
import numba
from llvmlite import ir
from numba import _dynfunc
from numba.core import codegen
from numba.core.registry import cpu_target

from emulator.base.jit import APART, INLINED, RARE

KNOWN = "0.68."
# Where control comes to by a jump alone, code begins at a multiple of 32 bytes: an interpreter's loop does little else,
# and is up to a tenth faster than where it happens to lie; luck has less of a part in what a change seems to cost.
ALIGNED = "-align-all-nofallthru-blocks=5"


def is_known() -> bool:
    """Return whether this numba's insides are those that the trick was made for."""
    return bool(numba.__version__.startswith(KNOWN))


def only_lower() -> None:
    """Let functions be compiled up to LLVM's language and no further."""
    codegen.JITCodeLibrary.finalize = _put_aside
    cpu_target.target_context.get_executable = _stand_in


def _put_aside(library: Any) -> None:
    library._raise_if_finalized()
    library._finalized = True


def _stand_in(library: Any, description: Any, environment: Any) -> Any:
    """Return a function for numba to tell this one by, unique and never called: there is no code behind it."""
    nowhere = 1
    name = description.qualname.split(".")[-1]
    return _dynfunc.make_function(description.lookup_module(), name, name, nowhere, environment, (library,))


def all_of(libraries: Iterable[Any], seen: set[int]) -> Iterator[Any]:
    """Yield the libraries and all that they call, each once."""
    for library in libraries:
        if id(library) not in seen:
            seen.add(id(library))
            yield library
            yield from all_of(library._linking_libraries, seen)


def _mangled(function: Callable[..., Any]) -> str:
    """Return how the names begin that numba gives to what it makes of `function`."""
    parts = f"{function.__module__}.{function.__qualname__}".split(".")
    return "_ZN" + "".join(f"{len(part)}{part}" for part in parts)


def machine_code(parts: Iterable[llvm.ModuleRef], doors: ir.Module, names: set[str]) -> bytes:
    """Return an object file with the functions `names` of `doors`, and what they call in `parts`."""
    generator = cpu_target.target_context.codegen()
    whole = generator.create_library("pagewalk")
    whole.add_ir_module(doors)  # first: what nothing asks for when it is linked is left out
    for part in parts:
        whole._final_module.link_in(part, preserve=True)
    rare, apart, within = (tuple(map(_mangled, chosen)) for chosen in (RARE, APART, INLINED))
    for function in whole._final_module.functions:
        if not function.is_declaration and function.name not in names:
            function.linkage = llvm.Linkage.internal
            if function.name.startswith(within):
                function.add_function_attribute("alwaysinline")
            if function.name.startswith((*rare, *apart)):
                function.add_function_attribute("noinline")
            if function.name.startswith(rare):
                function.add_function_attribute("cold")
    llvm.set_option("pagewalk", ALIGNED)
    passes, builder = generator._module_pass_manager()  # numba runs more before these, for counts of references
    passes.run(whole._final_module, builder)
    whole._final_module.verify()
    code: bytes = generator._tm.emit_object(whole._final_module)
    return code
