"""Whose turn it is: harts advance together in simulated time, or as a schedule says.

In time, every busy hart runs up to the horizon, one after the other by number; then the horizon moves on, `skew` cycles
beyond the hart that is least far. Harts that have nothing to run are not looked at. A seeded schedule picks harts and
lengths at random; an explicit one is a list of steps, after which time decides again.
"""

from enum import IntEnum

from emulator.base.jit import hot
from emulator.hardware.access import NOTHING
from emulator.hardware.chance import draw, draw_length

NOBODY = -1
FAR = 1 << 62
LONGEST_DELAY = 64  # instructions that a hart may run, in a seeded schedule, before it takes an interrupt


class Schedule(IntEnum):
    """What decides whose turn it is."""

    TIME = 0
    SEED = 1
    STEPS = 2


@hot
def leave_turn(hart):
    """Note that other harts run now: a reservation does not outlive that (an SC may fail for no reason at all).

    So that a loop of LR and SC succeeds at last, `drive` lets a hart with one run on for as long as such a loop is.
    """
    hart.reservation = NOTHING


@hot
def next_turn(world):
    """Return the number of the hart to run next, or NOBODY when none is busy."""
    if world.turns.busy == 0:
        return NOBODY
    if world.turns.schedule == Schedule.SEED:
        return world.turns.order[draw(world, world.turns.busy)]
    while world.turns.schedule == Schedule.STEPS:
        if world.turns.step == world.turns.steps:
            world.turns.schedule = Schedule.TIME
        elif world.hart[world.turns.step_hart[world.turns.step]].busy:
            return world.turns.step_hart[world.turns.step]
        else:
            world.turns.step += 1  # it has nothing to run
    while True:
        least = FAR
        for i in range(world.turns.busy):
            hart = world.turns.order[i]
            clock = world.hart[hart].clock
            if clock < world.turns.horizon:
                return hart
            least = min(least, clock)
        world.turns.horizon = least + world.turns.skew


@hot
def all_past(world, cycle):
    """Return whether no busy hart is earlier than `cycle`."""
    for i in range(world.turns.busy):
        if world.hart[world.turns.order[i]].clock < cycle:
            return False
    return True


@hot
def turn_length(world):
    """Return how many instructions the hart may run whose turn begins."""
    if world.turns.schedule == Schedule.SEED:
        return draw_length(world, world.turns.skew)
    if world.turns.schedule == Schedule.STEPS:
        world.turns.step += 1
        return world.turns.step_length[world.turns.step - 1]
    return FAR


@hot
def turn_ends(world):
    """Return up to which cycle the hart may run whose turn it is."""
    if world.turns.schedule == Schedule.TIME and world.turns.busy > 1:
        return world.turns.horizon
    return FAR


@hot
def steps_before_answer(world, hart):
    """Return how many instructions hart number `hart` runs under a schedule before it takes an interrupt."""
    if world.turns.schedule == Schedule.SEED:
        return draw(world, LONGEST_DELAY) if draw(world, 2) else 0
    steps = 0
    while world.turns.step < world.turns.steps and world.turns.step_hart[world.turns.step] == hart:
        steps += world.turns.step_length[world.turns.step]
        world.turns.step += 1
    return steps
