"""What figures depend on is what moves them: every constant of every machine is doubled, one at a time."""

from math import inf

import pytest

from emulator.lab.invalidation.measure import measure
from emulator.lab.validation.depends import OF_FIGURE
from emulator.lab.validation.figure import profile_of
from emulator.lab.validation.perturb import CONSTANTS, MATTERS, moved, movers, raised
from emulator.lab.validation.published import FIGURES

MODELLED = [figure for figure in FIGURES if figure.emulated is not None]
SOME = (
    *("V1 crossover", "V5 walk", "V12 34 pages", "V15 50 GB", "V21 two walks", "V30 Skylake walk", "N chase 512 pages"),
    *("K Zen 2 second TLB", "K ChampSim walk cache"),
)
SLACK = 2  # a figure of many harts moves a little with whatever shifts their turns


@pytest.fixture(scope="module")
def measured():
    """Measure each task once, whichever figures ask."""
    rows = {}

    def once(task):
        key = task.key, repr(task.profile)
        if key not in rows:
            rows[key] = measure(task)
        return rows[key]

    return once


def check(figure, measured):
    listed = figure.depends
    others = [key for key in CONSTANTS if key not in listed]
    assert movers(figure, measured, others, SLACK * MATTERS) == []  # `python -m docs.depends` renews the lists
    assert [key for key in listed if moved(figure, measured, {key: 2}) < MATTERS / SLACK] == []


@pytest.mark.parametrize("name", SOME)
def test_what_moves_a_figure_stands_in_its_list(name, measured):
    check(next(figure for figure in MODELLED if figure.name == name), measured)


@pytest.mark.slow
@pytest.mark.parametrize("figure", MODELLED, ids=lambda figure: figure.name)
def test_what_moves_any_figure_stands_in_its_list(figure, measured):
    check(figure, measured)


def test_every_figure_that_is_modelled_has_a_list_and_no_other():
    assert set(OF_FIGURE) == {figure.name for figure in MODELLED}


def test_a_figure_of_which_nothing_is_left_has_moved(measured):
    """V21 is of 13 pages that meet in a set of 12 ways; three times as many sets, no power of two, part them."""
    figure = next(figure for figure in MODELLED if figure.name == "V21 two walks")
    assert moved(figure, measured, {"tlb.l2": 3}) == inf


@pytest.mark.parametrize("key", ["tlb.l1d", "tlb.l2", "walk_cache.pde"])
def test_a_tlb_is_doubled_in_its_sets_as_far_as_there_is_room(key):
    group, name = key.split(".")
    found = [getattr(getattr(raised(profile_of("milan"), key, factor), group), name) for factor in (1, 2, 100)]
    assert [array.ways for array in found] == [found[0].ways] * 3
    assert found[1].entries == 2 * found[0].entries
    assert found[2].entries == {"tlb.l1d": 512, "tlb.l2": 8192, "walk_cache.pde": 512}[key]


def test_a_walk_cache_that_there_is_not_stays_none():
    assert raised(profile_of("ideal"), "walk_cache.pde", 2) == profile_of("ideal")


@pytest.mark.parametrize("key", CONSTANTS)
def test_doubling_a_constant_changes_it_alone(key):
    profile = profile_of("skylake_ooo" if key.startswith("overlap.") else "haswell_pti")
    changed = raised(profile, key, 2)
    group = key.partition(".")[0]
    for name in profile.__struct_fields__:
        assert (getattr(changed, name) == getattr(profile, name)) == (name != group)
