"""Where a strategy can step in, in the order in which an invalidation comes by.

The kernel calls these functions and names no strategy. Each asks the chosen strategies that define a function of its
name (`strategies`, `postponed`), in the order of their rows, until one answers something else than 0, and returns that;
0 if there is none. So a strategy is a row of `config/strategies.py` and a module. What a function here says in its
docstring is what a strategy's function of that name has to do.
"""

import inspect
import linecache
import sys
from importlib import import_module
from typing import Any

from emulator.base.jit import hot
from emulator.config.strategies import STRATEGIES

ROOM = __package__
MODULES = {strategy.field: import_module(f"{ROOM}.{strategy.path}") for strategy in STRATEGIES}
globals().update(MODULES)


def asks(declared):
    """Return the hot function that asks strategies what `declared`, whose own body is not run, says.

    Its source is made, for compiled code calls what it knows by name alone.
    """
    name, parameters = declared.__name__, ", ".join(inspect.signature(declared).parameters)
    lines = [f"def {name}({parameters}):"]
    for field, module in MODULES.items():
        if hasattr(module, name):
            lines += [f"    if world.policy.{field} != 0:"]
            lines += [f"        answer = {field}.{name}({parameters})"]
            lines += ["        if answer != 0:", "            return answer"]
    source = "\n".join([*lines, "    return 0", ""])
    place = f"<{__name__}.{name}, made>"
    linecache.cache[place] = len(source), None, source.splitlines(keepends=True), place
    made: dict[str, Any] = {}
    exec(compile(source, place, "exec"), vars(sys.modules[__name__]), made)
    made[name].__doc__ = declared.__doc__
    return hot(made[name])


# ---------------------------------------------------------------- before: how a range becomes invalidations


@asks
def pages_at_once(world):
    """Return how many pages unmapping flushes at once; 0: the whole range."""


@asks
def regions_at_once(world):
    """Return how many regions fork flushes at once; 0: all."""


@asks
def grows_untold(world):
    """Return whether nobody else is told where a PTE only grants more: their next fault is spurious (F42)."""


# ---------------------------------------------------------------- what its PTEs say about who may hold entries


@asks
def claim(world, hart, va, place):
    """Note that `hart` is the first to touch the private page of `va`, whose PTE stands at `place`."""


@asks
def reach_table(world, hart, place):
    """Let the hart's NUMA node walk through the table that the PTE at `place` stands in, from now on."""


@asks
def begin_look(world):
    """Begin to look at the PTEs that the next invalidation is about."""


@asks
def look_at(world, hart, place, pte):
    """Note that `pte`, which stood at `place` until now, is one of them."""


@asks
def end_look(world):
    """Forget what was seen: the invalidation is over, or there is none."""


@asks
def is_spared(world, h):
    """Return whether hart number `h` can hold none of the PTEs that were looked at."""


# ---------------------------------------------------------------- the hart's own entries, and telling others


@asks
def tells_first(world):
    """Return whether the others are told before the hart drops its own entries."""


@asks
def drop_own(world, hart, span, row):
    """Let the hart drop its own entries of a range in another way than others; return whether there is one."""


@asks
def drop_asked(world, target, span, row):
    """Let `target`, which was told, drop a range in another way than others; return whether there is one."""


@asks
def fences_valid(world):
    """Return whether a hart that has made a PTE valid drops what it may know of it (F23)."""


@asks
def acts_by_itself(world):
    """Return whether a hart that is told needs no handler: then from how many pages on it drops the whole space."""


@asks
def may_wait(world, hart, space, target):
    """Return whether `target`, which may hold entries of `space`, need not be told by `hart` until it enters again."""


@asks
def needs_no_interrupt(world, space):
    """Return whether hardware tells the others of what changes in `space`: then `tell_by_hardware` does."""


@asks
def reaches_own(world, space):
    """Return whether that drops the hart's own entries, too: then nothing else does."""


@asks
def tell_by_hardware(world, hart, span, row):
    """Drop a range on all other harts that hold some of it; note in `row` whom that reached, and when."""


@asks
def answers_first(world):
    """Return whether a hart answers before it drops what it was told to."""


@asks
def enter(world, hart, index):
    """Note that `hart`, which ran in another space, enters the one in slot `index`."""


# ---------------------------------------------------------------- postponing: munmap queues ranges (`postponed`)


@asks
def postpones(world):
    """Return whether munmap need not be known to others before it returns."""


@asks
def postpones_writable(world):
    """Return whether that goes for pages, too, that harts may still write to."""


@asks
def is_enough(world, hart, index):
    """Return whether `hart` holds so much, or space `index`, that the harts have to catch up."""


@asks
def is_excused(world, post, h):
    """Return whether hart number `h`, which `post` of the queue waits for, has dropped all of its space since."""


@asks
def ends_at_fork(world):
    """Return whether they have to before a fork."""


@asks
def tick(world, hart):
    """Let harts catch up, `hart`'s tick having come; note in its task when the next one comes."""


@asks
def catch_up(world, hart):
    """Let `hart` drop all that was postponed for it; return the cycles that are booked in the rows of that."""


@asks
def catch_up_at_switch(world, hart):
    """Let it do so before it enters an address space; return whether it looked."""
