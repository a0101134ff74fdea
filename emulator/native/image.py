"""An image: machine code in a file, loaded by LLVM's linker, its doors called as C functions.

    8 bytes    "pagewalk"
    32 bytes   SHA-256 of the rest: what is cut off or changed is no image
    the rest   an object file

No part of numba is needed to run it.
"""

import hashlib
import os
from collections.abc import Callable
from ctypes import CFUNCTYPE, c_int64
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from emulator.base.jit import Door

MAGIC = b"pagewalk"
HEAD = len(MAGIC) + hashlib.sha256().digest_size


class Broken(Exception):
    """A file that is no whole image."""


def symbol_of(door: "Door[..., Any]") -> str:
    """Return the name of a door's C function."""
    return "door." + door.name


def write(path: Path, code: bytes) -> None:
    """Let the file `path` hold an image of `code`: all of it or none. Raises OSError."""
    unfinished = path.with_suffix(".unfinished")
    with unfinished.open("wb") as file:
        file.write(MAGIC + hashlib.sha256(code).digest() + code)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


@cache
def host() -> str:
    """Return what machine code depends on: the processor and its features."""
    import llvmlite.binding as llvm

    return f"{llvm.get_process_triple()} {llvm.get_host_cpu_name()} {llvm.get_host_cpu_features().flatten()}"


@cache
def load(path: Path) -> "Image":
    """Return the image in the file `path`, loaded once. Raises Broken, or OSError."""
    data = path.read_bytes()
    code = data[HEAD:]
    if data[: len(MAGIC)] != MAGIC or data[len(MAGIC) : HEAD] != hashlib.sha256(code).digest():
        raise Broken(str(path))
    return Image(code)


class Image:
    """Machine code in memory."""

    def __init__(self, code: bytes) -> None:
        import llvmlite.binding as llvm

        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()
        machine = llvm.Target.from_default_triple().create_target_machine(jit=True)
        self._linker = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
        self._linker.add_object_file(llvm.ObjectFileRef.from_data(code))
        self._linker.finalize_object()
        self.functions = Functions(self._linker)


class Functions(dict["Door[..., Any]", Callable[..., int]]):
    """What runs a door, given the address of a world's record, and numbers. Found when first asked for."""

    def __init__(self, linker: Any) -> None:
        super().__init__()
        self._linker = linker

    def __missing__(self, door: "Door[..., Any]") -> Callable[..., int]:
        """Find it. Raises LookupError for a door that the image has not."""
        address = self._linker.get_function_address(symbol_of(door))
        if not address:
            raise LookupError(f"{door.name} is no door of this image")
        numbers = sum(1 if kind is int else 2 for kind in door.kinds)
        found = self[door] = CFUNCTYPE(c_int64, *[c_int64] * (1 + numbers))(address)
        return found
