"""The doors of mremap: regions and pages that go to other addresses of their space (`kernel/steps/moving.py`)."""

from emulator.base.jit import hot_entry
from emulator.kernel.steps import moving


@hot_entry
def extend_region(world, index, va, end):
    """Let the region of `va` in space `index` end at `end`, what comes after it until there being free."""
    moving.extend_region(world, world.space[index], va, end)


@hot_entry
def show_again(world, index, va, start, end):
    """Show what is at `va` of space `index` from `start` to `end`, too, in another region; return whether it could."""
    return moving.show_again(world, world.space[index], va, start, end)


@hot_entry
def make_tables(world, h, index, start, end, to):
    """Make the page tables for what space `index` has from `start` to `end` to go to `to`; return whether it could."""
    return moving.make_tables(world, world.hart[h], world.space[index], start, end, to)


@hot_entry
def move_pages(world, h, index, start, end, low, to):
    """Let the pages that `begin_unmap` has taken from `start` to `end` go to `to`; return how many there were."""
    return moving.move_pages(world, world.hart[h], world.space[index], start, end, low, to)
