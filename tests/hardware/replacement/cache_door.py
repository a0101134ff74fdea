"""Doors to the caches of a machine that runs nothing."""

import numpy as np

from emulator.base.bits import LINE_BYTES
from emulator.base.jit import Words, hot_entry
from emulator.config import Config
from emulator.hardware.build import build
from emulator.hardware.cache import bulk_cycles, data_level, find, unchanged_by_a_hit
from emulator.native.engine import Engine


@hot_entry
def look_up(world, lines: Words, unchanged: Words, found: Words):
    """Look for each of `lines` in L3; `unchanged[i]`: a hit was to change nothing; `found[i]`: it was held."""
    for i in range(len(lines)):
        unchanged[i] = unchanged_by_a_hit(world.chip.l3, lines[i] * LINE_BYTES)
        found[i] = find(world.chip.l3, lines[i])


@hot_entry
def levels(world, harts: Words, lines: Words, found: Words):
    """Ask for each of `lines` as data of its hart; `found[i]` is the level that had it."""
    for i in range(len(lines)):
        found[i] = data_level(world, world.hart[harts[i]], lines[i])


@hot_entry
def bulk(world, lines: Words, cycles: Words):
    """Bring MANY lines from each of `lines` on into the caches of the first hart, in so many `cycles`."""
    for i in range(len(lines)):
        cycles[i] = bulk_cycles(world, world.hart[0], lines[i])


def world(harts=1, **overrides):
    """A world of few caches: `cache__l3__ways=4`."""
    changes = {name.replace("__", "."): str(value) for name, value in overrides.items()}
    made = build(Config.make(harts=harts, memory="1MiB", overrides=changes), np.zeros(1 << 17, np.int64))
    Engine(made, modules=(__name__,))
    return made


def looked_up(made, lines):
    """What `look_up` says of `lines`: pairs of truths."""
    unchanged, found = np.zeros((2, len(lines)), np.int64)
    look_up(made, np.array(lines, np.int64), unchanged, found)
    return list(zip(unchanged.astype(bool).tolist(), found.astype(bool).tolist(), strict=True))


def levels_of(made, asked):
    """The levels that have the lines of `asked`, pairs of hart and line."""
    harts, lines = np.array(asked, np.int64).T.copy()
    found = np.zeros(len(asked), np.int64)
    levels(made, harts, lines, found)
    return found.tolist()


def cycles_of(made, lines):
    """The cycles that MANY lines from each of `lines` on take together."""
    cycles = np.zeros(len(lines), np.int64)
    bulk(made, np.array(lines, np.int64), cycles)
    return cycles.tolist()
