"""Which cases an invalidation experiment has, and which descriptions make none."""

import pytest

from emulator.base.errors import ConfigError
from emulator.config import parse_flush
from emulator.lab.invalidation.case import Case, Sweep
from emulator.lab.invalidation.for_validation import FOR_VALIDATION
from emulator.lab.invalidation.workloads import BY_NAME, WORKLOADS


def cases(**axes):
    return [task.case for task in Sweep.read(**axes).tasks()]


def test_a_sweep_has_every_case_once_harts_varying_fastest():
    assert cases(workloads="munmap,cow", strategies="full,asid,full", pages="2,1", harts="1-2") == [
        Case(workload, strategy, pages, harts, "skylake")
        for workload in ("munmap", "cow")
        for strategy in ("full", "asid")
        for pages in (1, 2)
        for harts in (1, 2)
    ]


def test_an_axis_that_is_not_given_is_the_workload_s_own():
    for workload in WORKLOADS:
        own = cases(workloads=workload.name)
        assert {case.strategy for case in own} == set(workload.strategies)
        assert {case.pages for case in own} == set(workload.pages)
        assert {case.harts for case in own} == set(workload.harts)


def test_the_whole_range_of_the_issue_can_be_asked_for():
    found = cases(workloads="munmap,mprotect", strategies="ceiling:33", pages="1,4096", harts="1,64")
    assert len(found) == 8


def test_a_workload_keeps_its_own_harts_where_others_make_no_sense():
    assert {case.harts for case in cases(workloads="pingpong", harts="4,8")} == {1}
    assert {case.harts for case in cases(workloads="migrate", harts="1")} == {2}
    assert {case.harts for case in cases(workloads="pingpong", harts="1-8")} == {1}


def test_every_profile_has_its_cases():
    assert {case.profile for case in cases(workloads="cow", profiles="skylake,ideal")} == {"skylake", "ideal"}


def test_a_profile_in_a_file_is_named_with_a_digest_of_what_it_says(tmp_path):
    from emulator.config.profile import SHIPPED

    path = tmp_path / "mine.toml"
    text = (SHIPPED / "skylake.toml").read_text()
    path.write_text(text)
    before = cases(workloads="cow", profiles=str(path))[0].profile
    path.write_text(text.replace("clock_ghz = 3.4", "clock_ghz = 2.3"))
    after = cases(workloads="cow", profiles=str(path))[0].profile
    assert before.startswith(f"{path}@")
    assert before != after


def test_settings_and_seed_tell_measurements_apart():
    def key(**more):
        return next(Sweep.read(workloads="cow", **more).tasks()).key

    keys = {key(), key(seed=1), key(overrides={"price.pte": "1"}), key(overrides={"price.pte": "2"})}
    assert len(keys) == 4
    assert key(overrides={"skew": "10", "tick": "1000"}) == key(overrides={"tick": "1000", "skew": "10"})


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda workload: workload.name)
def test_every_workload_can_be_run_as_declared(workload):
    assert workload.answers
    assert workload.pages
    assert workload.harts
    for strategy in workload.strategies:
        parse_flush(strategy)
    for pages in workload.pages:
        assert pages >= workload.least_pages
        for harts in workload.harts:
            assert workload.least_harts <= harts <= workload.most_harts
            assert all(number >= 0 for number in workload.arguments(pages, harts))


def test_names_are_unique():
    assert len(BY_NAME) == len(WORKLOADS) + len(FOR_VALIDATION)


@pytest.mark.parametrize(
    ("axes", "message"),
    [
        ({"workloads": "munmep"}, "workload: 'munmep' is unknown; did you mean 'munmap'?"),
        ({"workloads": ""}, "workload: '' is empty"),
        ({"strategies": ""}, "strategy: '' is empty"),
        ({"strategies": "ceiling:33,,full"}, "strategy: 'ceiling:33,,full' has an empty place"),
        ({"strategies": "ceiling:33+concurent"}, "flush: 'concurent' is no flush strategy; did you mean 'concurrent'?"),
        ({"strategies": "concurrent"}, "flush: 'concurrent' does not say how much to flush"),
        ({"strategies": "ceiling:33+latr+broadcast"}, "flush: "),
        ({"pages": ""}, "pages: '' is empty"),
        ({"pages": "0", "workloads": "munmap"}, "pages: 0 is out of range for munmap; 1 to 4096 is right"),
        ({"pages": "4097"}, "pages: 4097 is out of range"),
        ({"harts": ""}, "harts: '' is empty"),
        ({"harts": "0"}, "harts: 0 is out of range"),
        ({"harts": "129"}, "harts: 129 is out of range"),
        ({"harts": "8-2"}, "harts: the range 8-2 is empty; 2-8 is right"),
        ({"profiles": "skylak"}, "profile 'skylak' is unknown; did you mean 'skylake'?"),
        ({"profiles": ""}, "profile: '' is empty"),
        ({"seed": "x"}, "seed: 'x' is no whole number"),
        ({"overrides": {"flush": "full"}}, "flush: is what this experiment varies; --strategy chooses its values"),
        ({"overrides": {"harts": "4"}}, "harts: is what this experiment varies; --harts chooses its values"),
        ({"overrides": {"price.ptx": "4"}}, "--set: the key 'price.ptx' is unknown; did you mean 'price.pte'?"),
    ],
)
def test_a_sweep_that_makes_no_sense_is_refused(axes, message):
    with pytest.raises(ConfigError) as error:
        Sweep.read(**axes)
    assert error.value.message.startswith(message)
