"""A host that has fewer processors than harts: it takes each from its hart now and then, which is away meanwhile.

Each hart runs for so many cycles and is away for so many, over and over, one beginning after the other so that as many
as can be run at any time: a round of a host that shares its processors equally. While a hart is away it executes
nothing and takes no interrupt. A hart with nothing to run has given its processor back, and has it at once when it is
interrupted. The kernel's own work on a hart is done in one go (`kernel/run/settle.py`): what of it falls into a time
away is not put off, and the hart is away for the rest of that time afterwards.
"""

from emulator.base.jit import hot
from emulator.hardware.turns import FAR


@hot
def within_period(world, h, cycle):
    """Return how many cycles of its period hart number `h` has behind it at `cycle`; a period there is."""
    period = world.turns.host_period
    return (cycle + h * period // world.chip.harts) % period


@hot
def back_at(world, hart, cycle):
    """Return when `hart` runs that would at `cycle`: then, or when its host lets it again."""
    if world.turns.host_period == 0 or hart.busy == 0:
        return cycle
    within = within_period(world, hart.number, cycle)
    return cycle if within < world.turns.host_runs else cycle + world.turns.host_period - within


@hot
def leaves_at(world, hart):
    """Return when the host takes the processor from `hart` next, which runs now."""
    if world.turns.host_period == 0:
        return FAR
    return hart.clock + max(world.turns.host_runs - within_period(world, hart.number, hart.clock), 0)
