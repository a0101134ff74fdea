"""The world of a machine: the arrays that hold all of its state, and how they look when it has booted.

`World` is what crosses from Python into compiled code: the arrays, never single records (a record passed from Python
is unpacked anew each call: 6 us against 1 us).
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from emulator.base.bits import PAGE_BYTES
from emulator.base.names import FlushPolicy, ForkMode
from emulator.config import Config, parse_flush
from emulator.hardware import build, memory
from emulator.kernel.state import FRAME, KERNEL

ZERO_FRAME = 1
BOOT_FRAMES = 2  # frame 0, which no PTE may name, and the page of zeros
FORK_MODES = {"cow": ForkMode.COW, "eager": ForkMode.EAGER, "cow-stack": ForkMode.COW_STACK}
FLUSH_POLICIES = {"ceiling": FlushPolicy.CEILING, "full": FlushPolicy.FULL, "asid": FlushPolicy.ASID}


class World(NamedTuple):
    """All state of a machine."""

    harts: npt.NDArray[Any]
    chips: npt.NDArray[Any]
    kernels: npt.NDArray[Any]
    memory: npt.NDArray[np.int64]
    frames: npt.NDArray[Any]


def build_world(config: Config) -> World:
    """Return the state of the machine that `config` describes, booted: two frames in use, no process."""
    kernels = np.zeros(1, KERNEL)
    count = config.memory // PAGE_BYTES
    kernels["first_frame"] = kernels["next_frame"] = BOOT_FRAMES
    kernels["frame_limit"] = count
    kernels["zero_frame"] = ZERO_FRAME
    kernels["in_use"] = kernels["peak"] = BOOT_FRAMES
    kernels["fork_mode"] = FORK_MODES[config.fork]
    policy, ceiling = parse_flush(config.flush)
    kernels["flush_policy"], kernels["flush_ceiling"] = FLUSH_POLICIES[policy], ceiling
    kernels["asid_limit"] = 1 << config.asid_bits
    kernels["asid_generation"] = 1
    kernels["recording"] = 1
    return World(
        build.build_harts(config),
        build.build_chip(config),
        kernels,
        memory.allocate(config.memory),
        np.zeros(count, FRAME),
    )
