"""Address spaces: their regions, and their page tables."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from emulator.base.bits import frame_of
from emulator.base.kernel_names import Backing, RegionKind, Trait
from emulator.base.world import World
from emulator.kernel.processes.process import Process
from emulator.look.tables import Tables, rights
from emulator.state import Region, Space


def spaces_of(world: World, processes: list[Process], tables: Tables) -> Iterator[Space]:
    """Yield the address spaces that processes are in, by number."""
    levels = int(world.hart[0].levels)
    pids: dict[int, list[int]] = {}
    for process in processes:
        if process.space >= 0 and process.alive:
            pids.setdefault(process.space, []).append(process.pid)
    for number in sorted(pids):
        record = world.space[number]
        root = tables.read(world, frame_of(int(record["root"])), 0, levels - 1)
        regions = tuple(regions_of(world, number))
        yield Space(number, tuple(sorted(pids[number])), int(record["asid"]), regions, root)


def regions_of(world: World, number: int) -> Iterator[Region]:
    """Yield the regions of a space by address."""
    for row in _records(world, number):
        traits = int(row["traits"])
        yield Region(
            *(int(row["start"]), int(row["end"]), rights(int(row["prot"])), bool(row["shared"])),
            *(RegionKind(int(row["kind"])), Backing(int(row["backing"]))),
            tuple(trait for trait in Trait if traits & trait),
        )


def objects_of(world: World, spaces: Iterable[Space], files: Iterable[int]) -> list[int]:
    """Return where the trees stand of `files` and of the shared mappings that `spaces` have regions of, each once."""
    found = set(files)
    for space in spaces:
        if any(region.backing in (Backing.OBJECT, Backing.FILE) for region in space.regions):
            rows = _records(world, space.number)
            found |= set(rows["object"][np.isin(rows["backing"], (Backing.OBJECT, Backing.FILE))].tolist())
    return sorted(found)


def _records(world: World, number: int) -> npt.NDArray[Any]:
    first, count = int(world.space[number]["first_region"]), int(world.space[number]["regions"])
    return np.asarray(world.pool.region[first : first + count])
