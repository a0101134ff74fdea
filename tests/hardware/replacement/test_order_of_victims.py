"""Which entry goes under each policy, in orders that its paper would tell."""

import pytest

from tests.hardware.replacement.cache_door import looked_up, world

pytestmark = pytest.mark.both_engines


def kept(policy, used, seed=0):
    """Which of the lines 0 to 3 a set of four ways holds after those of `used`."""
    shape = {"cache__l3__size": 256, "cache__l3__ways": 4, "cache__l3__policy": policy, "seed": seed}
    held = []
    for line in range(4):  # a look changes the set, so that each line is looked for in a run of its own
        *_, (_, found) = looked_up(world(**shape), [*used, line])
        held += [line] * found
    return held


def test_first_in_first_out_gives_up_the_first_however_often_it_was_hit():
    assert kept("fifo", [0, 1, 2, 3, 0, 0, 0, 9]) == [1, 2, 3]


def test_srrip_gives_up_the_first_of_those_that_never_came_back():
    assert kept("srrip", [0, 1, 2, 3, 0, 9]) == [0, 2, 3]


def test_srrip_counts_a_hit_that_comes_at_once():
    assert kept("srrip", [0, 0, 1, 2, 3, 9]) == [0, 2, 3]


def test_srrip_keeps_what_came_back_from_a_scan_and_lru_does_not():
    """Lines 0 and 1 are used twice, then six lines once: a mixed access pattern, as the paper calls it."""
    scan = [0, 1, 0, 1, 11, 12, 13, 14, 15, 16]
    assert kept("srrip", scan) == [0, 1]
    assert kept("lru", scan) == []


def test_srrip_gives_up_even_what_came_back_once_all_did():
    assert kept("srrip", [0, 1, 2, 3, 3, 2, 1, 0, 9]) == [1, 2, 3]


def test_random_gives_up_each_way_about_as_often_as_the_others():
    """Of 100 seeds each of four ways is the first victim of 25, with a standard deviation of 4.3."""
    gone = [next(line for line in range(4) if line not in kept("random", [0, 1, 2, 3, 9], seed)) for seed in range(100)]
    assert all(10 <= gone.count(line) <= 40 for line in range(4))


def test_random_draws_other_victims_under_another_seed_and_the_same_under_the_same():
    lines = [n * 7 % 9 for n in range(200)]
    shape = {"cache__l3__size": 256, "cache__l3__ways": 4, "cache__l3__policy": "random"}
    first, again, other = (looked_up(world(**shape, seed=seed), lines) for seed in (1, 1, 2))
    assert first == again != other


@pytest.mark.parametrize(("policy", "changes"), [("lru", 0), ("plru", 0), ("fifo", 0), ("random", 0), ("srrip", 1)])
def test_the_first_hit_after_a_fill_changes_something_under_srrip_alone(policy, changes):
    shape = {"cache__l3__size": 256, "cache__l3__ways": 4, "cache__l3__policy": policy}
    said = [unchanged for unchanged, _ in looked_up(world(**shape), [0, 0, 0])]
    assert said == [False, not changes, True]
