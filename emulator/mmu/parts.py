"""What an Mmu is made of, for the classes that each are one side of it."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy.typing as npt

from emulator.base.names import Privilege
from emulator.base.world import World
from emulator.look.tlbs import Tlbs
from emulator.mmu.memory import PhysicalMemory
from emulator.mmu.tables import Tables
from emulator.native.engine import Engine
from emulator.paging.architecture import Architecture


class Parts:
    """All of it; `Mmu` puts it together."""

    __slots__ = (
        *("_architecture", "_engine", "_guests", "_harts", "_host", "_invalid", "_make", "_memory", "_paging"),
        *("_privilege", "_switches", "_tables", "_tlbs", "_vmid", "_world"),
    )

    _world: World
    _harts: npt.NDArray[Any]  # the world's one hart, a `HART` record of shape (1,)
    _engine: Engine
    _make: tuple[Callable[[], World], str | None]  # what makes a world, and the engine that was asked for
    _memory: PhysicalMemory
    _tables: Tables
    _tlbs: Tlbs
    _paging: str
    _architecture: Architecture
    _privilege: Privilege
    _switches: Mapping[str, bool]
    _host: str | None  # the host's paging mode
    _guests: set[int]  # VMIDs of which TLBs may hold something
    _vmid: int  # that of the guest that runs
    _invalid: list[tuple[int, int, int]]  # what SINVAL.VMA names, until SFENCE.INVAL.IR
