"""Whose turn it is: by time, by a seed, by a list of steps."""

import numpy as np
import pytest

from emulator.config import Config
from emulator.hardware.build import build
from emulator.hardware.turns import (
    FAR,
    LONGEST_DELAY,
    NOBODY,
    Schedule,
    all_past,
    next_turn,
    steps_before_answer,
    turn_ends,
    turn_length,
)

SKEW = 100


def world_of(clocks, busy=None):
    """A world whose harts stand at `clocks`, those of `busy` (all, unless said) with a thread to run."""
    world = build(Config.make(harts=len(clocks), memory="1MiB", overrides={"skew": SKEW}), np.zeros(1 << 17, np.int64))
    world.harts["clock"] = clocks
    busy = range(len(clocks)) if busy is None else busy
    world.harts["busy"][list(busy)] = 1
    world.turns.order[: len(busy)] = busy
    world.turns.busy = len(busy)
    return world


def with_steps(world, *steps):
    world.turns.schedule, world.turns.steps = Schedule.STEPS, len(steps)
    for place, (hart, length) in enumerate(steps):
        world.turns.step_hart[place], world.turns.step_length[place] = hart, length
    return world


def test_nobody_has_a_turn_where_nobody_is_busy():
    assert next_turn(world_of([0, 0], busy=[])) == NOBODY


def test_harts_run_up_to_the_horizon_one_after_the_other_by_number():
    world = world_of([0, 0, 0])
    seen = []
    for _ in range(3):
        hart = next_turn(world)
        seen.append(hart)
        world.hart[hart].clock = turn_ends(world)
    assert seen == [0, 1, 2]
    assert turn_ends(world) == SKEW


def test_the_horizon_moves_on_by_skew_from_the_hart_that_is_least_far():
    world = world_of([700, 500, 900])
    assert next_turn(world) == 1
    assert turn_ends(world) == 500 + SKEW


def test_a_hart_with_nothing_to_run_is_passed_over():
    assert next_turn(world_of([500, 0, 600], busy=[0, 2])) == 0


def test_a_hart_that_runs_alone_has_no_horizon():
    world = world_of([500, 0], busy=[0])
    assert next_turn(world) == 0
    assert turn_ends(world) == FAR
    assert turn_length(world) == FAR


@pytest.mark.parametrize(("cycle", "past"), [(500, True), (501, False)])
def test_all_are_past_a_cycle_when_no_busy_hart_is_earlier(cycle, past):
    assert all_past(world_of([500, 0, 800], busy=[0, 2]), cycle) == past


def test_steps_are_followed_as_they_stand_and_then_time_decides():
    world = with_steps(world_of([0, 50]), (1, 7), (0, 3))
    turns = []
    for _ in range(2):
        turns.append((next_turn(world), turn_length(world)))
    assert turns == [(1, 7), (0, 3)]
    assert next_turn(world) == 0
    assert world.turns.schedule == Schedule.TIME


def test_a_step_of_a_hart_with_nothing_to_run_is_left_out():
    world = with_steps(world_of([0, 0, 0], busy=[0, 2]), (1, 7), (2, 3))
    assert (next_turn(world), turn_length(world)) == (2, 3)


def test_steps_of_a_hart_that_was_told_come_before_its_answer():
    world = with_steps(world_of([0, 0]), (1, 7), (1, 2), (0, 5))
    assert steps_before_answer(world, 1) == 9
    assert next_turn(world) == 0


def test_a_seed_gives_the_same_turns_again_and_reaches_every_busy_hart():
    def turns():
        world = world_of([0, 0, 0], busy=[0, 2])
        world.turns.schedule, world.turns.chance = Schedule.SEED, 7
        return [(next_turn(world), turn_length(world)) for _ in range(50)]

    first = turns()
    assert first == turns()
    assert {hart for hart, _ in first} == {0, 2}
    assert all(length >= 1 for _, length in first)


def test_a_seed_delays_an_answer_by_fewer_instructions_than_the_longest_delay():
    world = world_of([0, 0])
    world.turns.schedule, world.turns.chance = Schedule.SEED, 7
    delays = [steps_before_answer(world, 1) for _ in range(200)]
    assert min(delays) == 0
    assert 0 < max(delays) < LONGEST_DELAY
