"""Caches: which level has a line, and which lines stay."""

import pytest

from emulator.hardware.cache import DRAM, L1, L2, L3
from tests.hardware.replacement.cache_door import levels_of, world

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
ROADS = pytest.mark.parametrize("of_page", [False, True])


def asked(made, *lines, hart=0, of_page=False):
    """The levels that have `lines`, asked for one after the other."""
    return levels_of(made, [(hart, line) for line in lines], of_page)


@pytest.mark.parametrize("policy", ["lru", "plru", "fifo"])
@ROADS
def test_a_line_is_filled_into_every_level_that_it_missed(policy, of_page):
    made = world(**SMALL, replacement=policy, tlb__l2__policy="lru")
    assert asked(made, 5, 5, of_page=of_page) == [DRAM, L1]
    assert asked(made, 6, 7, 5, of_page=of_page) == [DRAM, DRAM, L2]
    assert asked(made, 8, 9, 10, 11, 5, of_page=of_page) == [DRAM, DRAM, DRAM, DRAM, L3]


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


@ROADS
def test_the_last_used_of_two_ways_stays(of_page):
    """Of two ways either policy gives up the one that was used before."""
    made = world(**SMALL)
    assert asked(made, 1, 2, 1, 3, 1, 2, of_page=of_page) == [DRAM, DRAM, L1, DRAM, L1, L2]


def test_any_number_of_sets_will_do():
    made = world(**{**SMALL, "cache__l1d__size": 3 * 64, "cache__l1d__ways": 1})
    assert asked(made, 0, 1, 2, 0, 1, 2, 3, 0) == [DRAM, DRAM, DRAM, L1, L1, L1, DRAM, L2]
