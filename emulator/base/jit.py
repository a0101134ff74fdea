"""Hot functions and doors: one source that runs as plain Python and, compiled by numba, as machine code.

A *hot* function uses integers, loops, records and arrays only, and is plain Python in every process but one: that which
compiles (`emulator.compiler`) puts numba's dispatchers in the places of all of them and makes one image of machine
code. So nothing that runs programs loads the compiler.

A *door* is a hot function that Python calls. It takes a `World` first, integers and arrays after it, and returns an
integer; whether it runs as plain Python or as machine code is the world's choice, and makes no difference to what it
does.
"""

import inspect
from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, ParamSpec, TypeVar

import numpy as np
import numpy.typing as npt

P = ParamSpec("P")
R = TypeVar("R")

# What a door's parameter is annotated with that is an array of shape (n,).
Words = npt.NDArray[np.int64]
Tags = npt.NDArray[np.int32]
ARRAYS: dict[Any, Any] = {Words: np.int64, Tags: np.int32}

HOT: list[Callable[..., Any]] = []  # in the order in which they were defined
RARE: list[Callable[..., Any]] = []
APART: list[Callable[..., Any]] = []
INLINED: list[Callable[..., Any]] = []
DOORS: list["Door[..., Any]"] = []


def hot(function: Callable[P, R]) -> Callable[P, R]:
    """Let `function` be compiled for other hot functions to call."""
    HOT.append(function)
    return function


def rare(function: Callable[P, R]) -> Callable[P, R]:
    """As `hot`, for what seldom runs: it stays apart, so that those who call it are no larger or slower for it."""
    RARE.append(function)
    return hot(function)


def apart(function: Callable[P, R]) -> Callable[P, R]:
    """As `rare`, for what runs often enough to be made as fast as others are."""
    APART.append(function)
    return hot(function)


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """Let a hot function, or what compiled code does in its place, be part of whoever calls it, however large."""
    INLINED.append(function)
    return function


class Door(Generic[P, R]):
    """A hot function that Python calls."""

    def __init__(self, function: Callable[P, R]) -> None:
        self.function = function
        self.name = f"{function.__module__}.{function.__name__}"
        # Integers wrap around there as they do when compiled, and NumPy need not warn of it.
        self._plain = np.errstate(over="ignore")(function)
        self._takes_arrays = any(kind in ARRAYS for kind in function.__annotations__.values())

    @cached_property
    def kinds(self) -> tuple[Any, ...]:
        """What its parameters after the world are: `Words`, `Tags`, or int."""
        world, *others = inspect.signature(self.function).parameters.values()
        assert world.name == "world", f"{self.name}: a door takes `world` first"
        return tuple(other.annotation if other.annotation in ARRAYS else int for other in others)

    def __call__(self, *arguments: P.args, **nothing: P.kwargs) -> R:
        """Run it on a world, the first argument: compiled if that has an image.

        Raises IndexError for an index out of bounds in code that was compiled to check them.
        """
        world: Any = arguments[0]
        image = world.image
        if image is None:
            return self._plain(*arguments, **nothing)
        numbers = self._flat(arguments) if self._takes_arrays else arguments[1:]
        result: R = image.functions[self](world.address, *numbers)
        if world.failed[0]:
            world.failed[0] = 0
            raise IndexError(f"{self.name}: an index is out of bounds")
        return result

    def _flat(self, arguments: tuple[Any, ...]) -> list[int]:
        """Return the arguments after the world, an address and a length for each array."""
        numbers: list[int] = []
        for argument, kind in zip(arguments[1:], self.kinds, strict=True):
            if kind is int:
                numbers.append(argument)
            else:
                array: npt.NDArray[Any] = argument
                fits = array.dtype == ARRAYS[kind] and array.ndim == 1 and array.flags.c_contiguous
                assert fits, f"{self.name}: an array is not as declared"
                numbers += array.ctypes.data, len(array)
        return numbers


def hot_entry(function: Callable[P, R]) -> Door[P, R]:
    """Make a door of `function`."""
    door = Door(function)
    DOORS.append(door)
    return door
