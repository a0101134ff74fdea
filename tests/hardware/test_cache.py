"""Caches: which level has a line, and which lines stay."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.base.names import Counter
from emulator.hardware.cache import DRAM, L1, L2, L3, MANY
from tests.hardware.replacement.cache_door import cycles_of, levels_of, world

pytestmark = pytest.mark.both_engines

SMALL = {
    "cache__l1d__size": 128,  # one set of two lines
    "cache__l1d__ways": 2,
    "cache__l2__size": 256,  # one set of four
    "cache__l2__ways": 4,
    "cache__l3__size": 512,  # one set of eight
    "cache__l3__ways": 8,
}
POLICIES = pytest.mark.parametrize("policy", ["lru", "plru", "fifo", "srrip"])


def asked(made, *lines, hart=0):
    """The levels that have `lines`, asked for one after the other."""
    return levels_of(made, [(hart, line) for line in lines])


@pytest.mark.parametrize("policy", ["lru", "plru", "fifo"])
def test_a_line_is_filled_into_every_level_that_it_missed(policy):
    made = world(**SMALL, replacement=policy, tlb__l2__policy="lru")
    assert asked(made, 5, 5) == [DRAM, L1]
    assert asked(made, 6, 7, 5) == [DRAM, DRAM, L2]
    assert asked(made, 8, 9, 10, 11, 5) == [DRAM, DRAM, DRAM, DRAM, L3]


def test_under_srrip_a_line_that_was_hit_outlasts_lines_that_were_not():
    """Jaleel et al., ISCA 2010: it is expected back soon, and they are not."""
    made = world(**SMALL, replacement="srrip", tlb__l2__policy="lru")
    assert asked(made, 5, 5, 6, 7, 5) == [DRAM, L1, DRAM, DRAM, L1]


@POLICIES
def test_what_no_level_has_room_for_comes_from_memory_again(policy):
    made = world(**SMALL, replacement=policy, tlb__l2__policy="lru")
    asked(made, *range(9))
    assert asked(made, 0) == [DRAM]


@POLICIES
def test_harts_share_the_third_level_alone(policy):
    made = world(harts=2, **SMALL, replacement=policy, tlb__l2__policy="lru")
    assert asked(made, 5, hart=0) == [DRAM]
    assert asked(made, 5, 5, hart=1) == [L3, L1]


def test_the_last_used_of_two_ways_stays():
    """Of two ways either policy gives up the one that was used before."""
    made = world(**SMALL)
    assert asked(made, 1, 2, 1, 3, 1, 2) == [DRAM, DRAM, L1, DRAM, L1, L2]


def test_any_number_of_sets_will_do():
    made = world(**{**SMALL, "cache__l1d__size": 3 * 64, "cache__l1d__ways": 1})
    assert asked(made, 0, 1, 2, 0, 1, 2, 3, 0) == [DRAM, DRAM, DRAM, L1, L1, L1, DRAM, L2]


SHAPES = {  # of the three levels: sets and ways
    "a row of sets": ((32, 8), (64, 16), (128, 16)),
    "few sets": ((1, 2), (2, 4), (16, 8)),
    "more sets": ((128, 4), (256, 8), (64, 4)),
    "an odd number of sets": ((3, 8), (33, 16), (100, 16)),
}
MISSES = (Counter.CACHE_L1D_MISSES, Counter.CACHE_L2_MISSES, Counter.CACHE_L3_MISSES)
starts = st.one_of(st.integers(0, 40).map(lambda number: number * MANY), st.integers(0, 40 * MANY))


def everything(made):
    """What looking for lines changes."""
    hart = made.harts[0]
    caches = [hart["l1d"], hart["l2"], made.records["chip"]["l3"]]
    return [cache.tobytes() for cache in caches], hart["count"][list(MISSES)].tolist()


@POLICIES
@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=10)
@given(steps=st.lists(st.tuples(starts, st.booleans()), max_size=60))
def test_many_lines_at_once_are_as_one_after_the_other(policy, shape, steps):
    names = ("l1d", "l2", "l3")
    sizes = {f"cache__{name}__size": sets * ways * 64 for name, (sets, ways) in zip(names, SHAPES[shape], strict=True)}
    ways = {f"cache__{name}__ways": ways for name, (_, ways) in zip(names, SHAPES[shape], strict=True)}
    one, many = (world(**sizes, **ways, replacement=policy, tlb__l2__policy="lru") for _ in range(2))
    for line, at_once in steps:
        levels = asked(one, *(range(line, line + MANY) if at_once else [line]))
        if at_once:
            assert cycles_of(many, [line]) == [sum(int(one.chip.bulk[level]) for level in levels)]
        else:
            assert asked(many, line) == levels
    assert everything(many) == everything(one)
