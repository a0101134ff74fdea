"""Functions are lowered in shares, each by a child of this process, while this one finds the types of others.

Numba finds the types in a function and at once lowers it to LLVM's language, which takes as long again. Who calls it
asks for its types alone, so lowering can wait until there is enough for a share. A child has all that lowering asks
for, being a copy of this process, and what it makes comes back as LLVM's bitcode.
"""

import os
import sys
import tempfile
import traceback
from collections.abc import Iterator
from typing import IO, Any

import llvmlite.binding as llvm
from numba.core.compiler import _LowerResult
from numba.core.compiler_machinery import register_pass
from numba.core.environment import Environment
from numba.core.funcdesc import PythonFunctionDescriptor
from numba.core.registry import cpu_target
from numba.core.targetconfig import ConfigStack
from numba.core.typed_passes import NativeLowering

from emulator.compiler.library import all_of

SIZE = 50  # functions


@register_pass(mutates_CFG=True, analysis_only=False)
class LoweredLater(NativeLowering):  # type: ignore[misc]  # numba ships no types
    """In the place of numba's pass that lowers: describes the function to those who call it."""

    _name = "lowered_later"

    def run_pass(self, state: Any) -> bool:
        """Let the function of `state` be lowered in a share."""
        context, flags = state.targetctx, state.flags
        state.library = context.codegen().create_library(state.func_id.func_qualname)
        described = PythonFunctionDescriptor.from_specialized_function(
            state.func_ir,
            state.typemap,
            state.return_type,
            state.calltypes,
            mangler=context.mangler,
            inline=flags.forceinline,
            noalias=flags.noalias,
            abi_tags=[flags.get_mangle_string()],
        )
        environment = Environment.from_fndesc(described)
        executable = context.get_executable(state.library, described, environment)
        context.insert_user_function(executable, described, [state.library])
        state["cr"] = _LowerResult(described, None, executable, environment)
        shares.add(state)
        return True


class Shares:
    """Functions of which the types are known, and the children that lower them."""

    def __init__(self) -> None:
        self._waiting: list[Any] = []  # numba's states of compiling them
        self._libraries: set[int] = set()  # of all functions that were ever added
        self._children: list[_Child] = []

    def add(self, state: Any) -> None:
        """Take a function as numba has it before lowering."""
        self._waiting.append(state)
        self._libraries.add(id(state.library))
        if len(self._waiting) >= SIZE and self._running() < max(1, _cores() - 1):
            self._start()

    def modules(self) -> Iterator[llvm.ModuleRef]:
        """Yield what all shares came to, in order. Raises RuntimeError with what a child ended of."""
        while self._waiting:
            if self._running() < _cores():
                self._start()
            else:
                os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
        for child in self._children:
            yield llvm.parse_bitcode(child.result())

    def _running(self) -> int:
        return sum(not child.has_ended() for child in self._children)

    def _start(self) -> None:
        share, self._waiting = self._waiting[:SIZE], self._waiting[SIZE:]
        self._children.append(_Child(share, self._libraries))


shares = Shares()


class _Child:
    """A copy of this process that lowers a share."""

    def __init__(self, share: list[Any], libraries: set[int]) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # closed when its result is taken
        self._status: int | None = None
        sys.stdout.flush()
        sys.stderr.flush()
        self._pid = os.fork()
        if self._pid == 0:
            _lower(share, libraries, self._file)

    def has_ended(self) -> bool:
        """Return whether it has."""
        if self._status is None:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            self._status = status if pid else None
        return self._status is not None

    def result(self) -> bytes:
        """Wait for the bitcode that it makes and return it. Raises RuntimeError."""
        if self._status is None:
            self._status = os.waitpid(self._pid, 0)[1]
        with self._file as file:
            file.seek(0)
            said = file.read()
        if self._status:
            raise RuntimeError(said.decode(errors="replace") or f"lowering ended with status {self._status}")
        return said


def _lower(share: list[Any], libraries: set[int], file: IO[bytes]) -> None:
    """Be the child: write the bitcode of `share` to `file`, or what went wrong, and end."""
    mine = file.fileno()
    os.closerange(3, mine)  # the lock, above all: it goes with the process that has it
    os.closerange(mine + 1, os.sysconf("SC_OPEN_MAX"))
    status = 1
    try:
        file.write(_bitcode(share, libraries))
        status = 0
    except BaseException as error:
        file.write(f"{type(error).__name__}: {error}".encode())
        traceback.print_exc()
    finally:
        file.flush()
        os._exit(status)


def _bitcode(share: list[Any], libraries: set[int]) -> bytes:
    """Lower a share. `libraries`: ids of those that shares lower, this or others."""
    for state in share:
        with ConfigStack().enter(state.flags.copy()):
            NativeLowering().run_pass(state)
    mine = [state.library for state in share]
    names = {state["cr"].fndesc.llvm_func_name for state in share}
    module = llvm.parse_assembly(str(cpu_target.target_context.codegen()._create_empty_module("share")))
    for part in all_of(mine, libraries.difference(map(id, mine))):
        module.link_in(part._final_module, preserve=True)
    for function in module.functions:
        if not function.is_declaration and function.name not in names:
            function.linkage = llvm.Linkage.internal  # what lowering needed besides: each share has its own
    code: bytes = module.as_bitcode()
    return code


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
