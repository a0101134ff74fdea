"""From the names of modules with doors to an object file."""

import gc
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

import numba
from numba.core import config, event
from numba.core.registry import cpu_target

from emulator.base.jit import DOORS, HOT
from emulator.compiler import doors, functions, library
from emulator.compiler.shares import shares
from emulator.world.layout import WORLD

HOST = "emulator.hardware.host"
TYPED = 0.7  # the share of the time after which all types are known, and most of what has them is lowered


def build(modules: Iterable[str], told: Callable[[float], None]) -> bytes:
    """Return an object file with the doors of `modules`; `told` hears how much is done, 0 to 1, now and then."""
    gc.disable()  # what numba makes of a function is asked for until the end
    for module in modules:
        import_module(module)
    mine = [door for door in DOORS if door.function.__module__ in set(modules)]
    short = library.is_known()
    if short:
        library.only_lower()
    host = import_module(HOST)
    instead = host.CHECKED if config.BOUNDSCHECK else host.INSTEAD
    functions.shorten_names()
    count = functions.put_in_place([*HOT, *(door.function for door in mine)], instead, short)
    world = numba.from_dtype(WORLD)
    with event.install_listener("numba:compile", _Count(count, told)):
        results = [_compiled(door, doors.signature_of(door, world), short) for door in mine]
    told(TYPED)
    module = cpu_target.target_context.codegen()._create_empty_module("doors")
    names = {doors.add_door(module, door, result) for door, result in zip(mine, results, strict=True)}
    parts = shares.modules() if short else [result.library._get_module_for_linking() for result in results]
    code = library.machine_code(parts, module, names)
    told(1)
    return code


class _Count(event.Listener):  # type: ignore[misc]  # numba ships no types
    """Tells how much is done: `total` functions are to be typed."""

    def __init__(self, total: int, told: Callable[[float], None]) -> None:
        self._total, self._told, self._count = total, told, 0

    def on_start(self, event: Any) -> None:
        """Take no note of it."""

    def on_end(self, event: Any) -> None:
        """Count one function more; numba's own count, too, so there may be more than was thought."""
        self._count += 1
        self._told(TYPED * min(self._count / self._total, 1))


def _compiled(door: Any, signature: tuple[Any, ...], short: bool) -> Any:
    """Return numba's result of compiling a door."""
    dispatcher = functions.compiled(door.function, short)
    dispatcher.compile(signature)
    return dispatcher.overloads[signature]
