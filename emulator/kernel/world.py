"""How the world of a machine looks when it has booted."""

from typing import Any

import numpy as np
import numpy.typing as npt

from emulator.base.bits import PAGE_BYTES
from emulator.base.names import Bug, FlushPolicy, ForkMode, Transport
from emulator.base.world import World
from emulator.config import Config, parse_flush, reach_of
from emulator.config.schedule import read_schedule
from emulator.hardware import build, memory
from emulator.hardware.turns import FAR, Schedule
from emulator.kernel.state import FRAME, KERNEL
from emulator.kernel.storage import STORAGE_BYTES

ZERO_FRAME = 1
BOOT_FRAMES = 2  # frame 0, which no PTE may name, and the page of zeros
FORK_MODES = {"cow": ForkMode.COW, "eager": ForkMode.EAGER, "cow-stack": ForkMode.COW_STACK}
TRANSPORTS = {"broadcast": Transport.BROADCAST, "directory": Transport.DIRECTORY}
# Strategies that are a number in the kernel's record: how many for those that take a number, else 1.
FLAGS = {
    "gen": "slots",
    "lazy": "lazy",
    "gather": "gather",
    "batch": "batch",
    "latr": "latr",
    "concurrent": "concurrent",
    "early-ack": "early_ack",
    "abis": "abis",
    "upgrade": "upgrade",
    "cow-local": "cow_local",
    "fork-regions": "fork_regions",
}
FLUSH_POLICIES = {"ceiling": FlushPolicy.CEILING, "full": FlushPolicy.FULL, "asid": FlushPolicy.ASID}


def build_world(config: Config) -> World:
    """Return the state of the machine that `config` describes, booted: two frames in use, no process."""
    kernels = np.zeros(1, KERNEL)
    count = config.memory // PAGE_BYTES
    kernels["first_frame"] = kernels["next_frame"] = BOOT_FRAMES
    kernels["frame_limit"] = count
    kernels["zero_frame"] = ZERO_FRAME
    kernels["in_use"] = kernels["peak"] = BOOT_FRAMES
    kernels["fork_mode"] = FORK_MODES[config.fork]
    _choose_strategies(kernels, config)
    kernels["asid_limit"] = 1 << config.asid_bits
    kernels["asid_generation"] = 1
    kernels["recording"] = 1
    kernels["wake_at"] = FAR
    chips = build.build_chip(config)
    _set_schedule(chips, config)
    return World(
        build.harts_of(chips),
        chips,
        kernels,
        memory.allocate(config.memory + STORAGE_BYTES),
        np.zeros(count + STORAGE_BYTES // PAGE_BYTES, FRAME),
    )


def _choose_strategies(kernels: npt.NDArray[Any], config: Config) -> None:
    chosen = parse_flush(config.flush)
    reach = reach_of(chosen)
    kernels["flush_policy"], kernels["flush_ceiling"] = FLUSH_POLICIES[reach], chosen[reach]
    for name, transport in TRANSPORTS.items():
        if name in chosen:
            kernels["transport"] = transport
    for name, field in FLAGS.items():
        kernels[field] = chosen.get(name, 0)
    kernels["check_stale"] = config.check_stale
    kernels["tick"] = config.tick if "latr" in chosen and config.harts > 1 else 0
    kernels["bug"] = Bug[config.bug.upper().replace("-", "_")]


def _set_schedule(chips: npt.NDArray[Any], config: Config) -> None:
    schedule = read_schedule(config.schedule, config.harts)
    chips["chance"] = schedule.seed or (config.seed & 0xFFFFFFFF) or 1
    chips["late_fill"] = config.bug == "late-fill"
    if schedule.steps:
        chips["schedule"] = Schedule.STEPS
        chips["steps"] = len(schedule.steps)
        for field, values in zip(("step_hart", "step_length"), zip(*schedule.steps, strict=True), strict=True):
            chips[field][0, : len(values)] = values
    elif schedule.seed:
        chips["schedule"] = Schedule.SEED
