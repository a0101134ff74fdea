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
def next_turn(chip):
    """Return the number of the hart to run next, or NOBODY when none is busy."""
    if chip.busy == 0:
        return NOBODY
    if chip.schedule == Schedule.SEED:
        return chip.turns[draw(chip, chip.busy)]
    while chip.schedule == Schedule.STEPS:
        if chip.step == chip.steps:
            chip.schedule = Schedule.TIME
        elif chip.hart[chip.step_hart[chip.step]].busy:
            return chip.step_hart[chip.step]
        else:
            chip.step += 1  # it has nothing to run
    while True:
        least = FAR
        for i in range(chip.busy):
            hart = chip.turns[i]
            clock = chip.hart[hart].clock
            if clock < chip.horizon:
                return hart
            least = min(least, clock)
        chip.horizon = least + chip.skew


@hot
def all_past(chip, cycle):
    """Return whether no busy hart is earlier than `cycle`."""
    for i in range(chip.busy):
        if chip.hart[chip.turns[i]].clock < cycle:
            return False
    return True


@hot
def turn_length(chip):
    """Return how many instructions the hart may run whose turn begins."""
    if chip.schedule == Schedule.SEED:
        return draw_length(chip, chip.skew)
    if chip.schedule == Schedule.STEPS:
        chip.step += 1
        return chip.step_length[chip.step - 1]
    return FAR


@hot
def turn_ends(chip):
    """Return up to which cycle the hart may run whose turn it is."""
    if chip.schedule == Schedule.TIME and chip.busy > 1:
        return chip.horizon
    return FAR


@hot
def steps_before_answer(chip, hart):
    """Return how many instructions hart number `hart` runs under a schedule before it takes an interrupt."""
    if chip.schedule == Schedule.SEED:
        return draw(chip, LONGEST_DELAY) if draw(chip, 2) else 0
    steps = 0
    while chip.step < chip.steps and chip.step_hart[chip.step] == hart:
        steps += chip.step_length[chip.step]
        chip.step += 1
    return steps
