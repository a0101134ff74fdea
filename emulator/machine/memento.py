"""What the kernel's Python objects hold, kept, so that the same objects can hold it again.

Objects stay who they are: whoever has one (a waiting system call, a user) sees it as it was. What is reached is what
belongs to the kernel, containers, small arrays, and what waiting calls have closed over. The world is not (`pages.py`
keeps its bytes), nor are programs, which never change, nor arrays that cannot be written to.
"""

from collections import deque
from collections.abc import Callable, Iterator
from enum import Enum
from types import BuiltinMethodType, CellType, FunctionType, MethodType
from typing import Any

import numpy as np

OURS = ("emulator.kernel.", "emulator.machine.core")
ATOMS = (int, float, str, bytes, type(None), type, Enum, BuiltinMethodType)
BYTES = 100  # of a kept object, about: the object that keeps it, and a few fields

Restore = Callable[[], None]


class Memento:
    """What `roots`, and all that can be reached from them, hold now. `size` is about what it takes, in bytes."""

    def __init__(self, *roots: Any) -> None:
        self._restore: list[Restore] = []
        self._alive: list[Any] = []  # so that no identity is used again while this is made, or later
        self.size = 0
        seen: set[int] = set()
        left = list(roots)
        while left:
            thing = left.pop()
            if isinstance(thing, ATOMS) or id(thing) in seen:
                continue
            seen.add(id(thing))
            self._alive.append(thing)
            left.extend(self._keep(thing))

    def restore(self) -> None:
        """Let all of it be as it was."""
        for restore in self._restore:
            restore()

    def _keep(self, thing: Any) -> Iterator[Any]:
        """Keep what `thing` holds; yield that."""
        if isinstance(thing, tuple | frozenset):
            yield from thing
        elif isinstance(thing, list | deque | set):
            yield from self._container(thing)
        elif isinstance(thing, dict):
            kept = dict(thing)
            self._note(_refill_dict(thing, kept), BYTES * len(kept))
            yield from kept
            yield from kept.values()
        elif isinstance(thing, bytearray):
            self._note(_refill_bytes(thing, bytes(thing)), len(thing))
        elif isinstance(thing, np.ndarray):
            if thing.flags.owndata and thing.flags.writeable:
                self._note(_refill_array(thing, thing.copy()), thing.nbytes)
        elif isinstance(thing, np.random.Generator):
            self._note(_restart(thing, thing.bit_generator.state), BYTES)
        elif isinstance(thing, MethodType):
            yield thing.__self__
        elif isinstance(thing, FunctionType):
            yield from thing.__closure__ or ()
        elif isinstance(thing, CellType):
            kept = thing.cell_contents
            self._note(_refill_cell(thing, kept), 0)
            yield kept
        elif type(thing).__module__.startswith(OURS):
            kept = dict(vars(thing))
            self._note(_refill_dict(vars(thing), kept), BYTES * len(kept))
            yield from kept.values()

    def _container(self, thing: Any) -> Iterator[Any]:
        kept = list(thing)
        self._note(_refill(thing, kept), 8 * len(kept))
        yield from kept

    def _note(self, restore: Restore, size: int) -> None:
        self._restore.append(restore)
        self.size += BYTES + size


def _refill(thing: Any, kept: list[Any]) -> Restore:
    """Return what fills a list, deque or set again."""
    more = thing.update if isinstance(thing, set) else thing.extend

    def restore() -> None:
        thing.clear()
        more(kept)

    return restore


def _refill_dict(thing: dict[Any, Any], kept: dict[Any, Any]) -> Restore:
    def restore() -> None:
        thing.clear()
        thing.update(kept)

    return restore


def _refill_bytes(thing: bytearray, kept: bytes) -> Restore:
    def restore() -> None:
        thing[:] = kept

    return restore


def _refill_array(thing: Any, kept: Any) -> Restore:
    def restore() -> None:
        thing[...] = kept

    return restore


def _refill_cell(cell: CellType, kept: Any) -> Restore:
    def restore() -> None:
        cell.cell_contents = kept

    return restore


def _restart(generator: np.random.Generator, state: Any) -> Restore:
    def restore() -> None:
        generator.bit_generator.state = state

    return restore
