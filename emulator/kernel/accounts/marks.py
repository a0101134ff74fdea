"""Marks: what every hart had counted and spent when a program asked for it, for measuring what lies between two."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from emulator.base.world import World

FIELDS = ("clock", "count", "cost")


class Mark(NamedTuple):
    """One mark: the number that the program gave it, the hart that it ran on, and the accounts of all harts then."""

    number: int
    hart: int
    accounts: tuple[dict[str, npt.NDArray[np.int64] | Any], ...]


def snapshot(number: int, hart: int, world: World) -> Mark:
    """Return a mark of how all harts stand now."""
    return Mark(
        number,
        hart,
        tuple({field: world.harts[field][h].copy() for field in FIELDS} for h in range(len(world.harts))),
    )
