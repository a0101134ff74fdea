"""What a figure really depends on: constants of its machines are doubled, and it is seen to move."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import inf

import msgspec

from emulator.base.names import PRICES
from emulator.config import Profile
from emulator.config.schema import TLB_L1_ENTRIES, TLB_LIMITS, WALK_CACHES, TlbArray
from emulator.lab.invalidation.case import Task
from emulator.lab.store import Row
from emulator.lab.validation.figure import Figure

Measure = Callable[[Task], Row]
MATTERS = 0.01  # a figure depends on what moves it by so much of itself
CAUTION = 4  # what several move together is held against so many times less: they may pull in two directions
# The price of an instruction is everywhere, and by definition one cycle. Of caches it is the latency that is meant.
PRICED = (
    *(f"price.{row.name}" for row in PRICES if row.name != "base"),
    *("cache.l1d", "cache.l2", "cache.l3", "dram", "bulk", "overlap.walkers", "overlap.loads", "setting.pti"),
)
SIZES = ("tlb.l1d", "tlb.l2", *(f"walk_cache.{name}" for name in WALK_CACHES))  # entries
CONSTANTS = (*PRICED, *SIZES)


def movers(figure: Figure, measure: Measure, keys: Sequence[str] = CONSTANTS, limit: float = MATTERS) -> list[str]:
    """Return which of `keys` move the figure by more than `limit` of itself when they are doubled.

    Found by halves: constants that together do not move it are not asked one by one, and most have nothing to do with
    it. Together each is raised by a factor of its own: a ratio would not move if all were doubled.
    """
    if len(keys) == 1:
        return list(keys) if moved(figure, measure, {keys[0]: 2}) > limit else []
    if not keys or moved(figure, measure, {key: own_factor(key) for key in keys}) <= limit / CAUTION:
        return []
    half = len(keys) // 2
    return [*movers(figure, measure, keys[:half], limit), *movers(figure, measure, keys[half:], limit)]


def own_factor(key: str) -> float:
    """Return a factor from 1.5 to 3.5 that hardly another constant has."""
    return 1.5 + hashlib.sha256(key.encode()).digest()[0] / 128


def moved(figure: Figure, measure: Measure, factors: Mapping[str, float]) -> float:
    """Return by how many parts of itself the figure moves when each constant of `factors` is so many times as large."""
    tasks = figure.tasks()
    raised_tasks = dict(tasks)
    for key, factor in factors.items():
        raised_tasks = {
            name: replace(task, profile=raised(task.profile, key, factor)) for name, task in raised_tasks.items()
        }
    before, after = (value(figure, measure, each) for each in (tasks, raised_tasks))
    return abs(after - before) / max(abs(before), 1e-9)


def value(figure: Figure, measure: Measure, tasks: Mapping[str, Task]) -> float:
    """Return the figure; infinity where nothing is left to divide by, as of walks in a TLB twice as large."""
    try:
        return figure.value({name: measure(task) for name, task in tasks.items()})
    except ZeroDivisionError:
        return inf


def raised(profile: Profile, key: str, factor: float) -> Profile:
    """Return `profile` with the constant `key` so many times as large, free work at a price; a setting is dropped."""
    group, _, name = key.partition(".")
    if group == "price":
        row = profile.price[name]
        return _with(profile, price={**profile.price, name: _with(row, cycles=round(factor * row.cycles) or 1)})
    if group == "cache":
        cache = getattr(profile.cache, name)
        slower = _with(cache, latency=round(factor * cache.latency))
        return _with(profile, cache=_with(profile.cache, **{name: slower}))
    if group == "dram":
        return _with(profile, dram=_with(profile.dram, latency=round(factor * profile.dram.latency)))
    if group == "overlap":
        number = getattr(profile.overlap, name)
        more = round(factor * number) if number > 1 else 1  # one after the other is no figure
        return _with(profile, overlap=_with(profile.overlap, **{name: more}))
    if group == "bulk":
        return _with(profile, bulk=_with(profile.bulk, overlap=round(factor * profile.bulk.overlap)))
    if group in ("tlb", "walk_cache"):
        arrays = getattr(profile, group)
        more = larger(getattr(arrays, name), factor, TLB_LIMITS.get(name, TLB_L1_ENTRIES))
        return _with(profile, **{group: _with(arrays, **{name: more})})
    return _with(profile, setting={own: row for own, row in profile.setting.items() if own != name})


def larger(array: TlbArray, factor: float, most: int) -> TlbArray:
    """Return `array` with so many times as many sets, as far as `most` entries go; one that there is not stays so."""
    return _with(array, entries=min(round(factor * array.entries / array.ways), most // array.ways) * array.ways)


_with = msgspec.structs.replace
