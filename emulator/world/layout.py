"""One world: all records of a machine in one, and how it comes to be."""

import numpy as np
import numpy.typing as npt

from emulator.base.bits import page_up
from emulator.base.blocks import allocate
from emulator.base.record import I8, record
from emulator.base.world import World
from emulator.world.checker import CHECKER
from emulator.world.chip import CHIP, TURNS
from emulator.world.control import CONTROL
from emulator.world.frame_log import FRAME_LOG
from emulator.world.hart import HART, MAX_HARTS
from emulator.world.invalidation import LEDGER, POLICY, POSTPONED, REQUEST, SHARING
from emulator.world.log import LOG
from emulator.world.memory import ALLOCATOR, ASIDS, FRAME, MAX_FRAMES, MAX_SPACES, POOL, SPACE
from emulator.world.swap import RECLAIM, SWAP
from emulator.world.task import TASK

WORLD = record(
    ("memory", I8),  # where physical memory stands on the host
    ("memory_bytes", I8),
    ("failed", I8),  # 1: compiled code has found an index out of bounds
    # hardware
    ("chip", CHIP),
    ("turns", TURNS),
    ("hart", HART, (MAX_HARTS,)),
    # the kernel
    ("task", TASK, (MAX_HARTS,)),
    ("policy", POLICY),
    ("allocator", ALLOCATOR),
    ("asids", ASIDS),
    ("space", SPACE, (MAX_SPACES,)),
    ("pool", POOL),
    ("request", REQUEST),
    ("sharing", SHARING),
    ("postponed", POSTPONED),
    ("ledger", LEDGER),
    ("checker", CHECKER),
    ("log", LOG),
    ("frame_log", FRAME_LOG),
    ("control", CONTROL),
    ("frame", FRAME, (MAX_FRAMES,)),
    ("swap", SWAP),
    ("reclaim", RECLAIM),
)


def new_world(memory: npt.NDArray[np.int64]) -> World:
    """Return a world of zeros around physical `memory`; what of it is never touched costs no host memory."""
    size = page_up(WORLD.itemsize)
    return World(allocate(size).view(np.uint8)[: WORLD.itemsize].view(WORLD), memory)
