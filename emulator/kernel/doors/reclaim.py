"""The doors to what takes pages away, brings them back, and merges equal ones; `drive` has those that let harts run."""

from emulator.base.bits import V, W
from emulator.base.jit import hot_entry
from emulator.kernel.steps import merging
from emulator.kernel.steps.reclaim import advice


@hot_entry
def cool(world, h, index, start, end):
    """Let the pages from `start` to `end` of space `index` go first (MADV_COLD); `settle` comes next."""
    advice.cool(world, world.hart[h], world.space[index], start, end)


@hot_entry
def give_up(world, h, index, start, end):
    """Let them be dropped when they go, unless they are written to again (MADV_FREE); `settle` comes next."""
    advice.give_up(world, world.hart[h], world.space[index], start, end)


@hot_entry
def bring_back(world, h, index, start, end):
    """Read those of them that are swapped out, as long as there are frames (MADV_WILLNEED)."""
    advice.bring_back(world, world.hart[h], world.space[index], start, end)


@hot_entry
def is_resident(world, root, va):
    """Return whether the page of `va` under the table at `root` is in memory (mincore)."""
    return advice.is_resident(world, world.hart[0], root, va)


@hot_entry
def pages_had(world, index):
    """Return how many pages space `index` has, in memory and swapped out."""
    return advice.pages_had(world, world.hart[0], world.space[index])


@hot_entry
def hide(world, h, index, va):
    """Let the page of `va` in space `index` be mapped no more, but stay; `settle` and `finish_merge` come next."""
    merging.take_right(world, world.hart[h], world.space[index], va, V)


@hot_entry
def hold_still(world, h, index, va):
    """Let nobody write to the page of `va` in space `index`; `settle` comes next."""
    merging.take_right(world, world.hart[h], world.space[index], va, W)


@hot_entry
def finish_merge(world, h, index, va, frame):
    """Let the page that was hidden have `frame` if both are equal yet; return whether they are."""
    return merging.finish_merge(world, world.hart[h], world.space[index], va, frame)
