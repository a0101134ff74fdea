"""How the world of a machine looks when it has booted."""

from typing import Any

import numpy as np

from emulator.base.bits import PAGE_BYTES
from emulator.base.blocks import allocate
from emulator.base.errors import ConfigError
from emulator.base.kernel_names import Bug, ForkMode, Huge, Locks, Oom
from emulator.base.world import World
from emulator.config import Config
from emulator.config.schedule import read_schedule
from emulator.config.strategies import BY_NAME
from emulator.hardware.build import build
from emulator.hardware.turns import FAR, Schedule
from emulator.paging.modes import MODES, running
from emulator.world.checker import EVERY
from emulator.world.memory import STORAGE_BYTES
from emulator.world.task import NO_SPACE

ZERO_FRAME = 1
FIRST_SLOT = 1  # of the swap device: none is 0, so that no entry for one is
BOOT_FRAMES = 2  # frame 0, which no PTE may name, and the page of zeros


def build_world(config: Config) -> World:
    """Return the state of the machine that `config` describes, booted: two frames in use, no process.

    Raises ConfigError for page tables that no program of this house can run on.
    """
    if config.paging not in running():
        bits, right = MODES[config.paging].register, ", ".join(running())
        raise ConfigError(f"paging: '{config.paging}' is for registers of {bits} bits, not 64; {right} are right")
    world = build(config, allocate(config.memory + STORAGE_BYTES + config.swap))
    world.tasks["space"] = NO_SPACE
    allocator = world.allocator
    allocator.first_frame = allocator.next_frame = BOOT_FRAMES
    allocator.frame_limit = config.memory // PAGE_BYTES
    allocator.zero_frame = ZERO_FRAME
    allocator.in_use = allocator.peak = BOOT_FRAMES
    if config.placement:
        _shuffle_frames(world, config.placement)
    world.swap.slots, world.swap.next_slot = config.swap // PAGE_BYTES, FIRST_SLOT
    world.swap.begins = config.memory + STORAGE_BYTES - FIRST_SLOT * PAGE_BYTES
    world.reclaim.hand = BOOT_FRAMES
    _choose_strategies(world.policy, config)
    world.checker.on = EVERY if config.check_stale == "every" else config.check_stale
    if world.checker.on == EVERY:
        world.chip.hits_below = 0
    world.asids.limit, world.asids.generation = 1 << config.asid_bits, 1
    world.log.recording = 1
    world.chip.replicated = config.flush.replicates
    world.chip.late_fill = config.bug == "late-fill"
    world.chip.late_accessed = config.bug == "late-accessed-bit"
    _set_schedule(world.turns, config)
    world.turns.host_runs, world.turns.host_period = config.preempted.runs, config.preempted.period
    return world


def _shuffle_frames(world: World, seed: int) -> None:
    """Chain all frames that are free, in the order that `seed` says, as if each had been used and given back.

    The order is that of their numbers mixed with the seed (SplitMix64): the same with every version of NumPy.
    """
    allocator = world.allocator
    mixed = np.arange(allocator.next_frame, allocator.frame_limit, dtype=np.uint64)
    mixed = (mixed + np.uint64(seed)) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(seed)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    order = np.argsort(mixed, kind="stable") + int(allocator.next_frame)
    world.frame["next"][order[:-1]] = order[1:]
    world.frame["next"][order[-1]] = 0
    allocator.free_list = order[0]
    allocator.next_frame = allocator.frame_limit


def _choose_strategies(policy: Any, config: Config) -> None:
    policy.fork_mode = ForkMode[config.fork.upper().replace("-", "_")]
    policy.huge = Huge[config.huge.upper()]
    policy.oom = Oom[config.oom.upper()]
    policy.ksm = config.ksm
    policy.locks = Locks[config.locks.upper()]
    for name, number in config.flush.chosen.items():
        setattr(policy, BY_NAME[name].field, number)
    policy.invlpgb_pages, policy.global_asids = config.invlpgb_max, config.global_asids
    policy.tick = config.tick if config.flush.ticks and config.harts > 1 else 0
    policy.bug = Bug[config.bug.upper().replace("-", "_")]


def _set_schedule(turns: Any, config: Config) -> None:
    schedule = read_schedule(config.schedule, config.harts)
    turns.wake_at = FAR
    turns.chance = schedule.seed or (config.seed & 0xFFFFFFFF) or 1
    if schedule.steps:
        turns.schedule = Schedule.STEPS
        turns.steps = len(schedule.steps)
        for field, values in zip(("step_hart", "step_length"), zip(*schedule.steps, strict=True), strict=True):
            getattr(turns, field)[: len(values)] = values
    elif schedule.seed:
        turns.schedule = Schedule.SEED
