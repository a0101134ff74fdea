"""Records as plain Python sees them: a class for each layout, an attribute for each field, the bytes those of NumPy.

An attribute of `np.record` takes a microsecond to find; here a number takes a tenth of that, an array next to nothing.
"""

from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt


class Part:
    """A record: numbers are read and written as attributes, arrays and nested records are views. Made by `part_of`."""

    numbers: frozenset[str]  # the fields that are

    def __init__(self, records: npt.NDArray[Any]) -> None:
        """Show the one record of `records`, shape (1,)."""
        for name in records.dtype.names or ():
            field = records[name]
            if field.ndim > 1:
                self.__dict__[name] = field[0]
            elif field.dtype.names:
                self.__dict__[name] = part_of(field)
            else:
                self.__dict__["_" + name] = np.asarray(field)

    def __setattr__(self, name: str, value: Any) -> None:
        """Change a number, or all of an array. Raises AttributeError for a field that there is not."""
        if name in self.numbers:
            self.__dict__["_" + name][0] = value
        else:
            getattr(self, name)[...] = value

    def __getattr__(self, name: str) -> Any:
        """Say that there is no such field."""
        raise AttributeError(f"{type(self).__name__} has no field {name!r}")


class Parts:
    """Records of one layout in an array: each is made a `Part` when it is asked for first."""

    def __init__(self, records: npt.NDArray[Any]) -> None:
        self._records = records
        self._made: dict[int, Part] = {}

    def __getitem__(self, index: int) -> Part:
        """Return the record at `index`, which is not negative. Raises IndexError for one that there is not."""
        made = self._made.get(index)
        if made is None:
            if not 0 <= index < len(self._records):
                raise IndexError(f"index {index} is out of bounds for {len(self._records)} records")
            made = self._made[index] = part_of(self._records[index : index + 1])
        return made


def part_of(records: npt.NDArray[Any]) -> Part:
    """Return the one record of `records`, shape (1,)."""
    return _kind_of(records.dtype)(records)


@cache
def _kind_of(layout: np.dtype[Any]) -> type[Part]:
    numbers = [name for name in layout.names or () if not layout[name].names and not layout[name].subdtype]
    return type("Part", (Part,), {"numbers": frozenset(numbers), **{name: _number("_" + name) for name in numbers}})


def _number(name: str) -> property:
    return property(lambda part: part.__dict__[name][0])
